/** Time, as the library sees it; tests give their own. */
export interface Clock {
  /** The device's wall clock, in milliseconds since the Unix epoch. It may be wrong, and may jump. */
  now(): number;
  /** Milliseconds that only ever go forward; for durations. */
  monotonic(): number;
  /** Calls `run` after `ms`; the answered function takes it back. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** A clock whose open timers can be taken back all at once, so that nothing runs on after a close. */
export class Timers implements Clock {
  private readonly clock: Clock;
  private readonly open = new Set<() => void>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  now(): number {
    return this.clock.now();
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  after(ms: number, run: () => void): () => void {
    const cancel = this.clock.after(ms, () => {
      this.open.delete(cancelThis);
      run();
    });
    const cancelThis = (): void => {
      this.open.delete(cancelThis);
      cancel();
    };
    this.open.add(cancelThis);
    return cancelThis;
  }

  cancelAll(): void {
    for (const cancel of [...this.open]) cancel();
  }
}

/** What the server's clock shows, by what its answers said: a device's own may be wrong by days. */
export class ServerTime {
  private readonly clock: Clock;
  private offset: number | null = null;
  private exact = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  now(): number {
    return Math.round(this.clock.now() + (this.offset ?? 0));
  }

  /** The server's clock showed `at` just now. */
  heard(at: number): void {
    this.offset = at - this.clock.now();
    this.exact = true;
  }

  /** The same in whole seconds, as HTTP tells it: used while nothing better is known. */
  heardRoughly(at: number): void {
    if (!this.exact) this.offset = at + 500 - this.clock.now();
  }
}
