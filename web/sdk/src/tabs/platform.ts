/** A channel among the tabs of one browser; `BroadcastChannel` fits. */
export interface Channel {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

/** What tabs find each other by. */
export interface TabPlatform {
  /**
   * Calls `lead` once this tab is the only one that holds `name`, and resolves with its end; `signal` takes the wish back.
   * Rejects with an AbortError then, and where another tab has stolen it meanwhile.
   */
  holdLock(name: string, signal: AbortSignal, lead: () => Promise<void>): Promise<void>;
  /** The same at once, whoever holds it. */
  stealLock(name: string, lead: () => Promise<void>): Promise<void>;
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
    stealLock: async (name, lead) => {
      await navigator.locks.request(name, { steal: true }, lead);
    },
    openChannel: (name) => new BroadcastChannel(name) as Channel,
  };
}
