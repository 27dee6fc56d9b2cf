import type {
  ConnectionStatus,
  Conversation,
  Member,
  Message,
  Observable,
  Parley,
  Presence,
  StorageStatus,
  Timeline,
  User,
} from "@parley/client";

/** An observable that a test sets. */
export class Value<T> implements Observable<T> {
  private current: T;
  private readonly listeners = new Set<() => void>();

  constructor(initial: T) {
    this.current = initial;
  }

  get = (): T => this.current;

  set(next: T): void {
    this.current = next;
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export function user(id: string, display_name: string): User {
  return { id, username: id, display_name, avatar_url: null };
}

export function message(fields: Partial<Message> & { seq: number | null }): Message {
  return {
    conversation_id: "c1",
    id: fields.seq === null ? null : `m${fields.seq}`,
    client_id: `client-${fields.seq ?? "waiting"}`,
    sender_id: "ann",
    sent_at: Date.UTC(2026, 10, 25, 12, 0),
    text: "hello",
    reply_to: null,
    edited_at: null,
    deleted_at: null,
    sending: null,
    ...fields,
  };
}

export function conversation(fields: Partial<Conversation> = {}): Conversation {
  return {
    id: "c1",
    kind: "direct",
    title: null,
    photo_url: null,
    created_at: 0,
    history: "joined",
    first_seq: 1,
    last_seq: 1,
    member_count: 2,
    members: [],
    role: "member",
    last_message: null,
    unread_count: 0,
    mention_count: 0,
    read_seq: 0,
    muted_until: null,
    archived: false,
    notify: "all",
    typing: [],
    draft: "",
    ...fields,
  };
}

export function timelineOf(messages: readonly Message[]): Timeline {
  return {
    items: messages.map((each) => ({ type: "message", key: each.client_id, message: each })),
    has_older: false,
    has_newer: false,
    loading: null,
    error: null,
  };
}

/** A Parley in memory: what a test sets is what the app sees, and what the app did is kept in `sent`, `read`, `drafts`. */
export class FakeParley implements Parley {
  readonly me: Value<User>;
  readonly connection = new Value<ConnectionStatus>({ state: "live" });
  readonly storage = new Value<StorageStatus>({ durable: true });
  readonly conversations = new Value<readonly Conversation[] | null>([]);
  readonly sent: { conversation_id: string; text: string }[] = [];
  readonly read = new Map<string, number>();
  readonly drafts = new Map<string, string>();
  /** The next `send` fails with it. */
  sendFailure: Error | null = null;
  people: readonly User[] = [];

  private readonly perConversation = new Map<string, Value<Conversation | null>>();
  private readonly timelines = new Map<string, Value<Timeline>>();
  private readonly memberLists = new Map<string, Value<readonly Member[] | null>>();
  private readonly users = new Map<string, Value<User | null>>();
  private readonly presences = new Map<string, Value<Presence | null>>();

  constructor(me: User) {
    this.me = new Value(me);
  }

  /** Puts conversations there, and their members among the known people. */
  hold(conversations: readonly Conversation[]): void {
    for (const each of conversations) {
      this.conversation(each.id).set(each);
      for (const { user: person } of each.members) this.user(person.id).set(person);
    }
    this.conversations.set(conversations);
  }

  conversation = (id: string) => slot(this.perConversation, id, null);
  timeline = (id: string) => slot(this.timelines, id, timelineOf([]));
  members = (id: string) => slot(this.memberLists, id, null);
  user = (id: string) => slot(this.users, id, null);
  presence = (id: string) => slot(this.presences, id, null);
  onArrival = () => () => undefined;

  send = (conversation_id: string, content: { text: string }): Promise<void> => {
    if (this.sendFailure !== null) return Promise.reject(this.sendFailure);
    this.sent.push({ conversation_id, text: content.text });
    return Promise.resolve();
  };
  setDraft = (id: string, text: string): void => void this.drafts.set(id, text);
  markRead = (id: string, seq: number): void => void this.read.set(id, seq);
  searchPeople: Parley["searchPeople"] = () => Promise.resolve(this.people);
  openDirect: Parley["openDirect"] = () => Promise.resolve(conversation());
  createGroup = () => Promise.resolve(conversation({ kind: "group" }));
  sessions = () => Promise.resolve([]);

  serverNow = (): number => Date.now();
  typing = (): void => undefined;
  wake = (): void => undefined;
  retry = () => Promise.resolve();
  discard = () => Promise.resolve();
  loadOlder = () => Promise.resolve();
  loadNewer = () => Promise.resolve();
  loadAround: Parley["loadAround"] = () => Promise.resolve();
  loadLatest = () => Promise.resolve();
  updateConversation = () => Promise.resolve();
  addMembers = () => Promise.resolve();
  removeMember = () => Promise.resolve();
  setRole = () => Promise.resolve();
  leave = () => Promise.resolve();
  updateProfile = () => Promise.resolve();
  changePassword = () => Promise.resolve();
  revokeSession = () => Promise.resolve();
  revokeOtherSessions = () => Promise.resolve();
  signOut = () => Promise.resolve({ session_ended: true });
  close = () => Promise.resolve();
}

function slot<T>(slots: Map<string, Value<T>>, id: string, initial: T): Value<T> {
  const known = slots.get(id);
  if (known !== undefined) return known;
  const made = new Value(initial);
  slots.set(id, made);
  return made;
}
