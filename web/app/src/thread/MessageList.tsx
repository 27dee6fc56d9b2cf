import type { Conversation, Message, Timeline, User } from "@parley/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { ArrowDown, MessageCircle } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";

import { useObservable, useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { EmptyState } from "../design/EmptyState.tsx";
import { dayName } from "../design/time.ts";
import { useNow } from "../design/useNow.ts";
import { MessageRow } from "./MessageRow.tsx";
import { NoticeRow } from "./NoticeRow.tsx";
import { seenBy, threadRows } from "./rows.ts";
import styles from "./Thread.module.css";
import { useDrawnRows } from "./useDrawnRows.ts";
import { usePageVisible } from "./usePageVisible.ts";
import { useMessageMenu } from "./useMessageMenu.tsx";
import { useThreadScroll } from "./useThreadScroll.ts";
import { type UnreadMark, useUnreadMark } from "./useUnreadMark.ts";

/** More lines about the conversation fill the view by themselves. */
const FEW = 6;

/** Tells that one has read to the end, while one `sees` it. */
function useReading(conversation: Conversation, sees: boolean, mark: UnreadMark): void {
  const parley = useParley();
  const { state } = useObservable(parley.connection);
  // What is just coming in was not seen yet; without a network what is there is all there is.
  const reads = sees && (mark.settled || state === "waiting");
  const { id, last_seq, read_seq } = conversation;
  useEffect(() => {
    if (reads && last_seq > read_seq) parley.markRead(id, last_seq);
  }, [reads, last_seq, read_seq, id, parley]);
}

/** All that there is is here, and nobody has written. */
function isEmpty({ items, has_older, has_newer, loading }: Timeline): boolean {
  const isWhole = !has_older && !has_newer && loading === null;
  return isWhole && items.length < FEW && items.every(({ type }) => type === "notice");
}

export function MessageList(props: {
  conversation: Conversation;
  me: User;
  onReply: (message: Message) => void;
}) {
  const { conversation, me, onReply } = props;
  const { i18n, t } = useLingui();
  const now = useNow();
  const parley = useParley();
  const timeline = useObservable(parley.timeline(conversation.id));
  const members = useObservable(parley.members(conversation.id));
  const visible = usePageVisible();
  const region = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const mark = useUnreadMark(conversation);

  const wanted = useMemo(
    () => threadRows(timeline.items, mark.after, timeline.has_older),
    [timeline.items, mark.after, timeline.has_older],
  );
  const { rows, shift, areWanted } = useDrawnRows(wanted);
  const seen = useMemo(
    () => seenBy(timeline.items, members ?? [], me.id),
    [timeline.items, members, me.id],
  );
  const delivered = (members ?? [])
    .filter(({ user }) => user.id !== me.id)
    .reduce((highest, member) => Math.max(highest, member.delivered_seq, member.read_seq), 0);

  const thread = { conversation, timeline, rows, areWanted, mark, me };
  const scroll = useThreadScroll(region, list, thread);
  const jumpRef = useRef(scroll.jumpTo);
  useEffect(() => {
    jumpRef.current = scroll.jumpTo;
  });
  // The same function always, so that a row that did not change is not drawn again.
  const jump = useCallback((seq: number) => {
    jumpRef.current(seq);
  }, []);
  useReading(conversation, visible && scroll.isAtEnd && timeline.items.length > 0, mark);

  const menu = useMessageMenu({ conversation, timeline, onReply });

  return (
    <div className={styles["history"]}>
      {/* Reachable by keyboard, so that arrows and page keys scroll it. */}
      <div
        ref={region}
        className={styles["scroll"]}
        role="region"
        aria-label={t`Messages`}
        tabIndex={0}
        onScroll={scroll.onNativeScroll}
        onWheel={scroll.onTouched}
        onTouchMove={scroll.onTouched}
        {...menu.handlers}
        onPointerDown={(event) => {
          scroll.onTouched();
          menu.handlers.onPointerDown(event);
        }}
        onKeyDown={scroll.onTouched}
      >
        <div className={styles["spacer"]} />
        <Virtualizer
          ref={list}
          data={rows}
          shift={shift}
          onScroll={scroll.onScroll}
          onResize={scroll.onResize}
        >
          {(row) => {
            switch (row.type) {
              case "day":
                return (
                  <p key={row.key} className={styles["day"]}>
                    {dayName(row.at, now, i18n.locale)}
                  </p>
                );
              case "unread":
                return (
                  <p key={row.key} className={styles["unread"]}>
                    <Trans>New messages</Trans>
                  </p>
                );
              case "notice":
                return <NoticeRow key={row.key} notice={row.notice} />;
              case "message":
                return (
                  <MessageRow
                    key={row.key}
                    row={row}
                    mine={row.message.sender_id === me.id}
                    kind={conversation.kind}
                    delivered={row.message.seq !== null && row.message.seq <= delivered}
                    seen={seen.get(row.key)}
                    marked={row.message.seq !== null && row.message.seq === scroll.marked}
                    onReply={onReply}
                    onJump={jump}
                  />
                );
            }
          }}
        </Virtualizer>
      </div>
      {conversation.last_message === null && isEmpty(timeline) && (
        <div className={styles["hello"]}>
          <EmptyState
            icon={<MessageCircle size={38} strokeWidth={1.5} />}
            title={<Trans>No messages yet</Trans>}
            text={<Trans>Write the first one.</Trans>}
          />
        </div>
      )}
      {menu.overlay}
      {timeline.error !== null && (
        <p role="alert" className={styles["trouble"]}>
          {inPlainWords(timeline.error)}
        </p>
      )}
      {scroll.isAbove && (
        <button type="button" className={styles["pill"]} onClick={scroll.toNewest}>
          <ArrowDown size={16} aria-hidden="true" />
          {conversation.unread_count > 0 ? (
            <Plural value={conversation.unread_count} one="# new message" other="# new messages" />
          ) : (
            <Trans>To the newest</Trans>
          )}
        </button>
      )}
    </div>
  );
}
