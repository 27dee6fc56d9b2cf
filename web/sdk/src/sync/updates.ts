import type { ConnectionStatus } from "../parley.ts";
import type { ReplicaEvent } from "../replica/events.ts";
import type { OutboxEntry } from "../storage/storage.ts";
import type { WireConversation } from "../wire/types.ts";

/** What became of a message in the outbox. */
export type OutboxChange =
  | { readonly type: "put"; readonly entry: OutboxEntry }
  | {
      readonly type: "acked";
      readonly client_id: string;
      readonly seq: number;
      readonly id: string;
      readonly sent_at: number;
    }
  | { readonly type: "discarded"; readonly client_id: string };

/** What the engine tells every tab. */
export type Update =
  | { readonly type: "event"; readonly event: ReplicaEvent }
  | { readonly type: "cursor"; readonly cursor: string }
  | { readonly type: "status"; readonly status: ConnectionStatus }
  | { readonly type: "outbox"; readonly change: OutboxChange };

/** What a tab wants of the engine. */
export type Command =
  | { readonly type: "outbox"; readonly entry: OutboxEntry }
  | { readonly type: "discard"; readonly client_id: string }
  | { readonly type: "read"; readonly conversation_id: string; readonly seq: number }
  | { readonly type: "typing"; readonly conversation_id: string; readonly active: boolean }
  /** All that one tab watches; replaces what it said before. */
  | { readonly type: "watch"; readonly tab: string; readonly user_ids: readonly string[] }
  /** An object that came with the answer to a call. */
  | { readonly type: "object"; readonly object: WireConversation }
  | { readonly type: "left"; readonly conversation_id: string }
  | { readonly type: "wake" };
