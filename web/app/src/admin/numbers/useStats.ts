import { useEffect, useState } from "react";

import { usePageVisible } from "../../thread/usePageVisible.ts";
import type { Stats } from "../administration.ts";
import { useAdministration } from "../context.ts";

/** The server takes a sample each five seconds. */
const PERIOD_MS = 5000;

/** The server's numbers, asked for again and again while the page is in view; the last ones stay while they cannot be had. */
export function useStats(): { readonly stats: Stats | null; readonly failure: unknown } {
  const administration = useAdministration();
  const visible = usePageVisible();
  const [stats, setStats] = useState<Stats | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    if (!visible) return;
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function ask(): Promise<void> {
      let answer: Stats | null = null;
      let problem: unknown = null;
      try {
        answer = await administration.stats();
      } catch (error) {
        problem = error;
      }
      if (!current) return;
      if (answer !== null) setStats(answer);
      setFailure(problem);
      timer = setTimeout(() => void ask(), PERIOD_MS);
    }
    void ask();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [administration, visible]);
  return { stats, failure };
}
