import { useSyncExternalStore } from "react";

import { useParley } from "../app/context.ts";

const MINUTE_MS = 60_000;

let minutes = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  minutes++;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) timer = setInterval(tick, MINUTE_MS);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/**
 * The time, at least to the minute: what says "today" is drawn again after midnight. By the server's clock, which also
 * stamps messages: on a device whose own is a day wrong, today's are still today's.
 */
export function useNow(): number {
  const parley = useParley();
  useSyncExternalStore(subscribe, () => minutes);
  return parley.serverNow();
}
