import type { Clock } from "../clock.ts";
import type { EventHandlers } from "../replica/events.ts";
import type { Replica } from "../replica/replica.ts";

/** Typing that is not repeated is over after so long. */
const FORGET_AFTER_MS = 6_000;
/** While one types it is repeated so often. */
const REPEAT_AFTER_MS = 4_000;
/** Without a key for so long one has stopped. */
const STOPPED_AFTER_MS = 5_000;

/** Who of the others types where. */
export class TypingPeople {
  private readonly clock: Clock;
  private readonly me: string;
  private readonly onChange: (conversationId: string) => void;
  private readonly typing = new Map<string, Map<string, () => void>>();
  private readonly lists = new Map<string, readonly string[]>();

  constructor(clock: Clock, replica: Replica, onChange: (conversationId: string) => void) {
    this.clock = clock;
    this.me = replica.me;
    this.onChange = onChange;
    replica.listen(this.handlers());
  }

  of(conversationId: string): readonly string[] {
    return this.lists.get(conversationId) ?? NOBODY;
  }

  private handlers(): EventHandlers {
    return {
      typing: ({ conversation_id, user_id, active }) => {
        if (user_id === this.me) return;
        if (active) this.began(conversation_id, user_id);
        else this.ended(conversation_id, user_id);
      },
      changed: ({ change }) => {
        if (change.kind === "message") this.ended(change.conversation_id, change.actor_id);
      },
      forgotten: ({ conversation_id: id }) => {
        for (const user of this.of(id)) this.ended(id, user);
      },
    };
  }

  private began(conversationId: string, userId: string): void {
    const people = this.typing.get(conversationId) ?? new Map<string, () => void>();
    this.typing.set(conversationId, people);
    const known = people.get(userId);
    known?.();
    const cancel = this.clock.after(FORGET_AFTER_MS, () => {
      this.ended(conversationId, userId);
    });
    people.set(userId, cancel);
    if (known === undefined) this.changed(conversationId, people);
  }

  private ended(conversationId: string, userId: string): void {
    const people = this.typing.get(conversationId);
    const cancel = people?.get(userId);
    if (people === undefined || cancel === undefined) return;
    cancel();
    people.delete(userId);
    this.changed(conversationId, people);
  }

  private changed(conversationId: string, people: ReadonlyMap<string, unknown>): void {
    this.lists.set(conversationId, [...people.keys()]);
    this.onChange(conversationId);
  }
}

const NOBODY: readonly string[] = [];

/** Tells others that one types: at the first key, every few seconds while it goes on, and when it ended. */
export class TypingSignals {
  private readonly clock: Clock;
  private readonly tell: (conversationId: string, active: boolean) => void;
  private readonly active = new Map<string, { toldAt: number; cancel: () => void }>();

  constructor(clock: Clock, tell: (conversationId: string, active: boolean) => void) {
    this.clock = clock;
    this.tell = tell;
  }

  set(conversationId: string, active: boolean): void {
    if (active) this.key(conversationId);
    else this.stop(conversationId);
  }

  /** A message that is sent ends it for others by itself. */
  sent(conversationId: string): void {
    this.active.get(conversationId)?.cancel();
    this.active.delete(conversationId);
  }

  /** There is a connection, which may not have been there when it was told of. */
  repeat(): void {
    for (const [id, each] of this.active) {
      this.active.set(id, { ...each, toldAt: this.clock.monotonic() });
      this.tell(id, true);
    }
  }

  private key(conversationId: string): void {
    const now = this.clock.monotonic();
    const known = this.active.get(conversationId);
    known?.cancel();
    const isDue = known === undefined || now - known.toldAt >= REPEAT_AFTER_MS;
    if (isDue) this.tell(conversationId, true);
    const cancel = this.clock.after(STOPPED_AFTER_MS, () => {
      this.stop(conversationId);
    });
    this.active.set(conversationId, { toldAt: isDue ? now : known.toldAt, cancel });
  }

  private stop(conversationId: string): void {
    if (!this.active.has(conversationId)) return;
    this.sent(conversationId);
    this.tell(conversationId, false);
  }
}
