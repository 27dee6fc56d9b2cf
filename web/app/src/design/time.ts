const DAY_MS = 86_400_000;

/** The language with the region that the browser names for it: "en" is written otherwise in London than in Boston. */
export function regional(locale: string): string {
  return navigator.languages.find((tag) => tag.split("-")[0] === locale) ?? locale;
}

const STYLES = {
  clock: { hour: "numeric", minute: "2-digit" },
  date: { dateStyle: "medium" },
  shortDate: { dateStyle: "short" },
  longDate: { dateStyle: "long" },
  weekday: { weekday: "long" },
  shortWeekday: { weekday: "short" },
  moment: { dateStyle: "medium", timeStyle: "short" },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;

/** Dear to make, and wanted for every message: kept while the device stays in its time zone. */
const formats = new Map<string, Intl.DateTimeFormat>();
let formatsOffset = 0;

function written(at: number, locale: string, style: keyof typeof STYLES): string {
  const offset = new Date().getTimezoneOffset();
  if (offset !== formatsOffset) formats.clear();
  formatsOffset = offset;
  const tag = regional(locale);
  const key = `${tag} ${style}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(tag, STYLES[style]);
  formats.set(key, format);
  return format.format(at);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

export function clockTime(at: number, locale: string): string {
  return written(at, locale, "clock");
}

/** "25 Nov 2026" */
export function dateName(at: number, locale: string): string {
  return written(at, locale, "date");
}

/** "25 Nov 2026, 14:03" */
export function momentName(at: number, locale: string): string {
  return written(at, locale, "moment");
}

/** Today and yesterday by their names, the last week by weekday, else the date. Days are the person's own. */
export function dayName(at: number, now: number, locale: string): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
  if (days === 0 || days === 1) {
    const name = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day");
    return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
  }
  return written(at, locale, days > 1 && days < 7 ? "weekday" : "longDate");
}

/** As short as a list needs: the time today, the weekday this week, else the date. */
export function shortTime(at: number, now: number, locale: string): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
  if (days === 0) return clockTime(at, locale);
  return written(at, locale, days > 0 && days < 7 ? "shortWeekday" : "shortDate");
}
