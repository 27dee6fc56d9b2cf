import type { User } from "../parley.ts";
import type { Held } from "../replica/held.ts";
import { amendedEntry, laterEntry, type LogEntry, targetOf } from "../replica/message.ts";
import {
  type Batch,
  KEPT_LOG,
  type OutboxEntry,
  type Storage,
  type StorageStatus,
  type StoredState,
} from "./storage.ts";

/** Keeps everything for as long as the program runs. */
export function memoryStorage(): Storage {
  return new MemoryStorage({ durable: false, why: "memory" });
}

export class MemoryStorage implements Storage {
  readonly status: StorageStatus;
  onStatus: Storage["onStatus"] = null;
  private readonly held = new Map<string, Held>();
  private readonly users = new Map<string, User>();
  private readonly logs = new Map<string, Map<number, LogEntry>>();
  private readonly outbox = new Map<string, OutboxEntry>();
  private readonly drafts = new Map<string, string>();
  private cursor: string | null = null;

  constructor(status: StorageStatus) {
    this.status = status;
  }

  load(): Promise<StoredState> {
    return Promise.resolve({
      held: [...this.held.values()],
      users: [...this.users.values()],
      cursor: this.cursor,
      outbox: [...this.outbox.values()].sort((a, b) => a.order - b.order),
      drafts: new Map(this.drafts),
    });
  }

  readLog(conversationId: string, from: number, limit: number): Promise<readonly LogEntry[]> {
    const log = this.logs.get(conversationId);
    const found: LogEntry[] = [];
    for (let seq = from; found.length < limit; seq--) {
      const entry = log?.get(seq);
      if (entry === undefined) break;
      found.push(entry);
    }
    return Promise.resolve(found);
  }

  write(batch: Batch): Promise<void> {
    for (const id of batch.forgotten ?? []) this.held.delete(id);
    for (const id of [...(batch.forgotten ?? []), ...(batch.droppedLogs ?? [])])
      this.logs.delete(id);
    for (const held of batch.held ?? []) this.held.set(held.object.id, held);
    for (const user of batch.users ?? []) this.users.set(user.id, user);
    this.writeLogs(batch);
    if (batch.cursor !== undefined) this.cursor = batch.cursor;
    for (const entry of batch.outbox ?? []) this.outbox.set(entry.client_id, entry);
    for (const id of batch.outboxDone ?? []) this.outbox.delete(id);
    for (const [id, text] of batch.drafts ?? []) {
      if (text === "") this.drafts.delete(id);
      else this.drafts.set(id, text);
    }
    return Promise.resolve();
  }

  keepAtOnce(drafts: ReadonlyMap<string, string>): void {
    void this.write({ drafts });
  }

  wipe({ keepUnsent }: { readonly keepUnsent: boolean }): Promise<void> {
    for (const each of [this.held, this.users, this.logs]) each.clear();
    this.cursor = null;
    if (keepUnsent) return Promise.resolve();
    this.outbox.clear();
    this.drafts.clear();
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private writeLogs(batch: Batch): void {
    for (const entry of batch.entries ?? []) {
      const log = this.log(entry.conversation_id);
      log.set(entry.seq, laterEntry(log.get(entry.seq), entry));
    }
    for (const change of batch.amendments ?? []) {
      const log = this.log(change.conversation_id);
      const entry = log.get(targetOf(change) ?? 0);
      if (entry !== undefined) log.set(entry.seq, amendedEntry(entry, change));
    }
    for (const { object, head } of batch.held ?? []) {
      const log = this.logs.get(object.id);
      for (const seq of log?.keys() ?? []) if (seq <= head - KEPT_LOG) log?.delete(seq);
    }
  }

  private log(conversationId: string): Map<number, LogEntry> {
    const known = this.logs.get(conversationId);
    if (known !== undefined) return known;
    const made = new Map<number, LogEntry>();
    this.logs.set(conversationId, made);
    return made;
  }
}
