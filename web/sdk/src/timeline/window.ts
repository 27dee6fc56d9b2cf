import { amendedEntry, laterEntry, type LogEntry, targetOf } from "../replica/message.ts";
import type { Change } from "../wire/types.ts";

/** One gapless stretch of a conversation's log. */
export class LogWindow {
  private list: LogEntry[] = [];

  get entries(): readonly LogEntry[] {
    return this.list;
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  /** The first seq of the stretch; 0 while it is empty. */
  get from(): number {
    return this.list[0]?.seq ?? 0;
  }

  /** The last seq of the stretch; 0 while it is empty. */
  get to(): number {
    return this.list.at(-1)?.seq ?? 0;
  }

  get size(): number {
    return this.list.length;
  }

  /** Lets the newest go until `most` are left. */
  keepFirst(most: number): void {
    this.list = this.list.slice(0, most);
  }

  /** Lets the oldest go until `most` are left. */
  keepLast(most: number): void {
    this.list = this.list.slice(-most);
  }

  covers(seq: number): boolean {
    return !this.isEmpty && seq >= this.from && seq <= this.to;
  }

  /** Begins anew with `entries`, which are ascending and without holes. */
  replace(entries: readonly LogEntry[]): void {
    this.list = [...entries];
  }

  /** Takes in entries, ascending and without holes. Those that do not touch the stretch are left out. */
  merge(entries: readonly LogEntry[]): void {
    const first = entries[0]?.seq ?? 0;
    const last = entries.at(-1)?.seq ?? 0;
    if (this.isEmpty || last < this.from - 1 || first > this.to + 1) return;
    const { from, to } = this;
    for (const entry of entries) if (this.covers(entry.seq)) this.put(entry);
    const before = entries.filter(({ seq }) => seq < from);
    const after = entries.filter(({ seq }) => seq > to);
    if (before.length > 0) this.list = [...before, ...this.list];
    this.list.push(...after);
  }

  /** Applies a change to an earlier message, if it lies here. */
  amend(change: Change): void {
    const target = targetOf(change);
    const entry = target === null ? undefined : this.list[target - this.from];
    if (entry !== undefined) this.list[entry.seq - this.from] = amendedEntry(entry, change);
  }

  private put(entry: LogEntry): void {
    const at = entry.seq - this.from;
    this.list[at] = laterEntry(this.list[at], entry);
  }
}
