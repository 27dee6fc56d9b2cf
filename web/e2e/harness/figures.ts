import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where figures are kept; docs/web.md cites those of docs/web/figures.json. */
const FILE = process.env["PARLEY_FIGURES"] ?? join(import.meta.dirname, "../results/figures.json");

/**
 * Whether one measures, on a machine that does nothing else. Only then is a time demanded: in a run of all tests it would say
 * how busy the machine is.
 */
export const MEASURING = process.env["PARLEY_FIGURES"] !== undefined;

type Figures = Readonly<Record<string, number>>;

/** Writes what was measured under a name, beside what others have measured. */
export async function keepFigures(name: string, figures: Figures): Promise<void> {
  const kept = await readFile(FILE, "utf8").catch(() => "{}");
  const all = { ...(JSON.parse(kept) as Record<string, Figures>), [name]: figures };
  await mkdir(dirname(FILE), { recursive: true });
  await writeFile(FILE, `${JSON.stringify(all, null, 2)}\n`);
}

/** The value that so large a part of all is not above: 0.5 is the median. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

/** How long something took, over many times. */
export function spread(samples: readonly number[]) {
  const sorted = [...samples].sort((a, b) => a - b);
  const rounded = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    samples: sorted.length,
    median_ms: rounded(quantile(sorted, 0.5)),
    p95_ms: rounded(quantile(sorted, 0.95)),
    max_ms: rounded(quantile(sorted, 1)),
  };
}
