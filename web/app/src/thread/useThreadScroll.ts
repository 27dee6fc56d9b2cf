import type { Conversation, Timeline, User } from "@parley/client";
import {
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { VirtualizerHandle } from "virtua";

import { useParley } from "../app/context.ts";
import type { ThreadRow } from "./rows.ts";

/** So near to an end the next page is asked for, before anybody sees it missing. */
const PAGE_AHEAD_PX = 1200;
/** So near counts as being at the end: new messages then scroll in by themselves. */
const AT_END_PX = 48;

function seqOfRow(row: ThreadRow): number | null {
  if (row.type === "message") return row.message.seq;
  return row.type === "notice" ? row.notice.seq : null;
}

interface Thread {
  readonly conversation: Conversation;
  readonly timeline: Timeline;
  readonly rows: readonly ThreadRow[];
  /** The seq that was read last when the thread was opened; null where nothing was unread. */
  readonly unreadAfter: number | null;
  readonly me: User;
}

export interface ThreadScroll {
  readonly atEnd: boolean;
  readonly onScroll: (offset: number) => void;
  readonly onResize: () => void;
  readonly toNewest: () => void;
  readonly jumpTo: (seq: number) => void;
  /** Where a jump led. */
  readonly marked: number | null;
}

/** Where the thread stands: it opens at what is unread, keeps to the end while one is there, and loads more at its ends. */
export function useThreadScroll(
  list: RefObject<VirtualizerHandle | null>,
  { conversation, timeline, rows, unreadAfter, me }: Thread,
): ThreadScroll {
  const parley = useParley();
  const { id } = conversation;
  const [atEnd, setAtEnd] = useState(true);
  /** A new object for each jump: one may jump to the same message twice. */
  const [target, setTarget] = useState<{ readonly seq: number } | null>(null);
  const reached = useRef(target);
  /** How often the end was loaded to be gone to. */
  const [ending, setEnding] = useState(0);
  const placed = useRef(false);
  const askedForUnread = useRef(false);
  const before = useRef<{ newestKey: string | undefined; hadNewer: boolean }>({
    newestKey: undefined,
    hadNewer: false,
  });

  function toEnd(): void {
    list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  }

  function loadAtEnds(offset: number): void {
    const view = list.current;
    if (view === null || timeline.loading !== null) return;
    const below = view.scrollSize - offset - view.viewportSize;
    if (below < PAGE_AHEAD_PX && timeline.has_newer) void parley.loadNewer(id);
    else if (offset < PAGE_AHEAD_PX && timeline.has_older) void parley.loadOlder(id);
  }

  const newest = timeline.items.at(-1);
  const newestKey = newest?.key;
  const newestIsMine = newest?.type === "message" && newest.message.sender_id === me.id;

  function place(): void {
    const oldest = rows.find((row) => seqOfRow(row) !== null);
    const oldestSeq = (oldest && seqOfRow(oldest)) ?? 0;
    const unreadIsOlder = unreadAfter !== null && timeline.has_older && oldestSeq > unreadAfter + 1;
    if (unreadIsOlder && !askedForUnread.current) {
      askedForUnread.current = true;
      void parley.loadAround(id, Math.max(unreadAfter, conversation.first_seq, 1));
      return;
    }
    if (timeline.loading === "around") return;
    placed.current = true;
    const divider = rows.findIndex((row) => row.type === "unread");
    if (divider > 0) list.current?.scrollToIndex(divider, { align: "center" });
    else toEnd();
  }

  const onLines = useEffectEvent(() => {
    const { newestKey: earlier, hadNewer } = before.current;
    before.current = { newestKey, hadNewer: timeline.has_newer };
    if (newestKey === undefined) return;
    if (!placed.current) place();
    // Only a new last line moves the view; older pages and receipts leave it alone.
    else if (newestKey !== earlier && !hadNewer && (atEnd || newestIsMine)) toEnd();
  });
  useLayoutEffect(() => {
    onLines();
  }, [newestKey, timeline.has_newer, timeline.loading]);

  const goToEnd = useEffectEvent(toEnd);
  useLayoutEffect(() => {
    if (ending > 0) goToEnd();
  }, [ending]);

  useLayoutEffect(() => {
    if (target === null || reached.current === target) return;
    const index = rows.findIndex((row) => seqOfRow(row) === target.seq);
    if (index < 0) return;
    reached.current = target;
    list.current?.scrollToIndex(index, { align: "center" });
  }, [target, rows, list]);

  const fill = useEffectEvent(() => {
    if (placed.current && timeline.error === null) loadAtEnds(list.current?.scrollOffset ?? 0);
  });
  useEffect(() => {
    // A page may be shorter than the screen: then nobody scrolls, and the next is needed all the same.
    fill();
  }, [rows, timeline.loading]);

  function onScroll(offset: number): void {
    const view = list.current;
    if (view === null || !placed.current) return;
    setAtEnd(view.scrollSize - offset - view.viewportSize < AT_END_PX);
    loadAtEnds(offset);
  }

  return {
    atEnd: atEnd && !timeline.has_newer,
    onScroll,
    onResize: () => {
      if (atEnd && placed.current && !timeline.has_newer) toEnd();
    },
    toNewest: () => {
      if (timeline.has_newer) {
        void parley.loadLatest(id).then(() => {
          setEnding((times) => times + 1);
        });
      } else toEnd();
    },
    jumpTo: (seq) => {
      void parley.loadAround(id, seq).then(() => {
        setTarget({ seq });
      });
    },
    marked: target?.seq ?? null,
  };
}
