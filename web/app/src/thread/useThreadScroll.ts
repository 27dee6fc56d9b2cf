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
import type { UnreadMark } from "./useUnreadMark.ts";

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
  /** The rows are those of the timeline, not a step on the way to them. */
  readonly areWanted: boolean;
  readonly mark: UnreadMark;
  readonly me: User;
}

export interface ThreadScroll {
  /** The newest is in view. */
  readonly isAtEnd: boolean;
  /** There is something to go down to. */
  readonly isAbove: boolean;
  /** The list has taken note of a scroll. */
  readonly onScroll: (offset: number) => void;
  /** The browser tells of one. */
  readonly onNativeScroll: () => void;
  readonly onResize: () => void;
  /** The person themself moves the view. */
  readonly onTouched: () => void;
  readonly toNewest: () => void;
  readonly jumpTo: (seq: number) => void;
  /** Where a jump led. */
  readonly marked: number | null;
}

interface Place {
  /** What the view was placed for; null before it was. */
  readonly mark: UnreadMark | null;
  readonly at: "end" | "above";
}

/** Where the thread stands: it opens at what is unread, keeps to the end while one is there, and loads more at its ends. */
export function useThreadScroll(
  region: RefObject<HTMLElement | null>,
  list: RefObject<VirtualizerHandle | null>,
  { conversation, timeline, rows, areWanted, mark, me }: Thread,
): ThreadScroll {
  const parley = useParley();
  const { id } = conversation;
  const [place, setPlace] = useState<Place>({ mark: null, at: "end" });
  const isPlaced = place.mark !== null;
  const atEnd = place.at === "end";
  /** A new object for each jump: one may jump to the same message twice. */
  const [target, setTarget] = useState<{ readonly seq: number } | null>(null);
  const reached = useRef(target);
  /** How often the end was loaded to be gone to. */
  const [ending, setEnding] = useState(0);
  /** How often the browser told that the view is near the top. */
  const [atTop, setAtTop] = useState(0);
  const touched = useRef(false);
  /** The view is on its way to the divider. */
  const heading = useRef(false);
  const askedFor = useRef<UnreadMark | null>(null);
  /** The mark whose page has been asked for, and has come or not. */
  const [fetched, setFetched] = useState<UnreadMark | null>(null);
  const before = useRef<{ newestKey: string | undefined; hadNewer: boolean }>({
    newestKey: undefined,
    hadNewer: false,
  });

  function toEnd(): void {
    list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  }

  /** Answers whether there is one. */
  function toDivider(): boolean {
    const divider = rows.findIndex((row) => row.type === "unread");
    if (divider > 0) list.current?.scrollToIndex(divider, { align: "center" });
    return divider > 0;
  }

  function toNewest(): void {
    if (!timeline.has_newer) toEnd();
    else {
      void parley.loadLatest(id).then(() => {
        setEnding((times) => times + 1);
      });
    }
  }

  function loadAtEnds(offset: number): void {
    const view = list.current;
    if (view === null || timeline.loading !== null) return;
    const below = view.scrollSize - offset - view.viewportSize;
    if (below < PAGE_AHEAD_PX && timeline.has_newer) void parley.loadNewer(id);
    else if (offset < PAGE_AHEAD_PX && timeline.has_older) void parley.loadOlder(id);
  }

  /** Takes note of where the view is. */
  function look(): void {
    const view = list.current;
    if (view === null) return;
    const below = view.scrollSize - view.scrollOffset - view.viewportSize;
    const at = below < AT_END_PX ? "end" : "above";
    setPlace((now) => (now.at === at ? now : { ...now, at }));
  }

  const newest = timeline.items.at(-1);
  const newestKey = newest?.key;
  const newestIsMine = newest?.type === "message" && newest.message.sender_id === me.id;

  /** Whether what follows `after` lies outside of what is loaded. */
  function lacks(after: number): boolean {
    const seqs = rows.flatMap((row) => seqOfRow(row) ?? []);
    const [oldest = 0] = seqs;
    const latest = seqs.at(-1) ?? 0;
    return (timeline.has_older && oldest > after + 1) || (timeline.has_newer && latest <= after);
  }

  /** Goes to where one is to read on; the mark's page is loaded first where it is not there. */
  function open(): void {
    if (isPlaced && touched.current) {
      setPlace({ ...place, mark });
      return;
    }
    // What is on its way may replace what there is.
    if (timeline.loading === "around" || (isPlaced && timeline.loading !== null)) return;
    const { after } = mark;
    if (after !== null && lacks(after) && askedFor.current !== mark) {
      askedFor.current = mark;
      void parley.loadAround(id, Math.max(after, conversation.first_seq, 1)).then(() => {
        setFetched(mark);
      });
      return;
    }
    if (toDivider()) {
      heading.current = true;
      setPlace({ mark, at: "above" });
      // Where everything has room in the view, nothing is scrolled.
      requestAnimationFrame(look);
    } else {
      setPlace({ mark, at: "end" });
      toNewest();
    }
  }

  const onLines = useEffectEvent(() => {
    if (!areWanted) return;
    const { newestKey: earlier, hadNewer } = before.current;
    before.current = { newestKey, hadNewer: timeline.has_newer };
    if (newestKey === undefined) return;
    if (place.mark !== mark) open();
    // Only a new last line moves the view; older pages and receipts leave it alone.
    else if (newestKey !== earlier && !hadNewer && (atEnd || newestIsMine)) toEnd();
  });
  useLayoutEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- where the view is placed is known once the lines are drawn
    onLines();
  }, [newestKey, timeline.has_newer, timeline.loading, areWanted, mark, fetched]);

  const headOn = useEffectEvent(() => {
    if (heading.current && !touched.current) toDivider();
  });
  const [oldest] = rows;
  useLayoutEffect(() => {
    // The way there was counted in lines, and others have come in above.
    headOn();
  }, [oldest?.key]);

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
    // The list learns by an event, with the next frame, where the view has gone; lines that came in have moved it already.
    if (isPlaced && timeline.error === null) loadAtEnds(region.current?.scrollTop ?? 0);
  });
  useEffect(() => {
    // A page may be shorter than the screen, or not have come: then nobody scrolls, and it is needed all the same.
    fill();
  }, [rows, timeline.loading, timeline.error, atTop]);

  return {
    isAtEnd: place.mark === mark && atEnd && !timeline.has_newer,
    isAbove: isPlaced && (!atEnd || timeline.has_newer),
    onScroll: (offset) => {
      if (!isPlaced) return;
      look();
      loadAtEnds(offset);
    },
    onNativeScroll: () => {
      // The list takes a scroll to where it knows the view already for none: who was moved away by lines that came in,
      // and is back before the browser tells of it, would wait at the top for good. By the next frame it has taken note.
      requestAnimationFrame(() => {
        const above = region.current?.scrollTop ?? PAGE_AHEAD_PX;
        if (timeline.has_older && above < PAGE_AHEAD_PX) setAtTop((times) => times + 1);
      });
    },
    onResize: () => {
      if (!isPlaced) return;
      if (atEnd && !timeline.has_newer) toEnd();
      else look();
    },
    onTouched: () => {
      touched.current = true;
    },
    toNewest: () => {
      touched.current = true;
      toNewest();
    },
    jumpTo: (seq) => {
      touched.current = true;
      void parley.loadAround(id, seq).then(() => {
        setTarget({ seq });
      });
    },
    marked: target?.seq ?? null,
  };
}
