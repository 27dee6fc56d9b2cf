const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "now", "5 minutes ago", "3 hours ago", "yesterday": in its largest unit. What lies ahead is now. */
export function ago(at: number, now: number, locale: string): string {
  const since = Math.max(0, now - at);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (since < MINUTE_MS) return format.format(0, "second");
  if (since < HOUR_MS) return format.format(-Math.floor(since / MINUTE_MS), "minute");
  if (since < DAY_MS) return format.format(-Math.floor(since / HOUR_MS), "hour");
  return format.format(-Math.floor(since / DAY_MS), "day");
}
