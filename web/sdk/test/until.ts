import type { Observable, Parley } from "../src/index.ts";

const PATIENCE_MS = 30_000;

/** The first value that fits. */
export function until<T>(
  observable: Observable<T>,
  what: string,
  fits: (value: T) => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const value = observable.get();
      if (!fits(value)) return;
      clearTimeout(timer);
      stop();
      resolve(value);
    };
    const timer = setTimeout(() => {
      stop();
      const state = JSON.stringify(observable.get());
      reject(new Error(`Waited in vain for: ${what}. It is: ${state.slice(0, 2000)}`));
    }, PATIENCE_MS);
    const stop = observable.subscribe(look);
    look();
  });
}

export function untilLive(parley: Parley): Promise<unknown> {
  return until(parley.connection, "a live connection", ({ state }) => state === "live");
}

/** The texts of a conversation's loaded stretch, once there are so many messages. */
export async function untilTexts(parley: Parley, id: string, count: number): Promise<string[]> {
  const timeline = await until(parley.timeline(id), `${count} messages`, ({ items }) => {
    return items.filter(({ type }) => type === "message").length >= count;
  });
  return timeline.items.flatMap((item) => (item.type === "message" ? item.message.text : []));
}
