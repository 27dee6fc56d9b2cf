/** A socket that nothing was heard on is asked after so long, if the server names no interval of its own. */
const DEFAULT_INTERVAL_MS = 25_000;
/** An answer that takes longer does not come. */
const ANSWER_WITHIN_MS = 10_000;

/**
 * Tells a silent connection from a dead one: browsers do not show a WebSocket's pings, so that one asks by a frame.
 */
export class Liveness {
  private intervalMs = DEFAULT_INTERVAL_MS;
  private heardAt: number;
  private askedAt: number | null = null;

  constructor(now: number) {
    this.heardAt = now;
  }

  /** How often the server pings; one asks as often. */
  useInterval(ms: number): void {
    this.intervalMs = ms;
  }

  heard(now: number): void {
    this.heardAt = now;
    this.askedAt = null;
  }

  /** One asks now, whatever the time. */
  asked(now: number): void {
    this.askedAt ??= now;
  }

  /** After how long to look again. */
  get checkEvery(): number {
    const ms = this.intervalMs / 2;
    return this.askedAt === null ? ms : Math.min(ms, ANSWER_WITHIN_MS);
  }

  check(now: number): "fine" | "ask" | "dead" {
    if (this.askedAt !== null && now - this.askedAt >= ANSWER_WITHIN_MS) return "dead";
    return now - this.heardAt >= this.intervalMs ? "ask" : "fine";
  }
}
