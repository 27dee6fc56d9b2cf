import type { Change, MembersChange, WireConversation, WireMessage } from "../wire/types.ts";
import { amended } from "./message.ts";

/** So many of the latest messages are remembered to count what is unread; beyond it the server's count is used. */
const TAIL_MESSAGES = 200;

/** What of a message counts for what is unread. */
interface Counted {
  readonly seq: number;
  readonly mine: boolean;
  readonly mentions_me: boolean;
}

/**
 * A conversation as this device holds it. `object` is the server's, carried on by the changes after its `last_seq`; its
 * `read_seq` is this device's own, which may be ahead of what the server knows (`known_read`).
 */
export interface Held {
  readonly object: WireConversation;
  /** The log has been applied up to here; an object alone never moves it. */
  readonly head: number;
  readonly known_read: number;
  readonly known_delivered: number;
  /** The messages above `after`, all of them. */
  readonly tail: { readonly after: number; readonly messages: readonly Counted[] };
}

/** A conversation that is new here, or was missed for too long: the object says where its log goes on. */
export function adopted(object: WireConversation, earlier: Held | null = null): Held {
  const held: Held = {
    object,
    head: object.last_seq,
    known_read: object.read_seq,
    known_delivered: object.delivered_seq,
    tail: { after: object.last_seq, messages: [] },
  };
  return earlier === null ? held : readUpTo(held, earlier.object.read_seq);
}

/** An object of a conversation that is held: newer, as new, or overtaken by changes. Never moves the head. */
export function withObject(held: Held, object: WireConversation): Held {
  const known = {
    known_read: Math.max(held.known_read, object.read_seq),
    known_delivered: Math.max(held.known_delivered, object.delivered_seq),
  };
  if (object.last_seq >= held.object.last_seq) {
    return readUpTo({ ...adopted(object), head: held.head, ...known }, held.object.read_seq);
  }
  const { muted_until, archived, notify } = object;
  const kept: Held = {
    ...held,
    ...known,
    object: { ...held.object, muted_until, archived, notify },
  };
  if (held.tail.after > object.last_seq) return readUpTo(kept, object.read_seq);
  const since = kept.tail.messages.filter(({ seq }) => seq > object.last_seq);
  const recounted = since.reduce<WireConversation>(counted, {
    ...kept.object,
    unread_count: object.unread_count,
    mention_count: object.mention_count,
    read_seq: object.read_seq,
  });
  return readUpTo({ ...kept, object: recounted }, held.object.read_seq);
}

/** The next change of the log, which is head + 1. What the object has in it already is only passed by. */
export function withChange(held: Held, change: Change, me: string): Held {
  const next: Held = { ...held, head: change.seq };
  if (change.seq <= held.object.last_seq) return next;
  const object = { ...held.object, last_seq: change.seq };
  switch (change.kind) {
    case "message":
      return withMessage({ ...next, object }, change.message, me);
    case "members":
      return { ...next, object: withMembers(object, change, me) };
    case "conversation": {
      const {
        title = object.title,
        history = object.history,
        photo_url = object.photo_url,
      } = change;
      return { ...next, object: { ...object, title, history, photo_url } };
    }
    case "edit":
    case "delete":
    case "reaction": {
      const last = object.last_message as WireMessage | null;
      const last_message = (last && amended(last, change)) as WireConversation["last_message"];
      return { ...next, object: { ...object, last_message } };
    }
    case "pin":
    default:
      return { ...next, object };
  }
}

/** One has read up to there. Positions never go back. */
export function readUpTo(held: Held, seq: number): Held {
  const { object, tail } = held;
  if (seq <= object.read_seq) return held;
  const read_seq = Math.min(seq, object.last_seq);
  const later = tail.messages.filter((each) => each.seq > read_seq && !each.mine);
  // Messages below the tail that are unread still: at most so many as there are places.
  const unseen = Math.max(0, tail.after - read_seq);
  const unread_count = Math.min(object.unread_count, later.length + unseen);
  const mentions = later.filter((each) => each.mentions_me).length + unseen;
  const mention_count = Math.min(object.mention_count, mentions, unread_count);
  return { ...held, object: { ...object, read_seq, unread_count, mention_count } };
}

/** The server knows that one has read and received up to there. */
export function knownUpTo(held: Held, read_seq: number, delivered_seq: number): Held {
  return {
    ...held,
    known_read: Math.max(held.known_read, read_seq),
    known_delivered: Math.max(held.known_delivered, delivered_seq, read_seq),
  };
}

function withMessage(held: Held, message: WireMessage, me: string): Held {
  const entry: Counted = {
    seq: message.seq,
    mine: message.sender_id === me,
    mentions_me: message.mentions?.includes(me) ?? false,
  };
  const all = [...held.tail.messages, entry];
  const messages = all.slice(-TAIL_MESSAGES);
  const after = all.length > messages.length ? (all[0]?.seq ?? held.tail.after) : held.tail.after;
  // Of a message on its way through the log nothing is missing.
  const last_message = message as WireConversation["last_message"];
  const object = counted({ ...held.object, last_message }, entry);
  const next: Held = { ...held, object, tail: { after, messages } };
  return entry.mine ? knownUpTo(next, entry.seq, entry.seq) : next;
}

function counted(object: WireConversation, { seq, mine, mentions_me }: Counted): WireConversation {
  // Sending moves one's own read position.
  if (mine) return { ...object, read_seq: seq, unread_count: 0, mention_count: 0 };
  if (seq <= object.read_seq) return object;
  const mention_count = object.mention_count + (mentions_me ? 1 : 0);
  return { ...object, unread_count: object.unread_count + 1, mention_count };
}

/** The objects name the longest-standing members, at most so many. */
const LISTED_MEMBERS = 20;

function withMembers(
  object: WireConversation,
  change: MembersChange,
  me: string,
): WireConversation {
  const known = new Set(object.members.map(({ user }) => user.id));
  const stay = object.members
    .filter(({ user }) => !change.removed.includes(user.id))
    .map((member) => ({ ...member, role: change.roles[member.user.id] ?? member.role }));
  const come = change.users
    .filter(({ id }) => change.added.includes(id) && !known.has(id))
    .map((user) => ({ user, role: change.roles[user.id] ?? ("member" as const) }));
  return {
    ...object,
    members: [...stay, ...come].slice(0, LISTED_MEMBERS),
    member_count: object.member_count + change.added.length - change.removed.length,
    role: change.roles[me] ?? object.role,
  };
}
