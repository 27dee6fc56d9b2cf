import type { Arrival, User } from "@parley/client";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { conversationName } from "../conversations/name.ts";
import { useWorkerWishes } from "../pwa/useWorkerWishes.ts";
import { usePageVisible } from "../thread/usePageVisible.ts";
import { isQuiet, mutes } from "./mutes.ts";
import { closeNotifications, notify, type Told } from "./notify.ts";
import { alerts } from "./preferences.ts";
import { playArrival } from "./sound.ts";

const LONGEST_SPOKEN = 200;

function mayNotify(): boolean {
  return "Notification" in window && Notification.permission === "granted";
}

/** What a notification says of a message; in a group, also whose it is. */
function toldOf({ conversation, message }: Arrival, sender: string | undefined, me: User): Told {
  const text = message.text.slice(0, LONGEST_SPOKEN);
  const body = conversation.kind === "group" && sender !== undefined ? `${sender}: ${text}` : text;
  return { title: conversationName(conversation, me.id), body, conversationId: conversation.id };
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
        const sender = conversation.members.find(({ user }) => user.id === message.sender_id)?.user;
        const inView = !document.hidden && path.startsWith(`/c/${conversation.id}`);
        if (!inView && isQuiet(conversation, mutes.get(), parley.serverNow())) return;
        const text = message.text.slice(0, LONGEST_SPOKEN);
        setSpoken(`${sender?.display_name ?? conversationName(conversation, me.id)}: ${text}`);
        if (inView) return;
        const wanted = alerts.get();
        if (wanted.sound) void playArrival();
        // Asked only where it matters: the page stands still until the browser has answered.
        if (!wanted.notifications || !document.hidden || !mayNotify()) return;
        notify(toldOf(arrival, sender?.display_name, me), navigate).catch(() => {
          // The system refuses it just now; the badge and the title tell too.
        });
      }),
    [parley, me, path, navigate],
  );

  useWorkerWishes(navigate);
  const visible = usePageVisible();
  const opened = /^\/c\/([^/]+)/.exec(path)?.[1];
  useEffect(() => {
    // What one is looking at need not be told of any more.
    if (visible && opened !== undefined) void closeNotifications(opened);
  }, [visible, opened]);

  return (
    <div className="visually-hidden" aria-live="polite">
      {spoken}
    </div>
  );
}
