const DAY_MS = 86_400_000;

/** The language with the region that the browser names for it: "en" is written otherwise in London than in Boston. */
export function regional(locale: string): string {
  return navigator.languages.find((tag) => tag.split("-")[0] === locale) ?? locale;
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

export function clockTime(at: number, locale: string): string {
  return new Intl.DateTimeFormat(regional(locale), { hour: "numeric", minute: "2-digit" }).format(
    at,
  );
}

/** "25 Nov 2026" */
export function dateName(at: number, locale: string): string {
  return new Intl.DateTimeFormat(regional(locale), { dateStyle: "medium" }).format(at);
}

/** "25 Nov 2026, 14:03" */
export function momentName(at: number, locale: string): string {
  const style = { dateStyle: "medium", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat(regional(locale), style).format(at);
}

/** Today and yesterday by their names, the last week by weekday, else the date. Days are the person's own. */
export function dayName(at: number, now: number, locale: string): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
  if (days === 0 || days === 1) {
    const name = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day");
    return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
  }
  if (days > 1 && days < 7)
    return new Intl.DateTimeFormat(regional(locale), { weekday: "long" }).format(at);
  return new Intl.DateTimeFormat(regional(locale), { dateStyle: "long" }).format(at);
}

/** As short as a list needs: the time today, the weekday this week, else the date. */
export function shortTime(at: number, now: number, locale: string): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
  if (days === 0) return clockTime(at, locale);
  if (days > 0 && days < 7)
    return new Intl.DateTimeFormat(regional(locale), { weekday: "short" }).format(at);
  return new Intl.DateTimeFormat(regional(locale), { dateStyle: "short" }).format(at);
}
