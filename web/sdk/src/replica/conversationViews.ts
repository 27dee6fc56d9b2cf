import { type Notifier, View } from "../observable.ts";
import type { Conversation, Observable } from "../parley.ts";
import type { EventHandlers } from "./events.ts";
import type { Held } from "./held.ts";
import { messageOf } from "./message.ts";
import type { Replica } from "./replica.ts";

/** What of a conversation is not in the replica. */
export interface Beside {
  typing(conversationId: string): readonly string[];
  draft(conversationId: string): string;
}

/** The conversations as a user interface sees them: made when looked at, the same object until something changes. */
export class ConversationViews {
  readonly list: View<readonly Conversation[] | null>;
  private readonly notifier: Notifier;
  private readonly replica: Replica;
  private readonly beside: Beside;
  private readonly made = new Map<string, Conversation>();
  private readonly single = new Map<string, View<Conversation | null>>();
  /** Whether the list is known: from the last time, or by the server's first answer. */
  private known = false;

  constructor(notifier: Notifier, replica: Replica, beside: Beside) {
    this.notifier = notifier;
    this.replica = replica;
    this.beside = beside;
    this.list = new View(notifier, () => (this.known ? this.sorted() : null));
    replica.listen(this.handlers());
  }

  get(id: string): Observable<Conversation | null> {
    const known = this.single.get(id);
    if (known !== undefined) return known;
    const made = new View(this.notifier, () => this.make(id));
    this.single.set(id, made);
    return made;
  }

  setKnown(): void {
    if (this.known) return;
    this.known = true;
    this.list.invalidate();
  }

  /** Something about it changed. */
  touch(id: string): void {
    this.made.delete(id);
    this.single.get(id)?.invalidate();
    this.list.invalidate();
  }

  private make(id: string): Conversation | null {
    const known = this.made.get(id);
    if (known !== undefined) return known;
    const held = this.replica.conversations.get(id);
    if (held === undefined) return null;
    const view = viewOf(held, this.beside, this.replica);
    this.made.set(id, view);
    return view;
  }

  private sorted(): readonly Conversation[] {
    const all = [...this.replica.conversations.keys()].flatMap((id) => this.make(id) ?? []);
    return all.sort((a, b) => activityOf(b) - activityOf(a) || (a.id < b.id ? -1 : 1));
  }

  private handlers(): EventHandlers {
    const touchIfRead = ({ conversation_id }: { readonly conversation_id: string }): void => {
      this.touchIfRead(conversation_id);
    };
    return {
      adopted: ({ object }) => {
        this.touch(object.id);
      },
      object: ({ object }) => {
        this.touch(object.id);
      },
      held: ({ held }) => {
        this.touch(held.object.id);
      },
      changed: ({ change }) => {
        this.touch(change.conversation_id);
      },
      forgotten: ({ conversation_id }) => {
        this.touch(conversation_id);
      },
      read: touchIfRead,
      receipt: touchIfRead,
      user: ({ user }) => {
        for (const [id, { object }] of this.replica.conversations) {
          if (object.members.some((member) => member.user.id === user.id)) this.touch(id);
        }
      },
    };
  }

  /** Receipts are many, and most are of others. */
  private touchIfRead(id: string): void {
    const held = this.replica.conversations.get(id);
    if (held?.object.read_seq !== this.made.get(id)?.read_seq) this.touch(id);
  }
}

function activityOf(conversation: Conversation): number {
  return conversation.last_message?.sent_at ?? conversation.created_at;
}

function viewOf({ object, head }: Held, beside: Beside, replica: Replica): Conversation {
  return {
    id: object.id,
    kind: object.kind,
    title: object.title === "" ? null : object.title,
    photo_url: object.photo_url,
    created_at: object.created_at,
    history: object.history,
    first_seq: object.first_seq,
    last_seq: head,
    member_count: object.member_count,
    members: object.members.map(({ user, role }) => ({
      user: replica.users.get(user.id) ?? user,
      role,
    })),
    role: object.role,
    last_message: object.last_message && messageOf(object.id, object.last_message),
    unread_count: object.unread_count,
    mention_count: object.mention_count,
    read_seq: object.read_seq,
    muted_until: object.muted_until,
    archived: object.archived,
    notify: object.notify,
    typing: beside.typing(object.id),
    draft: beside.draft(object.id),
  };
}
