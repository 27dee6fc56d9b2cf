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

/** What the server's clock shows, by what its answers said: a device's own may be wrong by days. */
export class ServerTime {
  private readonly clock: Clock;
  private offset: number | null = null;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  now(): number {
    return Math.round(this.clock.now() + (this.offset ?? 0));
  }

  /** The server's clock showed `at` just now. */
  heard(at: number): void {
    this.offset = at - this.clock.now();
  }
}
