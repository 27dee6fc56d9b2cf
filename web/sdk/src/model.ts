import type { Clock, Timers } from "./clock.ts";
import { Drafts } from "./drafts.ts";
import type { Api } from "./http/api.ts";
import { Notifier, Value } from "./observable.ts";
import { WaitingMessages } from "./outbox/waiting.ts";
import type { Arrival, ConnectionStatus, User } from "./parley.ts";
import { MemberLists } from "./presence/members.ts";
import { People } from "./presence/people.ts";
import { Presences } from "./presence/presences.ts";
import { TypingPeople } from "./presence/typing.ts";
import { ConversationViews } from "./replica/conversationViews.ts";
import type { EventHandlers, ReplicaEvent } from "./replica/events.ts";
import { messageOf } from "./replica/message.ts";
import { Replica } from "./replica/replica.ts";
import type { Journal } from "./storage/journal.ts";
import type { Storage, StorageStatus, StoredState } from "./storage/storage.ts";
import type { Command, Update } from "./sync/updates.ts";
import type { Snapshot } from "./tabs/link.ts";
import { LogSource } from "./timeline/logSource.ts";
import { Timelines } from "./timeline/timelines.ts";
import type { WireMessage } from "./wire/types.ts";

export interface ModelParts {
  readonly user: User;
  readonly tab: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly api: Api;
  readonly storage: Storage;
  readonly journal: Journal;
  readonly tellEngine: (command: Command) => void;
}

/** All that one tab shows, and what it is made of. Changed by the engine's updates and by what is done in the tab. */
export class Model {
  readonly replica: Replica;
  readonly waiting: WaitingMessages;
  readonly drafts: Drafts;
  readonly views: ConversationViews;
  readonly timelines: Timelines;
  readonly members: MemberLists;
  readonly people: People;
  readonly presences: Presences;
  readonly me: Value<User>;
  readonly connection: Value<ConnectionStatus>;
  readonly storageStatus: Value<StorageStatus>;
  private readonly arrivalListeners = new Set<
    (message: WireMessage, conversationId: string) => void
  >();
  private cursor: string | null = null;

  constructor({ user, tab, clock, timers, api, storage, journal, tellEngine }: ModelParts) {
    // Told also after the timers have been taken back: the last state is that it is over.
    const notifier = new Notifier(clock);
    this.replica = new Replica(user);
    this.me = new Value(notifier, user);
    this.connection = new Value<ConnectionStatus>(notifier, { state: "connecting", attempt: 0 });
    this.storageStatus = new Value(notifier, storage.status);
    this.waiting = new WaitingMessages(this.replica, (id) => {
      this.timelines.onWaiting(id);
    });
    const touch = (id: string): void => {
      this.views.touch(id);
    };
    this.drafts = new Drafts(timers, journal, touch);
    const typing = new TypingPeople(timers, this.replica, touch);
    this.views = new ConversationViews(notifier, this.replica, {
      typing: (id) => typing.of(id),
      draft: (id) => this.drafts.of(id),
    });
    const source = new LogSource(api, this.replica, storage, journal);
    this.timelines = new Timelines(notifier, timers, this.replica, source, this.waiting);
    this.members = new MemberLists(notifier, api, this.replica);
    this.people = new People(notifier, timers, api, this.replica, journal);
    this.presences = new Presences(notifier, timers, this.replica, (user_ids) => {
      tellEngine({ type: "watch", tab, user_ids });
    });
    this.replica.listen(this.handlers());
  }

  /** What the device keeps. */
  load(state: StoredState): void {
    this.cursor = state.cursor;
    this.replica.load(state);
    this.waiting.load(state.outbox);
    this.drafts.load(state.drafts);
    if (state.held.length > 0 || state.cursor !== null) this.views.setKnown();
  }

  /**
   * `isApplied`: the engine runs in this tab, on the same replica.
   * False: something between what this tab holds and the update is missing.
   */
  apply(update: Update, isApplied: boolean): boolean {
    switch (update.type) {
      case "event":
        if (!isApplied) return this.applyEvent(update.event);
        break;
      case "cursor":
        this.cursor = update.cursor;
        break;
      case "status":
        this.connection.set(update.status);
        this.waiting.onStatus(update.status);
        if (update.status.state === "live") this.onLive();
        break;
      case "outbox":
        this.waiting.apply(update.change);
        break;
    }
    return true;
  }

  snapshot(): Snapshot {
    return {
      held: [...this.replica.conversations.values()],
      users: [...this.replica.users.values()],
      cursor: this.cursor,
      outbox: this.waiting.all(),
      status: this.connection.get(),
    };
  }

  take(snapshot: Snapshot): void {
    this.cursor = snapshot.cursor;
    this.replica.become(snapshot);
    for (const entry of snapshot.outbox) this.waiting.apply({ type: "put", entry });
    this.apply({ type: "status", status: snapshot.status }, false);
  }

  takeMe(user: User): void {
    this.replica.learn([user]);
    this.me.set(this.replica.users.get(user.id) ?? user);
    this.people.refresh();
  }

  onArrival(listener: (arrival: Arrival) => void): () => void {
    const tell = (message: WireMessage, conversationId: string): void => {
      const conversation = this.views.get(conversationId).get();
      if (conversation === null) return;
      listener({ conversation, message: messageOf(conversationId, message) });
    };
    this.arrivalListeners.add(tell);
    return () => {
      this.arrivalListeners.delete(tell);
    };
  }

  private applyEvent(event: ReplicaEvent): boolean {
    if (event.type === "changed") {
      const held = this.replica.conversations.get(event.change.conversation_id);
      if (held === undefined || event.change.seq > held.head + 1) return false;
      if (event.change.seq <= held.head) return true;
    }
    this.replica.apply(event);
    return true;
  }

  private onLive(): void {
    this.views.setKnown();
    this.timelines.onLive();
    this.members.onLive();
    this.people.onLive();
  }

  private handlers(): EventHandlers {
    return {
      changed: ({ change, live }) => {
        if (live && change.kind === "message") this.arrived(change.message, change.conversation_id);
      },
      adopted: ({ object, live, reset }) => {
        // A conversation that is new comes with its first message.
        if (!live || reset || object.unread_count === 0 || !object.last_message) return;
        this.arrived(object.last_message, object.id);
      },
      user: ({ user }) => {
        if (user.id === this.replica.me) this.takeMe(user);
      },
    };
  }

  private arrived(message: WireMessage, conversationId: string): void {
    if (message.sender_id === this.replica.me) return;
    for (const tell of this.arrivalListeners) tell(message, conversationId);
  }
}
