import type { Conversation, Message, User } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { BellOff } from "lucide-react";
import { memo } from "react";
import { Link, useRoute } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { Avatar } from "../design/Avatar.tsx";
import { shortTime } from "../design/time.ts";
import { useNow } from "../design/useNow.ts";
import { useMuted } from "../notifications/useMuted.ts";
import styles from "./ConversationList.module.css";
import { conversationName, otherPerson } from "./name.ts";
import { Typing } from "./Typing.tsx";

function Preview({ conversation, me }: { conversation: Conversation; me: User }) {
  const last = conversation.last_message;
  if (conversation.typing.length > 0) {
    return (
      <span className={styles["typing"]}>
        <Typing conversation={conversation} />
      </span>
    );
  }
  if (conversation.draft !== "") {
    return (
      <>
        <span className={styles["draft"]}>
          <Trans>Draft:</Trans>
        </span>{" "}
        <bdi>{conversation.draft}</bdi>
      </>
    );
  }
  if (last === null) return <Trans>No messages yet</Trans>;
  if (last.deleted_at !== null) return <Trans>Message deleted</Trans>;
  return <LastWords message={last} group={conversation.kind === "group"} me={me} />;
}

/** A message in one line; in a group it says whose. */
function LastWords({ message, group, me }: { message: Message; group: boolean; me: User }) {
  const sender = useObservable(useParley().user(message.sender_id));
  // The first part is enough for one line, and keeps a flood out of the layout.
  const text = <bdi>{message.text.slice(0, 200)}</bdi>;
  if (message.sender_id === me.id) return <Trans>You: {text}</Trans>;
  if (!group || sender === null) return text;
  return (
    <>
      <bdi>{sender.display_name}</bdi>: {text}
    </>
  );
}

export const ConversationRow = memo(function ConversationRow(props: {
  conversation: Conversation;
  me: User;
}) {
  const { conversation, me } = props;
  const { i18n, t } = useLingui();
  const now = useNow();
  const [open] = useRoute(`/c/${conversation.id}/:pane?`);
  const name = conversationName(conversation, me.id);
  const other = otherPerson(conversation, me.id);
  const unread = conversation.unread_count;
  const { quiet } = useMuted(conversation);
  return (
    <li>
      <Link
        href={`/c/${conversation.id}`}
        className={styles["row"] ?? ""}
        aria-current={open ? "page" : undefined}
        data-conversation={conversation.id}
      >
        <Avatar
          id={other?.id ?? conversation.id}
          name={name}
          url={other?.avatar_url ?? conversation.photo_url}
          size={48}
        />
        <span className={styles["text"]}>
          <span className={styles["line"]}>
            <span className={styles["name"]} dir="auto">
              {name}
            </span>
            {conversation.last_message !== null && (
              <time className={styles["time"]}>
                {shortTime(conversation.last_message.sent_at, now, i18n.locale)}
              </time>
            )}
          </span>
          <span className={styles["line"]}>
            <span className={styles["preview"]} dir="auto">
              <Preview conversation={conversation} me={me} />
            </span>
            {quiet && (
              <BellOff size={14} role="img" aria-label={t`Muted`} className={styles["muted"]} />
            )}
            {unread > 0 && (
              <span className={styles["badge"]} data-quiet={quiet}>
                <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
                <span className="visually-hidden">{t`${unread} unread`}</span>
              </span>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
});
