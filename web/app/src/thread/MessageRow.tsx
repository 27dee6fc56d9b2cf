import type { Conversation, Member, Message, User } from "@parley/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Check, CheckCheck, Clock, EllipsisVertical, Reply } from "lucide-react";
import { memo } from "react";

import { useObservable, useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { Avatar } from "../design/Avatar.tsx";
import { clockTime, momentName } from "../design/time.ts";
import { useOpenProfile } from "../people/profile.ts";
import styles from "./Thread.module.css";
import { isLargeEmoji, linked } from "./text.tsx";
import type { ThreadRow } from "./rows.ts";

const MOST_SEEN_AVATARS = 5;

type Row = Extract<ThreadRow, { type: "message" }>;

function Mark({ row, delivered }: { row: Row; delivered: boolean }) {
  const { t } = useLingui();
  const { message } = row;
  if (message.sending !== null) {
    const label = message.sending.state === "queued" ? t`Waiting to be sent` : t`Sending`;
    return <Clock size={13} role="img" aria-label={label} />;
  }
  return delivered ? (
    <CheckCheck size={14} role="img" aria-label={t`Delivered`} />
  ) : (
    <Check size={14} role="img" aria-label={t`Sent`} />
  );
}

function Failed({ row }: { row: Row }) {
  const parley = useParley();
  const { conversation_id, client_id, sending } = row.message;
  if (sending?.state !== "failed") return null;
  return (
    <p className={styles["failed"]} role="alert">
      {sending.error === null ? <Trans>Not sent.</Trans> : inPlainWords(sending.error)}{" "}
      <span className={styles["ways"]}>
        <button type="button" onClick={() => void parley.retry(conversation_id, client_id)}>
          <Trans>Try again</Trans>
        </button>
        <button type="button" onClick={() => void parley.discard(conversation_id, client_id)}>
          <Trans>Discard</Trans>
        </button>
      </span>
    </p>
  );
}

function Seen({ members }: { members: readonly Member[] }) {
  const { t } = useLingui();
  const names = members.map(({ user }) => user.display_name).join(", ");
  const more = members.length - MOST_SEEN_AVATARS;
  return (
    <div className={styles["seen"]} role="img" aria-label={t`Seen by ${names}`} title={names}>
      {members.slice(0, MOST_SEEN_AVATARS).map(({ user }) => (
        <Avatar
          key={user.id}
          id={user.id}
          name={user.display_name}
          url={user.avatar_url}
          size={16}
        />
      ))}
      {more > 0 && <Plural value={more} one="+#" other="+#" />}
    </div>
  );
}

function Quote(props: { reply: NonNullable<Message["reply_to"]>; onJump: (seq: number) => void }) {
  const { reply, onJump } = props;
  const sender = useObservable(useParley().user(reply.sender_id));
  return (
    <button
      type="button"
      className={styles["quote"]}
      onClick={() => {
        onJump(reply.seq);
      }}
    >
      <bdi className={styles["quoted"]}>{sender?.display_name}</bdi>
      <span dir="auto">{reply.excerpt}</span>
    </button>
  );
}

/** Leads to who wrote it. Not a stop of the Tab key in each run of bubbles: the members are in the details. */
function SenderAvatar({ sender }: { sender: User }) {
  const { t } = useLingui();
  const openProfile = useOpenProfile();
  const name = sender.display_name;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles["face"]}
      aria-label={t`Profile of ${name}`}
      aria-haspopup="dialog"
      onClick={() => {
        openProfile(sender);
      }}
    >
      <Avatar id={sender.id} name={name} url={sender.avatar_url} size={30} />
    </button>
  );
}

/** One bubble, with what belongs to it: who, when, how far it came, who has seen it. */
export const MessageRow = memo(function MessageRow(props: {
  row: Row;
  mine: boolean;
  kind: Conversation["kind"];
  delivered: boolean;
  seen: readonly Member[] | undefined;
  /** A jump led here. */
  marked: boolean;
  onReply: (message: Message) => void;
  onJump: (seq: number) => void;
}) {
  const { row, mine, kind, delivered, seen, marked, onReply, onJump } = props;
  const { i18n, t } = useLingui();
  const { message } = row;
  const sender = useObservable(useParley().user(message.sender_id));
  const deleted = message.deleted_at !== null;
  const large = !deleted && isLargeEmoji(message.text);
  const name = sender?.display_name ?? "…";
  const time = clockTime(message.sent_at, i18n.locale);
  const showSender = kind === "group" && !mine;
  return (
    <div
      className={styles["message"]}
      data-mine={mine}
      data-first={row.first}
      data-last={row.last}
      data-seq={message.seq ?? undefined}
      data-marked={marked}
      data-key={row.key}
      role="article"
      aria-label={mine ? t`You, ${time}` : t`${name}, ${time}`}
      // A tap puts the focus here, and the actions are shown.
      tabIndex={-1}
    >
      {showSender && (
        <span className={styles["who"]}>
          {row.last && sender !== null && <SenderAvatar sender={sender} />}
        </span>
      )}
      <div className={styles["column"]}>
        {showSender && row.first && <bdi className={styles["sender"]}>{sender?.display_name}</bdi>}
        <div className={styles["line"]}>
          <div className={large ? styles["large"] : styles["bubble"]}>
            {message.reply_to !== null && <Quote reply={message.reply_to} onJump={onJump} />}
            <span className={styles["words"]} dir="auto" data-deleted={deleted}>
              {deleted ? <Trans>This message was deleted</Trans> : linked(message.text)}
            </span>
            <span className={styles["meta"]}>
              {message.edited_at !== null && <Trans>edited</Trans>}
              <time
                dateTime={new Date(message.sent_at).toISOString()}
                title={momentName(message.sent_at, i18n.locale)}
              >
                {time}
              </time>
              {mine && message.sending?.state !== "failed" && (
                <Mark row={row} delivered={delivered} />
              )}
            </span>
          </div>
          {message.seq !== null && !deleted && (
            <button
              type="button"
              className={styles["reply"]}
              aria-label={t`Reply`}
              title={t`Reply`}
              onClick={() => {
                onReply(message);
              }}
            >
              <Reply size={18} aria-hidden="true" />
            </button>
          )}
          {!deleted && (
            // Heard by the list: useMessageMenu. By keyboard it is the menu key, so that a message is one stop of Tab.
            <button
              type="button"
              className={styles["reply"]}
              tabIndex={-1}
              aria-label={t`What to do with the message`}
              aria-haspopup="menu"
              data-menu
            >
              <EllipsisVertical size={18} aria-hidden="true" />
            </button>
          )}
        </div>
        <Failed row={row} />
        {seen !== undefined && <Seen members={seen} />}
      </div>
    </div>
  );
});
