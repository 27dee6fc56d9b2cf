import type { Batch, Storage } from "./storage.ts";

/**
 * Writes batches to a storage one after the other. What comes while one is written is put together into the next, so that
 * a busy connection costs few transactions.
 */
export class Journal {
  private readonly storage: Storage;
  private pending: Batch = {};
  private waiting: (() => void)[] = [];
  private writing: Promise<void> | null = null;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  /** Resolves when it is kept, together with everything that was given before. */
  write(batch: Batch): Promise<void> {
    this.pending = merged(this.pending, batch);
    const kept = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.writing ??= this.run();
    return kept;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.writing !== null) await this.writing;
  }

  private async run(): Promise<void> {
    // What the present turn still brings goes into the same transaction.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const { pending, waiting } = this;
      this.pending = {};
      this.waiting = [];
      await this.storage.write(pending);
      for (const resolve of waiting) resolve();
    }
    this.writing = null;
  }
}

/** One batch that has the effect of both, one after the other. */
export function merged(first: Batch, then: Batch): Batch {
  const forgotten = new Set(then.forgotten);
  const dropped = new Set([...forgotten, ...(then.droppedLogs ?? [])]);
  const stays = (each: { readonly conversation_id: string }): boolean =>
    !dropped.has(each.conversation_id);
  const held = new Map<string, NonNullable<Batch["held"]>[number]>();
  for (const each of first.held ?? [])
    if (!forgotten.has(each.object.id)) held.set(each.object.id, each);
  for (const each of then.held ?? []) held.set(each.object.id, each);
  const done = new Set(then.outboxDone);
  const putAgain = new Set(then.outbox?.map(({ client_id }) => client_id));
  const cursor = then.cursor ?? first.cursor;
  return {
    held: [...held.values()],
    forgotten: [...(first.forgotten ?? []), ...forgotten],
    droppedLogs: [...(first.droppedLogs ?? []), ...(then.droppedLogs ?? [])],
    entries: [...(first.entries ?? []).filter(stays), ...(then.entries ?? [])],
    amendments: [...(first.amendments ?? []).filter(stays), ...(then.amendments ?? [])],
    users: [...(first.users ?? []), ...(then.users ?? [])],
    ...(cursor !== undefined && { cursor }),
    outbox: [
      ...(first.outbox ?? []).filter(({ client_id }) => !done.has(client_id)),
      ...(then.outbox ?? []),
    ],
    outboxDone: [
      ...(first.outboxDone ?? []).filter((id) => !putAgain.has(id)),
      ...(then.outboxDone ?? []),
    ],
    drafts: new Map([...(first.drafts ?? []), ...(then.drafts ?? [])]),
  };
}
