import type { Clock } from "../clock.ts";

/** Time that a test moves. */
export class FakeClock implements Clock {
  private time = 1_000_000;
  private timers: { at: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  /** How many timers are open. */
  get open(): number {
    return this.timers.length;
  }

  /** Lets time pass, timer by timer, and what each of them leads to in the same turn. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (let due = this.next(end); due !== undefined; due = this.next(end)) {
      const timer = due;
      this.timers = this.timers.filter((each) => each !== timer);
      this.time = Math.max(this.time, timer.at);
      timer.run();
      await settled();
    }
    this.time = end;
    await settled();
  }

  private next(end: number): { at: number; run: () => void } | undefined {
    return this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** After everything that waits for no timer and no network has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
