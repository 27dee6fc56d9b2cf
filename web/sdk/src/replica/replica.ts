import type { User } from "../parley.ts";
import type { StoredState } from "../storage/storage.ts";
import type { WireConversation } from "../wire/types.ts";
import type { EventHandlers, ReplicaEvent } from "./events.ts";
import { adopted, type Held, knownUpTo, readUpTo, withChange, withObject } from "./held.ts";

/**
 * The conversations and people that this tab knows of. Changed by events alone, so that every tab that gets the same events
 * holds the same. Listeners are called after each one.
 */
export class Replica {
  readonly me: string;
  readonly conversations = new Map<string, Held>();
  readonly users = new Map<string, User>();
  private readonly listeners: EventHandlers[] = [];

  constructor(me: User) {
    this.me = me.id;
    this.users.set(me.id, me);
  }

  load(state: Pick<StoredState, "held" | "users">): void {
    for (const user of state.users) if (user.id !== this.me) this.users.set(user.id, user);
    for (const held of state.held) {
      this.conversations.set(held.object.id, held);
      this.learnFrom(held.object);
    }
  }

  /** Becomes what another tab holds, as of now. */
  become(state: Pick<StoredState, "held" | "users">): void {
    const here = new Set(state.held.map(({ object }) => object.id));
    for (const conversation_id of [...this.conversations.keys()]) {
      if (!here.has(conversation_id)) this.apply({ type: "forgotten", conversation_id });
    }
    this.learn(state.users);
    for (const held of state.held) {
      this.conversations.set(held.object.id, held);
      this.learnFrom(held.object);
      this.tell({ type: "held", held });
    }
  }

  /** Handlers are called after each event, in the order in which they were given here. */
  listen(handlers: EventHandlers): void {
    this.listeners.push(handlers);
  }

  apply(event: ReplicaEvent): void {
    this.change(event);
    this.tell(event);
  }

  private tell(event: ReplicaEvent): void {
    for (const handlers of this.listeners) {
      // The handler that is filed under an event's type takes events of that type.
      (handlers[event.type] as ((event: ReplicaEvent) => void) | undefined)?.(event);
    }
  }

  /** People who came with an answer to a call. */
  learn(users: Iterable<User>): void {
    for (const user of users) this.users.set(user.id, { ...this.users.get(user.id), ...user });
  }

  private change(event: ReplicaEvent): void {
    switch (event.type) {
      case "adopted": {
        const earlier = this.conversations.get(event.object.id) ?? null;
        this.conversations.set(event.object.id, adopted(event.object, earlier));
        this.learnFrom(event.object);
        break;
      }
      case "object":
        this.update(event.object.id, (held) => withObject(held, event.object));
        this.learnFrom(event.object);
        break;
      case "changed": {
        const { change } = event;
        this.update(change.conversation_id, (held) => withChange(held, change, this.me));
        if (change.kind === "members") this.learn(change.users);
        break;
      }
      case "read":
        this.update(event.conversation_id, (held) => readUpTo(held, event.seq));
        break;
      case "receipt":
        if (event.user_id === this.me) {
          const { read_seq, delivered_seq } = event;
          this.update(event.conversation_id, (held) =>
            knownUpTo(readUpTo(held, read_seq), read_seq, delivered_seq),
          );
        }
        break;
      case "forgotten":
        this.conversations.delete(event.conversation_id);
        break;
      case "user":
        this.learn([event.user]);
        break;
      case "held":
      case "typing":
      case "presence":
        break;
    }
  }

  private update(id: string, change: (held: Held) => Held): void {
    const held = this.conversations.get(id);
    if (held !== undefined) this.conversations.set(id, change(held));
  }

  private learnFrom(object: WireConversation): void {
    this.learn(object.members.map(({ user }) => user));
  }
}
