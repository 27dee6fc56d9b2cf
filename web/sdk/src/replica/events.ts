import type {
  Change,
  ServerPresence,
  ServerReceipt,
  ServerTyping,
  WireConversation,
  WireUser,
} from "../wire/types.ts";
import type { Held } from "./held.ts";

/** What to do with each type of event; those that are not named are passed by. */
export type EventHandlers = {
  readonly [Type in ReplicaEvent["type"]]?: (
    event: Extract<ReplicaEvent, { readonly type: Type }>,
  ) => void;
};

/**
 * What happened, after the sync rules: in order, each once. Applied alike in every tab.
 * `live`: it happened just now; otherwise it is what was missed.
 */
export type ReplicaEvent =
  | {
      readonly type: "adopted";
      readonly object: WireConversation;
      /** Pages that are held are not to be trusted any more. */
      readonly reset: boolean;
      readonly live: boolean;
    }
  | { readonly type: "object"; readonly object: WireConversation }
  | { readonly type: "changed"; readonly change: Change; readonly live: boolean }
  /** Taken over as a whole from another tab. */
  | { readonly type: "held"; readonly held: Held }
  | { readonly type: "forgotten"; readonly conversation_id: string }
  | { readonly type: "read"; readonly conversation_id: string; readonly seq: number }
  | { readonly type: "user"; readonly user: WireUser }
  | ServerReceipt
  | ServerTyping
  | ServerPresence;
