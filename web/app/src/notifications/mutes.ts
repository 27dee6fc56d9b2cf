import type { Conversation, Observable } from "@parley/client";

import { recall, remember } from "../app/notes.ts";

/** Until when each conversation is quiet on this device; `FOREVER` where no end was set. */
export type Mutes = ReadonlyMap<string, number>;

export const FOREVER = Number.MAX_SAFE_INTEGER;

const KEY = "parley.muted";
const NONE: Mutes = new Map();

function kept(): Mutes {
  try {
    const value: unknown = JSON.parse(recall(KEY) ?? "{}");
    if (typeof value !== "object" || value === null) return NONE;
    const entries = Object.entries(value).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    );
    return new Map(entries);
  } catch {
    return NONE;
  }
}

let current: Mutes | null = null;
const listeners = new Set<() => void>();

function become(next: Mutes, note: string | null): void {
  current = next;
  remember(KEY, note);
  for (const listener of listeners) listener();
}

// Another tab has changed it.
window.addEventListener("storage", ({ key }) => {
  if (key !== KEY && key !== null) return;
  current = null;
  for (const listener of listeners) listener();
});

/** Which conversations were made quiet on this device: the server does not know of it. */
export const mutes: Observable<Mutes> = {
  get: () => (current ??= kept()),
  subscribe: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** Until a time, or `FOREVER`; null ends it. */
export function mute(conversationId: string, until: number | null): void {
  const next = new Map(mutes.get());
  if (until === null) next.delete(conversationId);
  else next.set(conversationId, until);
  become(next, JSON.stringify(Object.fromEntries(next)));
}

/** The person has left this device. */
export function forgetMutes(): void {
  become(NONE, null);
}

/** Whether one does not want to be told of a conversation's messages: by what was chosen here, or on the server. */
export function isQuiet(conversation: Conversation, muted: Mutes, now: number): boolean {
  const until = Math.max(muted.get(conversation.id) ?? 0, conversation.muted_until ?? 0);
  return until > now || conversation.archived || conversation.notify === "none";
}
