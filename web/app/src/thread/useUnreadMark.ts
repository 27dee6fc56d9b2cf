import type { Conversation } from "@parley/client";
import { useState } from "react";

import { useObservable, useParley } from "../app/context.ts";

/** What was unread when the thread was opened. The same object until it is set anew. */
export interface UnreadMark {
  /** The seq that was read last; null where nothing was unread. */
  readonly after: number | null;
  /** The server has told; until then it is what the device remembers, which may be long ago. */
  readonly settled: boolean;
}

function markOf({ unread_count, read_seq }: Conversation, settled: boolean): UnreadMark {
  return { after: unread_count > 0 ? read_seq : null, settled };
}

/**
 * Where the divider of what is unread stands. It stays there while one reads; what the device remembered is corrected once,
 * when the connection has caught up.
 */
export function useUnreadMark(drawn: Conversation): UnreadMark {
  const parley = useParley();
  const { state } = useObservable(parley.connection);
  // As it is now: what is drawn may be a moment behind the connection.
  const conversation = useObservable(parley.conversation(drawn.id)) ?? drawn;
  const [mark, setMark] = useState(() => markOf(conversation, state === "live"));
  if (mark.settled || state !== "live") return mark;
  const settled = markOf(conversation, true);
  setMark(settled);
  return settled;
}
