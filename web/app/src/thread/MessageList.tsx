import type { Conversation, User } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";

import { useObservable, useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { dayName } from "../design/time.ts";
import { useNow } from "../design/useNow.ts";
import { MessageRow } from "./MessageRow.tsx";
import { NoticeRow } from "./NoticeRow.tsx";
import { grewAtTop, seenBy, threadRows } from "./rows.ts";
import styles from "./Thread.module.css";
import { usePageVisible } from "./usePageVisible.ts";

/** So near to an end the next page is asked for, before anybody sees it missing. */
const PAGE_AHEAD_PX = 1200;
/** So near counts as being at the end: new messages then scroll in by themselves. */
const AT_END_PX = 48;

export function MessageList({ conversation, me }: { conversation: Conversation; me: User }) {
  const { i18n } = useLingui();
  const now = useNow();
  const parley = useParley();
  const timeline = useObservable(parley.timeline(conversation.id));
  const members = useObservable(parley.members(conversation.id));
  const visible = usePageVisible();
  const list = useRef<VirtualizerHandle>(null);
  const placed = useRef(false);
  const [atEnd, setAtEnd] = useState(true);
  // What was unread when the thread was opened: the divider stays there while one reads.
  const [unreadAfter] = useState(conversation.unread_count > 0 ? conversation.read_seq : null);

  const rows = useMemo(
    () => threadRows(timeline.items, unreadAfter),
    [timeline.items, unreadAfter],
  );
  const seen = useMemo(
    () => seenBy(timeline.items, members ?? [], me.id),
    [timeline.items, members, me.id],
  );
  const delivered = (members ?? [])
    .filter(({ user }) => user.id !== me.id)
    .reduce((highest, member) => Math.max(highest, member.delivered_seq, member.read_seq), 0);

  const [drawn, setDrawn] = useState({ rows, shift: false });
  if (drawn.rows !== rows) setDrawn({ rows, shift: grewAtTop(drawn.rows, rows) });

  const toEnd = useCallback(() => {
    list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  }, [rows.length]);

  const newest = timeline.items.at(-1);
  const newestKey = newest?.key;
  const newestIsMine = newest?.type === "message" && newest.message.sender_id === me.id;
  useLayoutEffect(() => {
    if (newestKey === undefined) return;
    if (!placed.current) {
      placed.current = true;
      const divider = rows.findIndex((row) => row.type === "unread");
      if (divider > 0) list.current?.scrollToIndex(divider, { align: "center" });
      else toEnd();
    } else if (atEnd || newestIsMine) {
      toEnd();
    }
    // Only a new last line moves the view; older pages and receipts leave it alone.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- see the line above
  }, [newestKey]);

  const newestSeq = conversation.last_seq;
  useEffect(() => {
    if (
      visible &&
      atEnd &&
      placed.current &&
      !timeline.has_newer &&
      newestSeq > conversation.read_seq
    ) {
      parley.markRead(conversation.id, newestSeq);
    }
  }, [
    visible,
    atEnd,
    timeline.has_newer,
    newestSeq,
    conversation.read_seq,
    conversation.id,
    parley,
  ]);

  function onScroll(offset: number): void {
    const view = list.current;
    if (view === null || !placed.current) return;
    const below = view.scrollSize - offset - view.viewportSize;
    setAtEnd(below < AT_END_PX);
    if (timeline.loading !== null) return;
    if (offset < PAGE_AHEAD_PX && timeline.has_older) void parley.loadOlder(conversation.id);
    if (below < PAGE_AHEAD_PX && timeline.has_newer) void parley.loadNewer(conversation.id);
  }

  return (
    <div className={styles["history"]}>
      {/* Reachable by keyboard, so that arrows and page keys scroll it. */}
      <div className={styles["scroll"]} role="log" tabIndex={0} aria-live="polite">
        <div className={styles["spacer"]} />
        <Virtualizer
          ref={list}
          shift={drawn.shift}
          onScroll={onScroll}
          onResize={() => {
            if (atEnd) toEnd();
          }}
        >
          {rows.map((row) => {
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
                  />
                );
            }
          })}
        </Virtualizer>
      </div>
      {timeline.error !== null && (
        <p role="alert" className={styles["trouble"]}>
          {inPlainWords(timeline.error)}
        </p>
      )}
      {!atEnd && (
        <button
          type="button"
          className={styles["pill"]}
          onClick={() => {
            if (timeline.has_newer) void parley.loadLatest(conversation.id).then(toEnd);
            else toEnd();
          }}
        >
          <ArrowDown size={16} aria-hidden="true" />
          {conversation.unread_count > 0 ? (
            <Trans>New messages</Trans>
          ) : (
            <Trans>To the newest</Trans>
          )}
        </button>
      )}
    </div>
  );
}
