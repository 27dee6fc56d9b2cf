/** The objects on the wire, under the names that this library uses. */
import type * as wire from "../generated/wire.ts";

export type {
  Conversation as WireConversation,
  Member as WireMember,
  ServerAck,
  ServerError,
  ServerPresence,
  ServerReady,
  ServerReceipt,
  ServerTyping,
  User as WireUser,
} from "../generated/wire.ts";

type AlwaysThere = "seq" | "id" | "sender_id" | "sent_at";
/** A message; one that was deleted keeps little more than its place. */
export type WireMessage = Pick<wire.Message, AlwaysThere> & Partial<wire.Message>;

interface ChangeOf<Kind extends string> {
  readonly conversation_id: string;
  readonly seq: number;
  readonly at: number;
  readonly actor_id: string;
  readonly kind: Kind;
}
export type MessageChange = ChangeOf<"message"> & { readonly message: WireMessage };
export type ConversationChange = ChangeOf<"conversation"> &
  Partial<Pick<wire.Conversation, "title" | "photo_url" | "history">> & { readonly created?: true };
export type MembersChange = ChangeOf<"members"> &
  Pick<wire.MembersChange, "added" | "removed" | "roles" | "users">;
/** Kinds that the interface names, and that servers of this version do not make yet. */
export type EditChange = ChangeOf<"edit"> & {
  readonly target_seq: number;
  readonly text: string;
  readonly mentions: readonly string[];
  readonly edited_at: number;
};
export type DeleteChange = ChangeOf<"delete"> & { readonly target_seq: number };
export type ReactionChange = ChangeOf<"reaction"> & {
  readonly target_seq: number;
  readonly emoji: string | null;
};
export type PinChange = ChangeOf<"pin"> & { readonly target_seq: number; readonly pinned: boolean };

/** An entry of a conversation's log. Later servers make kinds that are not listed: a switch over it needs a default. */
export type Change =
  | MessageChange
  | ConversationChange
  | MembersChange
  | EditChange
  | DeleteChange
  | ReactionChange
  | PinChange;

export interface ChangePage {
  readonly items: readonly Change[];
  readonly last_seq: number;
  readonly reset: boolean;
}

export interface ServerSync {
  readonly type: "sync";
  readonly conversations: readonly {
    readonly conversation: wire.Conversation;
    readonly changes: readonly Change[];
    readonly reset: boolean;
  }[];
  readonly left: readonly string[];
  readonly cursor: string | null;
  readonly more: boolean;
}

export type ServerFrame =
  | wire.ServerReady
  | ServerSync
  | wire.ServerAck
  | wire.ServerError
  | ({ readonly type: "change" } & Change)
  | wire.ServerReceipt
  | wire.ServerTyping
  | wire.ServerPresence
  | wire.ServerUser
  | wire.ServerInbox
  | wire.ServerPong;

export type ClientFrame =
  | wire.ClientAuth
  | wire.ClientResume
  | wire.ClientSend
  | wire.ClientRead
  | wire.ClientDelivered
  | wire.ClientTyping
  | wire.ClientWatchPresence
  | wire.ClientPing;

/** null for what is no frame; whether a `type` is known, the reader's switch tells. */
export function parseFrame(text: string): ServerFrame | null {
  try {
    const value: unknown = JSON.parse(text);
    const isFrame = typeof value === "object" && value !== null && "type" in value;
    // The documents say what a frame of each type holds, and the server's own tests hold it to them.
    return isFrame ? (value as ServerFrame) : null;
  } catch {
    return null;
  }
}
