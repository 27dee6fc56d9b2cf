import type { User } from "../parley.ts";
import { adopted, type Held } from "../replica/held.ts";
import { entryOf, type LogEntry } from "../replica/message.ts";
import type { OutboxEntry } from "../storage/storage.ts";
import type { MessageChange, WireConversation } from "../wire/types.ts";

export const ANN: User = { id: "ann", username: "ann", display_name: "Ann", avatar_url: null };
export const BOB: User = { id: "bob", username: "bob", display_name: "Bob", avatar_url: null };

export function conversation(fields: Partial<WireConversation> = {}): WireConversation {
  return {
    id: "c",
    kind: "group",
    title: "Trip",
    photo_url: null,
    created_at: 1,
    created_by: "ann",
    history: "joined",
    first_seq: 1,
    member_count: 2,
    members: [
      { user: ANN, role: "admin" },
      { user: BOB, role: "member" },
    ],
    last_seq: 1,
    last_message: null,
    unread_count: 0,
    mention_count: 0,
    read_seq: 0,
    delivered_seq: 0,
    role: "admin",
    muted_until: null,
    archived: false,
    notify: "all",
    ...fields,
  };
}

export function held(fields: Partial<WireConversation> = {}): Held {
  return adopted(conversation(fields));
}

/** A message of Bob's, unless `sender` says otherwise. */
export function said(
  seq: number,
  text = `message ${seq}`,
  { sender = "bob", conversationId = "c", mentions = [] as string[] } = {},
): MessageChange {
  const place = { conversation_id: conversationId, seq };
  const message = {
    ...place,
    id: `id-${seq}`,
    client_id: `client-${seq}`,
    sender_id: sender,
    sent_at: 1000 + seq,
    text,
    mentions,
    media: [],
    reply_to: null,
    reactions: [],
    edited_at: null,
    deleted_at: null,
    changed_seq: seq,
  };
  return { ...place, at: 1000 + seq, actor_id: sender, kind: "message", message };
}

export function entry(seq: number, text?: string, conversationId = "c"): LogEntry {
  return entryOf(said(seq, text, { conversationId }));
}

export function waiting(
  client_id: string,
  order: number,
  fields: Partial<OutboxEntry> = {},
): OutboxEntry {
  return {
    client_id,
    conversation_id: "c",
    text: `text of ${client_id}`,
    reply_to: null,
    written_at: 1,
    order,
    error: null,
    failed: false,
    ...fields,
  };
}
