/**
 * What a user interface sees of Parley: the surface of this package. One `Parley` for each tab or program.
 *
 * Everything that changes is an `Observable`: `get()` answers the same object until it changes, so that it fits React's
 * `useSyncExternalStore`. All values are immutable. What a person writes is kept durably before a promise resolves.
 * Times are milliseconds since the Unix epoch.
 */

import type { StorageStatus } from "./storage/storage.ts";

export interface Observable<T> {
  get(): T;
  /** Calls `listener` after each change, until the answered function is called. */
  subscribe(listener: () => void): () => void;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly avatar_url: string | null;
  readonly last_active_at?: number;
  readonly admin?: boolean;
}

export interface Member {
  readonly user: User;
  readonly role: "admin" | "member";
  readonly joined_at: number;
  readonly read_seq: number;
  readonly delivered_seq: number;
}

/** The connection as an explicit state machine. */
export type ConnectionStatus =
  | { readonly state: "connecting"; readonly attempt: number }
  | { readonly state: "syncing" }
  | { readonly state: "live" }
  /** Tries again at `retry_at`; `offline`: the device itself has no network. */
  | { readonly state: "waiting"; readonly retry_at: number; readonly offline: boolean }
  /** The session is over (signed out here or elsewhere): nothing is tried any more. */
  | { readonly state: "signed_out"; readonly reason: string };

export type SendState = "sending" | "queued" | "failed";

/** A message as it now is. */
export interface Message {
  readonly conversation_id: string;
  /** null while it has not been acknowledged. */
  readonly seq: number | null;
  readonly id: string | null;
  readonly client_id: string;
  readonly sender_id: string;
  readonly sent_at: number;
  readonly text: string;
  readonly reply_to: {
    readonly seq: number;
    readonly sender_id: string;
    readonly excerpt: string;
  } | null;
  readonly edited_at: number | null;
  readonly deleted_at: number | null;
  /** Of one's own messages that wait: what they wait for, and why the last try failed. */
  readonly sending: { readonly state: SendState; readonly error: ParleyErrorShape | null } | null;
}

/** A change that is drawn as a system line. */
export interface Notice {
  readonly conversation_id: string;
  readonly seq: number;
  readonly at: number;
  readonly actor_id: string;
  readonly change:
    | { readonly kind: "created" }
    | { readonly kind: "title"; readonly title: string }
    | { readonly kind: "history"; readonly history: "joined" | "all" }
    | {
        readonly kind: "members";
        readonly added: readonly string[];
        readonly removed: readonly string[];
        readonly roles: Readonly<Record<string, "admin" | "member">>;
      };
}

export type TimelineItem =
  | { readonly type: "message"; readonly key: string; readonly message: Message }
  | { readonly type: "notice"; readonly key: string; readonly notice: Notice };

/** What of a conversation is loaded: one gapless stretch, in order, with one's own waiting messages at the end. */
export interface Timeline {
  readonly items: readonly TimelineItem[];
  readonly has_older: boolean;
  /** False while the stretch ends at the newest. */
  readonly has_newer: boolean;
  readonly loading: "older" | "newer" | "around" | null;
  readonly error: ParleyErrorShape | null;
}

export interface Conversation {
  readonly id: string;
  readonly kind: "direct" | "group";
  readonly title: string | null;
  readonly photo_url: string | null;
  readonly created_at: number;
  readonly history: "joined" | "all";
  readonly first_seq: number;
  readonly last_seq: number;
  readonly member_count: number;
  /** The first 20; `Parley.members` has all. */
  readonly members: readonly { readonly user: User; readonly role: "admin" | "member" }[];
  readonly role: "admin" | "member";
  readonly last_message: Message | null;
  readonly unread_count: number;
  readonly mention_count: number;
  readonly read_seq: number;
  readonly muted_until: number | null;
  readonly archived: boolean;
  readonly notify: "all" | "mentions" | "none";
  /** Who types just now, without oneself. */
  readonly typing: readonly string[];
  readonly draft: string;
}

export interface Presence {
  readonly online: boolean;
  readonly last_active_at: number | null;
}

export interface DeviceSession {
  readonly id: string;
  readonly device_name: string;
  readonly created_at: number;
  readonly last_used_at: number;
  readonly current: boolean;
}

export interface ServerInfo {
  readonly name: string;
  readonly version: string;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly registration: "open" | "invitation" | "closed";
}

/** What a server or the way to it answered; `code` as in api.md, or "network" where no answer came. */
export interface ParleyErrorShape {
  readonly code: string;
  readonly detail: string;
  readonly retry_after_ms: number | null;
  readonly errors: readonly { readonly field: string; readonly detail: string }[];
}

export interface SignedOut {
  /** False where the server could not be told: it takes the session for one that still holds. */
  readonly session_ended: boolean;
}

/** Something happened that may deserve a notification: a message of somebody else, live (not from a resume's history). */
export interface Arrival {
  readonly conversation: Conversation;
  readonly message: Message;
}

export interface Parley {
  readonly me: Observable<User>;
  readonly connection: Observable<ConnectionStatus>;
  /** Whether what is written here outlives this tab; if not, why. */
  readonly storage: Observable<StorageStatus>;
  /** What the server's clock shows, as far as it is known: right on a device whose own is wrong. */
  serverNow(): number;
  /** Latest message first. null until the state of the last time, or the first answer, is there. */
  readonly conversations: Observable<readonly Conversation[] | null>;
  conversation(id: string): Observable<Conversation | null>;
  /** The same object for the same id; loads the newest page when first subscribed to. */
  timeline(id: string): Observable<Timeline>;
  /** All members with their marks (asked for when first subscribed to, kept true by receipts and changes). */
  members(id: string): Observable<readonly Member[] | null>;
  user(id: string): Observable<User | null>;
  /** Watched while somebody subscribes. */
  presence(userId: string): Observable<Presence | null>;
  onArrival(listener: (arrival: Arrival) => void): () => void;

  /** Durable in the outbox when it resolves; shown in the timeline at once. */
  send(conversationId: string, content: { text: string; reply_to?: number }): Promise<void>;
  retry(conversationId: string, clientId: string): Promise<void>;
  discard(conversationId: string, clientId: string): Promise<void>;
  setDraft(conversationId: string, text: string): void;
  /** Called on each key press; tells others at most every few seconds, and that it ended by itself. */
  typing(conversationId: string, active: boolean): void;
  markRead(conversationId: string, seq: number): void;

  loadOlder(conversationId: string): Promise<void>;
  loadNewer(conversationId: string): Promise<void>;
  /** Replaces the loaded stretch by the one around `seq` (jump to unread, to a reply); `latest` goes back to the end. */
  loadAround(conversationId: string, seq: number): Promise<void>;
  loadLatest(conversationId: string): Promise<void>;

  searchPeople(query: string, signal?: AbortSignal): Promise<readonly User[]>;
  openDirect(userId: string): Promise<Conversation>;
  createGroup(group: {
    title: string;
    member_ids: readonly string[];
    history?: "joined" | "all";
  }): Promise<Conversation>;
  updateConversation(
    id: string,
    change: { title?: string; history?: "joined" | "all" },
  ): Promise<void>;
  addMembers(id: string, userIds: readonly string[]): Promise<void>;
  removeMember(id: string, userId: string): Promise<void>;
  setRole(id: string, userId: string, role: "admin" | "member"): Promise<void>;
  leave(id: string): Promise<void>;

  updateProfile(change: { display_name: string }): Promise<void>;
  changePassword(change: { old: string; new: string }): Promise<void>;
  sessions(): Promise<readonly DeviceSession[]>;
  revokeSession(id: string): Promise<void>;
  revokeOtherSessions(): Promise<void>;
  /** Leaves nothing of the person on this device, and ends the session, for which the server must be reached. */
  signOut(): Promise<SignedOut>;
  /** Looks at the connection at once: the page came to the foreground, or the person asked. */
  wake(): void;
  /** Lets go of everything without signing out (the tab closes; tests). */
  close(): Promise<void>;
}
