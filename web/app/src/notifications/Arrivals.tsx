import type { Arrival, User } from "@parley/client";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { conversationName } from "../conversations/name.ts";
import { alerts } from "./preferences.ts";
import { playArrival } from "./sound.ts";

const LONGEST_SPOKEN = 200;

function isQuiet({ conversation }: Arrival): boolean {
  const muted = conversation.muted_until !== null && conversation.muted_until > Date.now();
  return muted || conversation.archived || conversation.notify === "none";
}

function notify(arrival: Arrival, me: User, open: (path: string) => void): void {
  const { conversation, message } = arrival;
  const notification = new Notification(conversationName(conversation, me.id), {
    body: message.text.slice(0, LONGEST_SPOKEN),
    // One for each conversation, whichever tab shows it.
    tag: conversation.id,
    icon: "/icon-192.png",
  });
  notification.onclick = () => {
    window.focus();
    open(`/c/${conversation.id}`);
    notification.close();
  };
}

/** Tells of new messages: by a sound, by a window of the system, and to screen readers. */
export function Arrivals() {
  const parley = useParley();
  const me = useObservable(parley.me);
  const [path, navigate] = useLocation();
  const [spoken, setSpoken] = useState("");

  useEffect(
    () =>
      parley.onArrival((arrival) => {
        const { conversation, message } = arrival;
        const sender = conversation.members.find(({ user }) => user.id === message.sender_id);
        const text = message.text.slice(0, LONGEST_SPOKEN);
        setSpoken(`${sender?.user.display_name ?? conversationName(conversation, me.id)}: ${text}`);
        if (isQuiet(arrival)) return;
        const inView = !document.hidden && path.startsWith(`/c/${conversation.id}`);
        const wanted = alerts.get();
        if (wanted.sound && !inView) void playArrival();
        const allowed = "Notification" in window && Notification.permission === "granted";
        if (wanted.notifications && allowed && document.hidden) notify(arrival, me, navigate);
      }),
    [parley, me, path, navigate],
  );

  return (
    <div className="visually-hidden" aria-live="polite">
      {spoken}
    </div>
  );
}
