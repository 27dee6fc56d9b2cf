import type { Clock } from "../src/index.ts";

/** Time that runs so many times as fast, so that waits between attempts cost a test little. */
export function fastClock(times: number): Clock {
  const start = performance.now();
  return {
    now: () => Date.now(),
    monotonic: () => start + (performance.now() - start) * times,
    after: (ms, run) => {
      const timer = setTimeout(run, ms / times);
      return () => {
        clearTimeout(timer);
      };
    },
  };
}
