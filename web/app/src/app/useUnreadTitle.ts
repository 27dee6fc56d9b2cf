import { useEffect } from "react";

import { useNow } from "../design/useNow.ts";
import { badgeFavicon } from "../notifications/favicon.ts";
import { isQuiet, mutes } from "../notifications/mutes.ts";
import { useObservable, useParley } from "./context.ts";

/** Puts the number on the tab, and on the app's picture where it is installed. */
function show(unread: number, isCurrent: () => boolean): void {
  document.title = unread > 0 ? `(${unread}) Parley` : "Parley";
  const badges = [badgeFavicon(unread, isCurrent)];
  // 0 takes it away.
  if ("setAppBadge" in navigator) badges.push(navigator.setAppBadge(unread));
  Promise.all(badges).catch(() => {
    // A picture without its number is no harm; the title tells the same.
  });
}

/** "(3) Parley": how many messages wait unread, in the tab's title and on its picture. */
export function useUnreadTitle(): void {
  const conversations = useObservable(useParley().conversations);
  const muted = useObservable(mutes);
  const now = useNow();
  const unread = (conversations ?? [])
    .filter((conversation) => !isQuiet(conversation, muted, now))
    .reduce((sum, conversation) => sum + conversation.unread_count, 0);
  useEffect(() => {
    let current = true;
    show(unread, () => current);
    return () => {
      current = false;
    };
  }, [unread]);
  useEffect(
    () => () => {
      // Whoever leaves leaves no number behind.
      show(0, () => true);
    },
    [],
  );
}
