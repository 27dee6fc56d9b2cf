import { useEffect } from "react";

import { badgeFavicon } from "../notifications/favicon.ts";
import { useObservable, useParley } from "./context.ts";

/** "(3) Parley": how many messages wait unread, in the tab's title and on its picture. */
export function useUnreadTitle(): void {
  const conversations = useObservable(useParley().conversations);
  const unread = (conversations ?? [])
    .filter((conversation) => !conversation.archived && conversation.notify !== "none")
    .reduce((sum, conversation) => sum + conversation.unread_count, 0);
  useEffect(() => {
    let current = true;
    document.title = unread > 0 ? `(${unread}) Parley` : "Parley";
    badgeFavicon(unread, () => current).catch(() => {
      // A tab without its picture is no harm; the title tells the same.
    });
    return () => {
      current = false;
    };
  }, [unread]);
}
