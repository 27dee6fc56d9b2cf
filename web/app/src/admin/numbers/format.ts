const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const THOUSAND = 1000;

/** "12.4 MB" */
export function bytes(count: number, locale: string): string {
  const power = count < 1 ? 0 : Math.floor(Math.log10(count) / Math.log10(THOUSAND));
  const index = Math.min(power, UNITS.length - 1);
  const style = {
    style: "unit",
    unit: UNITS[index] ?? "byte",
    maximumSignificantDigits: 3,
  } as const;
  return new Intl.NumberFormat(locale, style).format(count / THOUSAND ** index);
}

/** "1.24 ms" */
export function milliseconds(value: number, locale: string): string {
  const style = { style: "unit", unit: "millisecond", maximumSignificantDigits: 3 } as const;
  return new Intl.NumberFormat(locale, style).format(value);
}

/** Whole from ten on, else with one place. */
export function rate(value: number, locale: string): string {
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale, { maximumFractionDigits }).format(value);
}

const MINUTE_MS = 60_000;
const LENGTHS = [
  ["day", 24 * 60],
  ["hour", 60],
  ["minute", 1],
] as const;

/** "3 days", "5 hours", "0 minutes": in its largest unit. */
export function duration(ms: number, locale: string): string {
  const minutes = ms / MINUTE_MS;
  const [unit, length] = LENGTHS.find(([, each]) => minutes >= each) ?? ["minute", 1];
  const style = { style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat(locale, style).format(Math.floor(minutes / length));
}
