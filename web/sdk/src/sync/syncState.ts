import { isPassing } from "../errors.ts";
import type { ParleyErrorShape } from "../parley.ts";
import type { ReplicaEvent } from "../replica/events.ts";
import type {
  Change,
  ChangePage,
  ClientFrame,
  ServerSync,
  WireConversation,
} from "../wire/types.ts";

/** A resume frame takes so many heads. */
const HEADS_PER_FRAME = 1000;
/** Further behind than this the object is fetched, as after a `reset`: reading on page by page would take too long. */
export const MAX_MISSED_CHANGES = 500;

/** Something to ask over HTTP. The answer comes with the ticket, so that one to an outdated question is known. */
export type Question =
  | { readonly ask: "list"; readonly ticket: number }
  | {
      readonly ask: "changes";
      readonly conversation_id: string;
      readonly after: number;
      readonly ticket: number;
    }
  | { readonly ask: "conversation"; readonly conversation_id: string; readonly ticket: number };

/** What a SyncState wants done, in this order. */
export type SyncAction =
  | { readonly do: "send"; readonly frame: ClientFrame }
  | { readonly do: "ask"; readonly question: Question }
  | { readonly do: "tell"; readonly event: ReplicaEvent }
  /** Everything up to here is applied: the cursor may be kept. */
  | { readonly do: "keep"; readonly cursor: string }
  | { readonly do: "live" }
  /** A resume on a new connection brings what could not be had otherwise. */
  | { readonly do: "reconnect"; readonly reason: string };

/** What was asked for, or why it did not come. */
export type Answer<T> =
  { readonly value: T; readonly error?: never } | { readonly error: ParleyErrorShape };

interface HeldHead {
  /** Applied up to here; null until the object has been fetched. */
  have: number | null;
  /** The highest seq that was heard of. */
  wanted: number;
  /** Of the question under way; 0: none. */
  ticket: number;
}

/**
 * The sync rules (api/asyncapi.yaml) as a state machine without I/O: takes what arrived, answers what to do. It keeps each
 * conversation without holes and repetitions over any number of connections.
 *
 * Without a cursor the position is that of the first `ready`; the list, read after it, says what there is. Nothing that
 * comes between the two is missed: the cursor finds it, on this connection or, where the list takes longer than the server
 * waits for a resume, on a later one.
 */
export class SyncState {
  private readonly held = new Map<string, HeldHead>();
  private cursor: string | null;
  private readyCursor: string | null = null;
  private lastTicket = 0;
  private listTicket = 0;
  private isConnected = false;
  private isLive = false;
  private resuming = false;
  private out: SyncAction[] = [];

  constructor(heads: Iterable<readonly [string, number]>, cursor: string | null) {
    for (const [id, have] of heads) this.held.set(id, { have, wanted: have, ticket: 0 });
    this.cursor = cursor;
  }

  /** Whether the last sync is complete and the connection stands. */
  get live(): boolean {
    return this.isLive;
  }

  have(conversationId: string): number | null {
    return this.held.get(conversationId)?.have ?? null;
  }

  onReady(cursor: string): SyncAction[] {
    this.isConnected = true;
    if (this.cursor !== null) {
      this.sendResume();
    } else if (this.listTicket === 0) {
      this.readyCursor = cursor;
      this.listTicket = ++this.lastTicket;
      this.out.push({ do: "ask", question: { ask: "list", ticket: this.listTicket } });
    }
    return this.done();
  }

  onList(ticket: number, answer: Answer<readonly WireConversation[]>): SyncAction[] {
    if (ticket !== this.listTicket) return [];
    this.listTicket = 0;
    if (answer.error !== undefined) {
      return this.isConnected ? this.reconnect(answer.error.detail) : [];
    }
    for (const object of answer.value) this.takeObject(object, false, false);
    this.cursor = this.readyCursor;
    if (this.isConnected) this.sendResume();
    return this.done();
  }

  onSync(sync: ServerSync): SyncAction[] {
    for (const { conversation, changes, reset } of sync.conversations) {
      this.takeObject(conversation, reset, false);
      // On a connection that was live already they were on their way just now.
      for (const change of changes) this.apply(change, this.isLive);
    }
    for (const id of sync.left) this.forget(id);
    if (sync.more) return this.done();
    if (sync.cursor !== null) {
      this.cursor = sync.cursor;
      this.out.push({ do: "keep", cursor: sync.cursor });
    }
    this.resuming = false;
    this.isLive = true;
    this.out.push({ do: "live" });
    return this.done();
  }

  onChange(change: Change): SyncAction[] {
    this.apply(change, this.isLive);
    return this.done();
  }

  onInbox(inbox: { conversation: WireConversation } | { left: string }): SyncAction[] {
    if ("left" in inbox) this.forget(inbox.left);
    else this.takeObject(inbox.conversation, false, this.isLive);
    return this.done();
  }

  /** An object that came with the answer to a call. */
  onObject(object: WireConversation): SyncAction[] {
    this.takeObject(object, false, false);
    return this.done();
  }

  /** One has left it oneself; the server's word may come later. */
  onLeft(conversationId: string): SyncAction[] {
    this.forget(conversationId);
    return this.done();
  }

  /** Asks what there is beyond what is held, on a connection that has been in sync for long. */
  resume(): SyncAction[] {
    if (this.isLive && !this.resuming) this.sendResume();
    return this.done();
  }

  onDisconnected(): void {
    this.isConnected = false;
    this.isLive = false;
    this.resuming = false;
    for (const [id, held] of this.held) {
      // What was heard of and not fetched yet is found by the cursor.
      if (held.have === null) this.held.delete(id);
      else Object.assign(held, { wanted: held.have, ticket: 0 });
    }
  }

  onChanges(
    asked: { readonly conversation_id: string; readonly after: number; readonly ticket: number },
    answer: Answer<ChangePage>,
  ): SyncAction[] {
    const held = this.held.get(asked.conversation_id);
    if (held?.ticket !== asked.ticket) return [];
    const gone = answer.error?.code === "not_found";
    if (answer.error !== undefined && !gone) return this.reconnect(answer.error.detail);
    if (answer.error !== undefined || answer.value.reset) {
      this.askForObject(asked.conversation_id, held);
      return this.done();
    }
    // The ticket stays taken meanwhile, so that a hole within the page asks for nothing by itself.
    for (const change of answer.value.items) this.apply(change, this.isLive);
    held.ticket = 0;
    held.wanted = Math.max(held.wanted, answer.value.last_seq);
    if (held.have === asked.after && held.wanted > asked.after) {
      // A server that is behind what it told; to ask on at once would be a busy loop.
      return this.reconnect("The server did not have the changes that it announced.");
    }
    this.catchUp(asked.conversation_id, held);
    return this.done();
  }

  onConversation(
    asked: { readonly conversation_id: string; readonly ticket: number },
    answer: Answer<WireConversation>,
  ): SyncAction[] {
    const held = this.held.get(asked.conversation_id);
    if (held?.ticket !== asked.ticket) return [];
    if (answer.error === undefined) {
      this.adopt(answer.value, held.have !== null, this.isLive);
    } else if (answer.error.code === "not_found") {
      this.forget(asked.conversation_id);
    } else if (isPassing(answer.error.code) || answer.error.code === "unauthenticated") {
      return this.reconnect(answer.error.detail);
    } else {
      held.ticket = 0;
    }
    return this.done();
  }

  private apply(change: Change, live: boolean): void {
    const id = change.conversation_id;
    const held = this.held.get(id) ?? this.heardOf(id);
    if (held.have !== null && change.seq <= held.have) return;
    if (held.have !== null && change.seq === held.have + 1) {
      held.have = change.seq;
      this.out.push({ do: "tell", event: { type: "changed", change, live } });
      return;
    }
    // Not kept: the log is asked for everything up to there anyway, and so nothing has to be bounded.
    held.wanted = Math.max(held.wanted, change.seq);
    this.catchUp(id, held);
  }

  private heardOf(id: string): HeldHead {
    const held: HeldHead = { have: null, wanted: 0, ticket: 0 };
    this.held.set(id, held);
    return held;
  }

  private takeObject(object: WireConversation, reset: boolean, live: boolean): void {
    const have = this.have(object.id);
    if (have === null) this.adopt(object, reset, live);
    else if (reset) this.adopt(object, true, live);
    else this.out.push({ do: "tell", event: { type: "object", object } });
  }

  private adopt(object: WireConversation, reset: boolean, live: boolean): void {
    const held = this.held.get(object.id) ?? this.heardOf(object.id);
    held.have = object.last_seq;
    held.ticket = 0;
    this.out.push({ do: "tell", event: { type: "adopted", object, reset, live } });
    this.catchUp(object.id, held);
  }

  private forget(id: string): void {
    const held = this.held.get(id);
    if (held === undefined) return;
    this.held.delete(id);
    if (held.have === null) return;
    this.out.push({ do: "tell", event: { type: "forgotten", conversation_id: id } });
  }

  private catchUp(id: string, held: HeldHead): void {
    if (held.ticket !== 0) return;
    if (held.have === null || held.wanted - held.have > MAX_MISSED_CHANGES) {
      this.askForObject(id, held);
    } else if (held.wanted > held.have) {
      held.ticket = ++this.lastTicket;
      const { have: after, ticket } = held;
      const question = { ask: "changes", conversation_id: id, after, ticket } as const;
      this.out.push({ do: "ask", question });
    }
  }

  private askForObject(id: string, held: HeldHead): void {
    held.ticket = ++this.lastTicket;
    const question = { ask: "conversation", conversation_id: id, ticket: held.ticket } as const;
    this.out.push({ do: "ask", question });
  }

  private sendResume(): void {
    this.resuming = true;
    const heads: [string, number][] = [];
    for (const [id, { have }] of this.held) if (have !== null) heads.push([id, have]);
    const frames = Math.max(1, Math.ceil(heads.length / HEADS_PER_FRAME));
    for (let frame = 0; frame < frames; frame++) {
      const some = heads.slice(frame * HEADS_PER_FRAME, (frame + 1) * HEADS_PER_FRAME);
      const more = frame < frames - 1;
      const named = Object.fromEntries(some);
      const resume = { type: "resume", cursor: this.cursor, heads: named, more } as const;
      this.out.push({ do: "send", frame: resume });
    }
  }

  private reconnect(reason: string): SyncAction[] {
    this.out.push({ do: "reconnect", reason });
    return this.done();
  }

  private done(): SyncAction[] {
    const out = this.out;
    this.out = [];
    return out;
  }
}
