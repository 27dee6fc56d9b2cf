import { useEffectEvent, useLayoutEffect, useState } from "react";

import { type ListStep, stepsBetween } from "./listSteps.ts";
import type { ThreadRow } from "./rows.ts";

export interface DrawnRows extends ListStep {
  /** These are the rows that are wanted, not a step on the way there. */
  readonly areWanted: boolean;
}

/** The rows to draw now, on the way to those that are wanted: each step is drawn before the next, and none is painted alone. */
export function useDrawnRows(wanted: readonly ThreadRow[]): DrawnRows {
  const [drawn, setDrawn] = useState<{
    readonly wanted: readonly ThreadRow[];
    readonly now: ListStep;
    readonly then: ListStep | null;
  }>({ wanted, now: { rows: wanted, shift: false }, then: null });
  if (drawn.wanted !== wanted) {
    const [now, then = null] = stepsBetween(drawn.now.rows, wanted);
    setDrawn({ wanted, now, then });
  }
  const proceed = useEffectEvent(() => {
    if (drawn.then !== null) setDrawn({ ...drawn, now: drawn.then, then: null });
  });
  useLayoutEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the list must have drawn the first step, which nobody is to see
    proceed();
  }, [drawn]);
  return { ...drawn.now, areWanted: drawn.then === null };
}
