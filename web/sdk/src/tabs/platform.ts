/** A channel among the tabs of one browser; `BroadcastChannel` fits. */
export interface Channel {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

/** What tabs find each other by. */
export interface TabPlatform {
  /** Resolves to `lead`'s end once this tab is the only one that holds `name`; `signal` takes the wish back. */
  holdLock(name: string, signal: AbortSignal, lead: () => Promise<void>): Promise<void>;
  openChannel(name: string): Channel;
}

/** The browser's own; null where it has no Web Locks or no channels. */
export function tabPlatform(): TabPlatform | null {
  const hasLocks = "navigator" in globalThis && "locks" in navigator;
  if (!hasLocks || !("BroadcastChannel" in globalThis)) return null;
  return {
    holdLock: async (name, signal, lead) => {
      await navigator.locks.request(name, { signal }, lead);
    },
    openChannel: (name) => new BroadcastChannel(name) as Channel,
  };
}
