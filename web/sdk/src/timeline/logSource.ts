import { ParleyError } from "../errors.ts";
import type { Api } from "../http/api.ts";
import { amendedEntry, entryOf, type LogEntry, targetOf } from "../replica/message.ts";
import type { Replica } from "../replica/replica.ts";
import type { Journal } from "../storage/journal.ts";
import { KEPT_LOG, type Storage } from "../storage/storage.ts";
import { changesAfter } from "../sync/questions.ts";
import type { Change } from "../wire/types.ts";

/** So many places of the log are read at once. */
export const PAGE = 60;
const LARGEST_PAGE = 100;

/**
 * Where stretches of the log come from: what the device keeps, or else the server, whose answer is kept then. Read from
 * `changes` rather than from `messages`, which have no system lines.
 */
export class LogSource {
  private readonly api: Api;
  private readonly replica: Replica;
  private readonly storage: Storage;
  private readonly journal: Journal;

  constructor(api: Api, replica: Replica, storage: Storage, journal: Journal) {
    this.api = api;
    this.replica = replica;
    this.storage = storage;
    this.journal = journal;
  }

  /** Up to a page that ends with `seq`, ascending. */
  async endingAt(id: string, seq: number): Promise<readonly LogEntry[]> {
    const kept = await this.storage.readLog(id, seq, PAGE);
    if (kept.length > 0) return kept.toReversed();
    return this.fetch(id, Math.max(this.firstSeq(id), seq - PAGE + 1), seq);
  }

  /** Up to a page that begins with `seq`. */
  async startingAt(id: string, seq: number): Promise<readonly LogEntry[]> {
    const end = Math.min(this.head(id), seq + PAGE - 1);
    const kept = await this.storage.readLog(id, end, PAGE);
    if (kept.at(-1)?.seq === seq) return kept.toReversed();
    return this.fetch(id, seq, end);
  }

  /** A page with `seq` in its middle. */
  async around(id: string, seq: number): Promise<readonly LogEntry[]> {
    const start = Math.max(this.firstSeq(id), seq - PAGE / 2);
    const end = Math.max(seq, Math.min(this.head(id), start + PAGE - 1));
    const kept = await this.storage.readLog(id, end, PAGE);
    const lowest = kept.at(-1)?.seq;
    if (lowest !== undefined && lowest <= seq) return kept.toReversed();
    return this.fetch(id, start, end);
  }

  private firstSeq(id: string): number {
    return this.replica.conversations.get(id)?.object.first_seq ?? 1;
  }

  private head(id: string): number {
    return this.replica.conversations.get(id)?.head ?? 0;
  }

  private async fetch(id: string, from: number, to: number): Promise<readonly LogEntry[]> {
    if (to < from) return [];
    const page = await this.changes(id, from, to);
    let entries = page.changes.map(entryOf);
    // Changes that this tab has applied already, and that the page was too early for.
    for (let { trueAt } = page, head = this.head(id); trueAt < head; head = this.head(id)) {
      const { changes: overtaking } = await this.changes(id, trueAt + 1, head);
      for (const change of overtaking) entries = withAmendment(entries, change);
      trueAt = head;
    }
    this.keep(id, entries);
    return entries;
  }

  private async changes(
    id: string,
    from: number,
    to: number,
  ): Promise<{ changes: readonly Change[]; trueAt: number }> {
    const changes: Change[] = [];
    let trueAt = Number.POSITIVE_INFINITY;
    while (from + changes.length <= to) {
      const next = from + changes.length;
      const limit = Math.min(LARGEST_PAGE, to - next + 1);
      const page = await changesAfter(this.api, id, next - 1, limit);
      if (page.items.length === 0) {
        throw new ParleyError(
          "unavailable",
          "This part of the conversation cannot be read just now.",
        );
      }
      changes.push(...page.items);
      trueAt = Math.min(trueAt, page.last_seq);
    }
    return { changes, trueAt };
  }

  private keep(id: string, entries: readonly LogEntry[]): void {
    const lowest = this.head(id) - KEPT_LOG;
    const kept = entries.filter(({ seq }) => seq > lowest);
    if (kept.length > 0 && this.replica.conversations.has(id)) {
      void this.journal.write({ entries: kept });
    }
  }
}

function withAmendment(entries: LogEntry[], change: Change): LogEntry[] {
  const target = targetOf(change);
  if (target === null) return entries;
  return entries.map((entry) => (entry.seq === target ? amendedEntry(entry, change) : entry));
}
