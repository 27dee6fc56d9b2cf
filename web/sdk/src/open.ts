import { Client } from "./client.ts";
import type { OpenOptions } from "./options.ts";
import { replyOf } from "./outbox/outbox.ts";
import type { Parley } from "./parley.ts";

/** What the library offers beyond the surface that every user interface needs. */
export interface OpenParley extends Parley {
  /** Whether the connection runs in this tab: true in exactly one of all tabs. */
  leads(): boolean;
}

/**
 * Opens a person's Parley. Resolves with what the device keeps, before anything came from the network; from then on it
 * connects by itself, and stays connected until `close` or `signOut`.
 */
export async function openParley(options: OpenOptions): Promise<OpenParley> {
  const client = new Client(options);
  const parley = surfaceOf(client);
  await client.start();
  return parley;
}

function surfaceOf(client: Client): OpenParley {
  const { model, outbox, signals } = client;
  const timelineOf = (id: string) => model.timelines.open(id);
  const replyTo = (id: string, seq: number) => replyOf(seq, timelineOf(id).messageAt(seq));
  return {
    ...client.actions(),
    me: model.me,
    connection: model.connection,
    conversations: model.views.list,
    storage: model.storageStatus,
    leads: () => client.leads,
    serverNow: () => client.serverTime.now(),
    conversation: (id) => model.views.get(id),
    timeline: (id) => model.timelines.get(id),
    members: (id) => model.members.get(id),
    user: (id) => model.people.get(id),
    presence: (userId) => model.presences.get(userId),
    onArrival: (listener) => model.onArrival(listener),
    send: (id, { text, reply_to }) => {
      const kept = outbox.send(id, text, reply_to === undefined ? null : replyTo(id, reply_to));
      signals.sent(id);
      return kept;
    },
    retry: (_id, clientId) => outbox.retry(clientId),
    discard: (_id, clientId) => outbox.discard(clientId),
    setDraft: (id, text) => {
      client.setDraft(id, text);
    },
    typing: (id, active) => {
      signals.set(id, active);
    },
    markRead: (conversation_id, seq) => {
      const read = model.replica.conversations.get(conversation_id)?.object.read_seq ?? 0;
      if (seq > read) client.do({ type: "read", conversation_id, seq });
    },
    loadOlder: (id) => timelineOf(id).loadOlder(),
    loadNewer: (id) => timelineOf(id).loadNewer(),
    loadAround: (id, seq) => timelineOf(id).loadAround(seq),
    loadLatest: (id) => timelineOf(id).loadLatest(),
    signOut: () => client.signOut(),
    wake: () => {
      client.do({ type: "wake" });
    },
    close: () => client.close(),
  };
}
