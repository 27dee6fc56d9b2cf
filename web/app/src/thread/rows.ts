import type { Member, Message, Notice, TimelineItem } from "@parley/client";

import { startOfDay } from "../design/time.ts";

/** One line of the thread as it is drawn. */
export type ThreadRow =
  | { readonly type: "day"; readonly key: string; readonly at: number }
  | { readonly type: "unread"; readonly key: string }
  | { readonly type: "notice"; readonly key: string; readonly notice: Notice }
  | {
      readonly type: "message";
      readonly key: string;
      readonly message: Message;
      /** Where it stands in a run of messages of one person. */
      readonly first: boolean;
      readonly last: boolean;
    };

/** A longer silence starts a new run of bubbles. */
const RUN_GAP_MS = 5 * 60_000;

function continues(before: TimelineItem | undefined, after: TimelineItem | undefined): boolean {
  if (before?.type !== "message" || after?.type !== "message") return false;
  const gap = after.message.sent_at - before.message.sent_at;
  return (
    before.message.sender_id === after.message.sender_id &&
    gap < RUN_GAP_MS &&
    startOfDay(before.message.sent_at) === startOfDay(after.message.sent_at)
  );
}

function seqOf(item: TimelineItem): number | null {
  return item.type === "message" ? item.message.seq : item.notice.seq;
}

type MessageRow = Extract<ThreadRow, { readonly type: "message" }>;

const lastRows = new WeakMap<Message, MessageRow>();

/** The same object as long as it says the same, so that a row that did not change is not drawn again. */
function messageRow(key: string, message: Message, first: boolean, last: boolean): MessageRow {
  const known = lastRows.get(message);
  if (known?.key === key && known.first === first && known.last === last) return known;
  const made: MessageRow = { type: "message", key, message, first, last };
  lastRows.set(message, made);
  return made;
}

/**
 * `unreadAfter`: the seq that was read last when the thread was opened, where something was unread. `hasOlder`: what was
 * read may lie before these items; then their first one is no place to divide.
 */
export function threadRows(
  items: readonly TimelineItem[],
  unreadAfter: number | null,
  hasOlder = false,
): readonly ThreadRow[] {
  const rows: ThreadRow[] = [];
  let day: number | null = null;
  let divided = unreadAfter === null;
  items.forEach((item, index) => {
    const at = item.type === "message" ? item.message.sent_at : item.notice.at;
    const ofDay = startOfDay(at);
    if (ofDay !== day) {
      day = ofDay;
      rows.push({ type: "day", key: `day-${item.key}`, at });
    }
    const seq = seqOf(item);
    const isUnread = !divided && seq !== null && unreadAfter !== null && seq > unreadAfter;
    const dividesHere = isUnread && (index > 0 || !hasOlder);
    if (isUnread) divided = true;
    if (dividesHere) {
      rows.push({ type: "unread", key: "unread" });
    }
    if (item.type === "notice") {
      rows.push({ type: "notice", key: item.key, notice: item.notice });
    } else {
      const first = dividesHere || !continues(items[index - 1], item);
      rows.push(messageRow(item.key, item.message, first, !continues(item, items[index + 1])));
    }
  });
  return rows;
}

/** Who has read how far: each person under the last shown message that they have read, but not under their own. */
export function seenBy(
  items: readonly TimelineItem[],
  members: readonly Member[],
  meId: string,
): ReadonlyMap<string, readonly Member[]> {
  const messages = items.filter((item) => item.type === "message");
  const seen = new Map<string, Member[]>();
  for (const member of members) {
    if (member.user.id === meId) continue;
    const item = messages.findLast(
      ({ message }) => message.seq !== null && message.seq <= member.read_seq,
    );
    if (item === undefined || item.message.sender_id === member.user.id) continue;
    seen.set(item.key, [...(seen.get(item.key) ?? []), member]);
  }
  return seen;
}
