import type { Message, Notice } from "../parley.ts";
import type { Change, ConversationChange, MembersChange, WireMessage } from "../wire/types.ts";

/** One place in a conversation's log, as it is drawn: those that draw nothing are kept too, so that holes are seen. */
export interface LogEntry {
  readonly conversation_id: string;
  readonly seq: number;
  /** The change that made it what it is; of two the higher one is true. */
  readonly changed_seq: number;
  readonly content:
    | { readonly type: "message"; readonly message: WireMessage }
    | { readonly type: "notice"; readonly notice: Notice }
    | { readonly type: "nothing" };
}

/** What the change adds to the log where it stands. */
export function entryOf(change: Change): LogEntry {
  const place = { conversation_id: change.conversation_id, seq: change.seq };
  switch (change.kind) {
    case "message": {
      const { message } = change;
      const changed_seq = message.changed_seq ?? change.seq;
      return { ...place, changed_seq, content: { type: "message", message } };
    }
    case "conversation":
    case "members": {
      const notice = noticeOf(change);
      const content = notice === null ? nothing : ({ type: "notice", notice } as const);
      return { ...place, changed_seq: change.seq, content };
    }
    case "edit":
    case "delete":
    case "reaction":
    case "pin":
    default:
      // Changes of other messages, and kinds that this version does not know: they take a place and draw nothing.
      return { ...place, changed_seq: change.seq, content: nothing };
  }
}

const nothing = { type: "nothing" } as const;

/** The earlier message that a change changes. */
export function targetOf(change: Change): number | null {
  const changesMessage = ["edit", "delete", "reaction"].includes(change.kind);
  return changesMessage && "target_seq" in change ? change.target_seq : null;
}

/** The message with a change to it applied; one that it has in it already, repeated, changes nothing. */
export function amended(message: WireMessage, change: Change): WireMessage {
  if (targetOf(change) !== message.seq || (message.changed_seq ?? 0) >= change.seq) return message;
  const changed_seq = change.seq;
  if (change.kind === "edit") {
    const { text, mentions, edited_at } = change;
    return { ...message, text, mentions: [...mentions], edited_at, changed_seq };
  }
  if (change.kind === "delete") {
    const { seq, id, sender_id, sent_at, client_id } = message;
    const kept = { seq, id, sender_id, sent_at, ...(client_id !== undefined && { client_id }) };
    return { ...kept, deleted_at: change.at, changed_seq };
  }
  return { ...message, changed_seq };
}

/** A log entry with a later change applied. */
export function amendedEntry(entry: LogEntry, change: Change): LogEntry {
  if (entry.content.type !== "message") return entry;
  const message = amended(entry.content.message, change);
  if (message === entry.content.message) return entry;
  return { ...entry, changed_seq: change.seq, content: { type: "message", message } };
}

/** Of two states of one place the later one. */
export function laterEntry(known: LogEntry | undefined, other: LogEntry): LogEntry {
  return known !== undefined && known.changed_seq > other.changed_seq ? known : other;
}

/** The message for a user interface. */
export function messageOf(conversationId: string, message: WireMessage): Message {
  const reply = message.reply_to ?? null;
  return {
    conversation_id: conversationId,
    seq: message.seq,
    id: message.id,
    client_id: message.client_id ?? message.id,
    sender_id: message.sender_id,
    sent_at: message.sent_at,
    text: message.text ?? "",
    // An original that one may not see has neither sender nor text.
    reply_to: reply && {
      seq: reply.seq,
      sender_id: reply.sender_id ?? "",
      excerpt: reply.excerpt ?? "",
    },
    edited_at: message.edited_at ?? null,
    deleted_at: message.deleted_at ?? null,
    sending: null,
  };
}

function noticeOf(change: ConversationChange | MembersChange): Notice | null {
  const { conversation_id, seq, at, actor_id } = change;
  const content = change.kind === "members" ? membersNotice(change) : conversationNotice(change);
  return content && { conversation_id, seq, at, actor_id, change: content };
}

function membersNotice({ added, removed, roles }: MembersChange): Notice["change"] {
  return { kind: "members", added, removed, roles };
}

function conversationNotice(change: ConversationChange): Notice["change"] | null {
  if (change.created === true) return { kind: "created" };
  if (change.title !== undefined) return { kind: "title", title: change.title };
  if (change.history !== undefined) return { kind: "history", history: change.history };
  return null;
}
