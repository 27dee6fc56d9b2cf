import { useEffect } from "react";

import { useObservable, useParley } from "./context.ts";

/** "(3) Parley": how many messages wait unread, in the tab's title. */
export function useUnreadTitle(): void {
  const conversations = useObservable(useParley().conversations);
  const unread = (conversations ?? [])
    .filter((conversation) => !conversation.archived && conversation.notify !== "none")
    .reduce((sum, conversation) => sum + conversation.unread_count, 0);
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Parley` : "Parley";
  }, [unread]);
}
