import { PendingBatch } from "./pendingBatch.ts";
import type { Batch, Storage } from "./storage.ts";

/**
 * Writes batches to a storage one after the other. What comes while one is written is put together into the next, so that
 * a busy connection costs few transactions.
 */
export class Journal {
  private readonly storage: Storage;
  private pending = new PendingBatch();
  private waiting: (() => void)[] = [];
  private writing: Promise<void> | null = null;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  /** Resolves when it is kept, together with everything that was given before. */
  write(batch: Batch): Promise<void> {
    this.pending.add(batch);
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
      this.pending = new PendingBatch();
      this.waiting = [];
      await this.storage.write(pending.whole());
      for (const resolve of waiting) resolve();
    }
    this.writing = null;
  }
}
