import type { ParleyErrorShape, User } from "../parley.ts";
import type { Held } from "../replica/held.ts";
import type { LogEntry } from "../replica/message.ts";
import type { Change } from "../wire/types.ts";

/** A message that the server has not yet said it has stored. */
export interface OutboxEntry {
  /** Made once: the server stores the message once, however often it is sent. */
  readonly client_id: string;
  readonly conversation_id: string;
  readonly text: string;
  readonly reply_to: {
    readonly seq: number;
    readonly sender_id: string;
    readonly excerpt: string;
  } | null;
  /** By the server's clock, as far as it is known. */
  readonly written_at: number;
  /** Of two the lower one is sent first. */
  readonly order: number;
  /** Why the last attempt did not succeed. */
  readonly error: ParleyErrorShape | null;
  /** Refused for good: it waits for the person. */
  readonly failed: boolean;
}

/** What a tab begins with. */
export interface StoredState {
  readonly held: readonly Held[];
  readonly users: readonly User[];
  readonly cursor: string | null;
  readonly outbox: readonly OutboxEntry[];
  readonly drafts: ReadonlyMap<string, string>;
}

/** What is to be kept, all of it or nothing. Forgetting and dropping come before everything else in it. */
export interface Batch {
  readonly held?: readonly Held[];
  /** Conversations that one is not in any more: object and log go, drafts and unsent messages stay. */
  readonly forgotten?: readonly string[];
  /** Conversations whose log is not to be trusted any more. */
  readonly droppedLogs?: readonly string[];
  /** Where a place is known already the one with the higher `changed_seq` stays. */
  readonly entries?: readonly LogEntry[];
  /** Changes to earlier messages, applied where those are kept. */
  readonly amendments?: readonly Change[];
  readonly users?: readonly User[];
  readonly cursor?: string;
  readonly outbox?: readonly OutboxEntry[];
  readonly outboxDone?: readonly string[];
  /** An empty text is no draft. */
  readonly drafts?: ReadonlyMap<string, string>;
}

/** Whether what is kept outlives the tab; if not, why. */
export type StorageStatus =
  | { readonly durable: true }
  | {
      readonly durable: false;
      readonly why:
        | "memory"
        /** The browser does not let one store anything (a private window, a setting). */
        | "unavailable"
        | "full"
        /** It was cleared while in use. */
        | "cleared"
        /** A newer version of the program keeps it now. */
        | "newer"
        /** Another tab with an older version holds it. */
        | "blocked";
    };

/** What one person's client keeps on the device. Nothing in it throws for a device that cannot: `status` tells. */
export interface Storage {
  readonly status: StorageStatus;
  onStatus: ((status: StorageStatus) => void) | null;
  load(): Promise<StoredState>;
  /** Log entries from `from` downwards, without holes, at most `limit`; newest first. */
  readLog(conversationId: string, from: number, limit: number): Promise<readonly LogEntry[]>;
  /** Durable when it resolves, as far as `status` says so. */
  write(batch: Batch): Promise<void>;
  /** Keeps drafts before it answers, where it can: the page may be gone in a moment. They are written besides. */
  keepAtOnce(drafts: ReadonlyMap<string, string>): void;
  /** Forgets everything, with no trace; with `keepUnsent` all but drafts and unsent messages, where there are any. */
  wipe(what: { readonly keepUnsent: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** So many places of each conversation's log, from its end, are kept. */
export const KEPT_LOG = 2000;
