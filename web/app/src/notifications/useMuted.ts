import type { Conversation } from "@parley/client";

import { useObservable } from "../app/context.ts";
import { useNow } from "../design/useNow.ts";
import { FOREVER, isQuiet, mutes } from "./mutes.ts";

/** Whether a conversation is quiet, and until when this device was told to keep it so: null where that has no end. */
export function useMuted(conversation: Conversation): {
  readonly quiet: boolean;
  /** By a choice on this device, which can be taken back here. */
  readonly here: boolean;
  readonly until: number | null;
} {
  const muted = useObservable(mutes);
  const now = useNow();
  const until = muted.get(conversation.id) ?? 0;
  return {
    quiet: isQuiet(conversation, muted, now),
    here: until > now,
    until: until === FOREVER ? null : until,
  };
}
