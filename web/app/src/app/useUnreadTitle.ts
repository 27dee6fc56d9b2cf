import { useEffect, useState } from "react";

import { useNow } from "../design/useNow.ts";
import { isQuiet, mutes } from "../notifications/mutes.ts";
import { UnreadTitle } from "../notifications/unreadTitle.ts";
import { useObservable, useParley } from "./context.ts";

/** The tab tells how many messages wait unread. */
export function useUnreadTitle(): void {
  const conversations = useObservable(useParley().conversations);
  const muted = useObservable(mutes);
  const now = useNow();
  const [title] = useState(() => new UnreadTitle());
  const unread = (conversations ?? [])
    .filter((conversation) => !isQuiet(conversation, muted, now))
    .reduce((sum, conversation) => sum + conversation.unread_count, 0);
  useEffect(() => {
    title.set(unread);
  }, [title, unread]);
  useEffect(
    () => () => {
      title.clear();
    },
    [title],
  );
}
