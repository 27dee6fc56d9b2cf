import type { User } from "../parley.ts";
import type { Held } from "../replica/held.ts";
import type { LogEntry } from "../replica/message.ts";
import type { Change } from "../wire/types.ts";
import type { Batch, OutboxEntry } from "./storage.ts";

interface PendingLog {
  readonly entries: LogEntry[];
  readonly amendments: Change[];
}

/** Several batches put together into one that has the effect of all, one after the other. */
export class PendingBatch {
  private readonly held = new Map<string, Held>();
  private readonly forgotten = new Set<string>();
  private readonly droppedLogs = new Set<string>();
  private readonly logs = new Map<string, PendingLog>();
  private readonly users = new Map<string, User>();
  private readonly outbox = new Map<string, OutboxEntry>();
  private readonly outboxDone = new Set<string>();
  private readonly drafts = new Map<string, string>();
  private cursor: string | undefined;

  add(batch: Batch): void {
    this.drop(batch);
    for (const held of batch.held ?? []) this.held.set(held.object.id, held);
    for (const entry of batch.entries ?? []) this.log(entry.conversation_id).entries.push(entry);
    for (const change of batch.amendments ?? []) {
      this.log(change.conversation_id).amendments.push(change);
    }
    for (const user of batch.users ?? []) this.users.set(user.id, user);
    for (const entry of batch.outbox ?? []) {
      this.outbox.set(entry.client_id, entry);
      this.outboxDone.delete(entry.client_id);
    }
    for (const id of batch.outboxDone ?? []) {
      this.outbox.delete(id);
      this.outboxDone.add(id);
    }
    for (const [id, text] of batch.drafts ?? []) this.drafts.set(id, text);
    this.cursor = batch.cursor ?? this.cursor;
  }

  whole(): Batch {
    const logs = [...this.logs.values()];
    return {
      held: [...this.held.values()],
      forgotten: [...this.forgotten],
      droppedLogs: [...this.droppedLogs],
      entries: logs.flatMap(({ entries }) => entries),
      amendments: logs.flatMap(({ amendments }) => amendments),
      users: [...this.users.values()],
      ...(this.cursor !== undefined && { cursor: this.cursor }),
      outbox: [...this.outbox.values()],
      outboxDone: [...this.outboxDone],
      drafts: this.drafts,
    };
  }

  private drop({ forgotten = [], droppedLogs = [] }: Batch): void {
    for (const id of forgotten) {
      this.forgotten.add(id);
      this.held.delete(id);
      this.logs.delete(id);
    }
    for (const id of droppedLogs) {
      this.droppedLogs.add(id);
      this.logs.delete(id);
    }
  }

  private log(id: string): PendingLog {
    const known = this.logs.get(id);
    if (known !== undefined) return known;
    const made: PendingLog = { entries: [], amendments: [] };
    this.logs.set(id, made);
    return made;
  }
}
