import type { ThreadRow } from "./rows.ts";

/** Rows for the virtual list, which keeps its place counted from the end where `shift`, else from the beginning. */
export interface ListStep {
  readonly rows: readonly ThreadRow[];
  readonly shift: boolean;
}

function isLine(row: ThreadRow): boolean {
  return row.type === "message" || row.type === "notice";
}

/** Where the lines that both have begin and end in `rows`, and whether others stand before and after them. */
function shared(rows: readonly ThreadRow[], keys: ReadonlySet<string>) {
  const isShared = (row: ThreadRow): boolean => isLine(row) && keys.has(row.key);
  const first = rows.findIndex(isShared);
  const last = rows.findLastIndex(isShared);
  return {
    last,
    found: first >= 0,
    before: rows.slice(0, Math.max(first, 0)).some(isLine),
    after: rows.slice(last + 1).some(isLine),
  };
}

function lineKeys(rows: readonly ThreadRow[]): ReadonlySet<string> {
  return new Set(rows.filter(isLine).map(({ key }) => key));
}

/**
 * From the rows that are drawn to those that are wanted without a jump. The list can keep its place for one end at a time:
 * a page that comes in at one end while the other is cut off takes two steps.
 */
export function stepsBetween(
  drawn: readonly ThreadRow[],
  wanted: readonly ThreadRow[],
): readonly [ListStep] | readonly [ListStep, ListStep] {
  if (drawn.find(isLine)?.key === wanted.find(isLine)?.key) return [{ rows: wanted, shift: false }];
  const was = shared(drawn, lineKeys(wanted));
  const is = shared(wanted, lineKeys(drawn));
  if (!is.found) return [{ rows: wanted, shift: false }];
  const topChanges = was.before || is.before;
  const endChanges = was.after || is.after;
  if (!topChanges || !endChanges) return [{ rows: wanted, shift: topChanges }];
  const rows = [...wanted.slice(0, is.last + 1), ...drawn.slice(was.last + 1)];
  return [
    { rows, shift: true },
    { rows: wanted, shift: false },
  ];
}
