import type { Clock, ServerTime } from "../clock.ts";
import { Connection, type ConnectionOptions } from "../connection/connection.ts";
import type { State } from "../connection/machine.ts";
import type { Api } from "../http/api.ts";
import { frameError, Sender } from "../outbox/sender.ts";
import type { ConnectionStatus } from "../parley.ts";
import { Watches } from "../presence/watches.ts";
import type { ReplicaEvent } from "../replica/events.ts";
import { targetOf, entryOf } from "../replica/message.ts";
import type { Replica } from "../replica/replica.ts";
import type { Journal } from "../storage/journal.ts";
import type { Batch, OutboxEntry } from "../storage/storage.ts";
import type { ClientFrame, ServerAck, ServerFrame } from "../wire/types.ts";
import { Positions } from "./positions.ts";
import { answerTo } from "./questions.ts";
import { type SyncAction, SyncState } from "./syncState.ts";
import type { Command, OutboxChange, Update } from "./updates.ts";

/** Positions that move again within this time are told once. */
const TELL_POSITIONS_AFTER_MS = 150;
/** And they are told so often at most, so many at once: after a long absence there may be thousands. */
const TELL_POSITIONS_EVERY_MS = 1_000;
const POSITIONS_AT_ONCE = 100;
/** The pause of a refusal that names none. */
const PAUSE_MS = 2_000;

export interface EngineOptions {
  readonly api: Api;
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  readonly replica: Replica;
  readonly cursor: string | null;
  readonly journal: Journal;
  readonly connection: Pick<
    ConnectionOptions,
    "server" | "token" | "random" | "makeSocket" | "isOffline" | "isSignedOut"
  >;
  /** Called at once, in order; `kept` resolves when what led to it is stored. */
  readonly onUpdate: (update: Update, kept: Promise<void>) => void;
}

/** The server looks for new acquaintances no more often. */
const WATCH_AGAIN_AFTER_MS = 1_000;

/**
 * Whether people may share a conversation by it who did not before. A direct one is shared once something was said in it.
 */
function introduces(event: ReplicaEvent, replica: Replica): boolean {
  if (event.type === "adopted") return true;
  if (event.type !== "changed" || !event.live) return false;
  const { change } = event;
  if (change.kind !== "message") return change.kind === "members";
  return replica.conversations.get(change.conversation_id)?.object.last_message == null;
}

/** The one of all tabs that talks with the server: keeps the replica in step, sends the outbox, tells positions. */
export class Engine {
  private readonly options: EngineOptions;
  private readonly connection: Connection;
  private readonly sync: SyncState;
  private readonly sender = new Sender();
  private readonly positions = new Positions();
  private readonly watches = new Watches();
  private watchScheduled = false;
  private positionsScheduled = false;
  private positionsToldAt = Number.NEGATIVE_INFINITY;
  private kept: Promise<void> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.options = options;
    const heads = [...options.replica.conversations].map(([id, held]) => [id, held.head] as const);
    this.sync = new SyncState(heads, options.cursor);
    this.connection = new Connection({
      ...options.connection,
      userId: options.replica.me,
      clock: options.clock,
      onState: this.onState,
      onFrame: this.onFrame,
      onCheck: () => {
        this.run(this.sync.resume());
      },
    });
  }

  start(outbox: Iterable<OutboxEntry>): void {
    for (const entry of outbox) this.sender.put(entry);
    this.connection.start();
  }

  stop(): void {
    this.connection.stop();
  }

  online(): void {
    this.connection.online();
  }

  offline(): void {
    this.connection.offline();
  }

  /** What some tab wants. */
  do(command: Command): void {
    switch (command.type) {
      case "outbox":
        this.sender.put(command.entry);
        this.tellOutbox({ type: "put", entry: command.entry });
        this.sendDue();
        break;
      case "discard":
        this.finish(command.client_id, { type: "discarded", client_id: command.client_id });
        break;
      case "read":
        this.tell({ type: "read", conversation_id: command.conversation_id, seq: command.seq });
        break;
      case "typing":
        if (this.sync.live) this.connection.send(command);
        break;
      case "watch":
        this.watches.set(command.tab, command.user_ids);
        this.sendWatches();
        break;
      case "object":
        this.run(this.sync.onObject(command.object));
        break;
      case "left":
        this.run(this.sync.onLeft(command.conversation_id));
        break;
      case "wake":
        this.connection.wake();
        break;
    }
  }

  private readonly onState = (state: State): void => {
    if (state.is !== "live" && state.is !== "syncing") {
      this.sync.onDisconnected();
      this.sender.onDisconnected();
    }
    const status = statusOf(state, this.options.clock);
    if (status !== null) this.options.onUpdate({ type: "status", status }, this.kept);
  };

  private readonly onFrame = (frame: ServerFrame): void => {
    switch (frame.type) {
      case "ready":
        this.run(this.sync.onReady(frame.cursor));
        break;
      case "sync":
        this.run(this.sync.onSync(frame));
        break;
      case "change":
        if (this.sync.live && frame.kind === "message") {
          this.options.serverTime.heard(frame.message.sent_at);
        }
        this.run(this.sync.onChange(frame));
        break;
      case "inbox":
        this.run(this.sync.onInbox(frame));
        break;
      case "ack":
        this.onAck(frame);
        break;
      case "error":
        this.onError(frame);
        break;
      case "user":
      case "receipt":
      case "typing":
      case "presence":
        this.tell(frame);
        break;
      case "pong":
      default:
        // Also what later servers say.
        break;
    }
  };

  private run(actions: readonly SyncAction[]): void {
    for (const action of actions) this.perform(action);
  }

  private perform(action: SyncAction): void {
    switch (action.do) {
      case "send":
        this.connection.send(action.frame);
        break;
      case "ask":
        void answerTo(action.question, this.options.api, this.sync).then((actions) => {
          this.run(actions);
        });
        break;
      case "tell":
        this.tell(action.event);
        break;
      case "keep":
        this.write({ cursor: action.cursor });
        this.options.onUpdate({ type: "cursor", cursor: action.cursor }, this.kept);
        break;
      case "live":
        this.onSynced();
        break;
      case "reconnect":
        this.connection.reconnect(action.reason);
        break;
    }
  }

  private onSynced(): void {
    const first = this.connection.state.is !== "live";
    this.connection.synced();
    if (!first) return;
    this.positions.onConnected(this.options.replica.conversations.keys());
    this.tellPositionsSoon();
    this.watches.onConnected();
    this.sendWatches();
    this.sender.onLive();
    this.sendDue();
  }

  private tell(event: ReplicaEvent): void {
    const done = this.outboxDoneBy(event);
    if (done !== null) this.sender.remove(done);
    if (event.type === "presence") this.watches.hear(event.user_id);
    if (introduces(event, this.options.replica)) this.watchAgainSoon();
    this.options.replica.apply(event);
    this.write({
      ...batchOf(event, this.options.replica),
      ...(done !== null && { outboxDone: [done] }),
    });
    this.options.onUpdate({ type: "event", event }, this.kept);
    if ("conversation_id" in event) this.positions.touch(event.conversation_id);
    if (event.type === "changed") this.positions.touch(event.change.conversation_id);
    if (event.type === "changed" || event.type === "read") this.tellPositionsSoon();
    if (done !== null) this.sendDue();
  }

  /** One's own message in the log: the server has it, whether or not its ack arrives. */
  private outboxDoneBy(event: ReplicaEvent): string | null {
    if (event.type !== "changed" || event.change.kind !== "message") return null;
    const { sender_id, client_id } = event.change.message;
    const mine = sender_id === this.options.replica.me && client_id !== undefined;
    return mine && this.sender.get(client_id) !== null ? client_id : null;
  }

  private onAck({ ref, seq, message_id, sent_at, duplicate }: ServerAck): void {
    if (!duplicate) this.options.serverTime.heard(sent_at);
    this.finish(ref, { type: "acked", client_id: ref, seq, id: message_id, sent_at });
  }

  private onError(frame: Extract<ServerFrame, { type: "error" }>): void {
    const refusal =
      frame.ref === undefined ? null : this.sender.onError(frame.ref, frameError(frame));
    if (refusal === null) {
      if (frame.code === "rate_limited") this.retellPositions(frame.retry_after_ms ?? PAUSE_MS);
      return;
    }
    this.write({ outbox: [refusal.entry] });
    this.tellOutbox({ type: "put", entry: refusal.entry });
    if (refusal.pause_ms !== null) {
      this.options.clock.after(refusal.pause_ms, () => {
        this.sender.resume();
        this.sendDue();
      });
    }
    this.sendDue();
  }

  private finish(clientId: string, change: OutboxChange): void {
    this.sender.remove(clientId);
    this.write({ outboxDone: [clientId] });
    this.tellOutbox(change);
    this.sendDue();
  }

  private tellOutbox(change: OutboxChange): void {
    this.options.onUpdate({ type: "outbox", change }, this.kept);
  }

  private sendDue(): void {
    this.sendAll(this.sender.takeDue());
  }

  private sendWatches(): void {
    if (!this.sync.live) return;
    this.connection.send({ type: "watch_presence", user_ids: this.watches.all() });
  }

  /** Of whom nothing was said when one asked, something may be said now. */
  private watchAgainSoon(): void {
    if (this.watchScheduled || !this.watches.hasUnheard) return;
    this.watchScheduled = true;
    this.options.clock.after(WATCH_AGAIN_AFTER_MS, () => {
      this.watchScheduled = false;
      if (this.watches.hasUnheard) this.sendWatches();
    });
  }

  /** A command without a `ref` was refused: it may have been a position. */
  private retellPositions(wait_ms: number): void {
    this.positions.onConnected(this.options.replica.conversations.keys());
    this.positionsToldAt = this.options.clock.monotonic() + wait_ms;
    this.tellPositionsSoon();
  }

  private tellPositionsSoon(): void {
    if (this.positionsScheduled) return;
    this.positionsScheduled = true;
    const { clock } = this.options;
    const next = this.positionsToldAt + TELL_POSITIONS_EVERY_MS - clock.monotonic();
    clock.after(Math.max(TELL_POSITIONS_AFTER_MS, next), () => {
      this.positionsScheduled = false;
      if (this.sync.live) this.tellPositions();
    });
  }

  private tellPositions(): void {
    const { clock, replica } = this.options;
    if (clock.monotonic() < this.positionsToldAt) {
      // A refusal came meanwhile.
      this.tellPositionsSoon();
      return;
    }
    const frames = this.positions.takeDue(replica.conversations, POSITIONS_AT_ONCE);
    if (frames.length > 0) this.positionsToldAt = clock.monotonic();
    this.sendAll(frames);
    if (this.positions.hasDue) this.tellPositionsSoon();
  }

  private sendAll(frames: readonly ClientFrame[]): void {
    for (const frame of frames) this.connection.send(frame);
  }

  private write(batch: Batch): void {
    this.kept = this.options.journal.write(batch);
  }
}

/** What of an event is kept. */
function batchOf(event: ReplicaEvent, replica: Replica): Batch {
  const heldOf = (id: string): Batch => {
    const held = replica.conversations.get(id);
    return held === undefined ? {} : { held: [held] };
  };
  switch (event.type) {
    case "adopted": {
      const { id } = event.object;
      return { ...heldOf(id), ...(event.reset && { droppedLogs: [id] }) };
    }
    case "object":
      return heldOf(event.object.id);
    case "changed": {
      const { change } = event;
      const amendments = targetOf(change) === null ? [] : [change];
      return { ...heldOf(change.conversation_id), entries: [entryOf(change)], amendments };
    }
    case "read":
      return heldOf(event.conversation_id);
    case "forgotten":
      return { forgotten: [event.conversation_id] };
    case "user":
      return { users: [event.user] };
    case "receipt":
      return event.user_id === replica.me ? heldOf(event.conversation_id) : {};
    case "held":
    case "typing":
    case "presence":
      return {};
  }
}

function statusOf(state: State, clock: Clock): ConnectionStatus | null {
  switch (state.is) {
    case "stopped":
      return null;
    case "connecting":
      return { state: "connecting", attempt: state.attempt };
    case "syncing":
      return { state: "syncing" };
    case "live":
      return { state: "live" };
    case "waiting":
      return { state: "waiting", retry_at: clock.now() + state.wait_ms, offline: state.offline };
    case "signed_out":
      return { state: "signed_out", reason: state.reason };
  }
}
