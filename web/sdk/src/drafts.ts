import type { Clock } from "./clock.ts";
import type { Journal } from "./storage/journal.ts";

/** While one types, a draft is written so often. */
const WRITE_AFTER_MS = 250;

/** What was begun in each conversation and not sent. */
export class Drafts {
  private readonly clock: Clock;
  private readonly journal: Journal;
  private readonly onChange: (conversationId: string) => void;
  private readonly texts = new Map<string, string>();
  private readonly unwritten = new Set<string>();
  /** Given to the journal, which has not kept them yet. */
  private readonly writing = new Map<string, string>();

  constructor(clock: Clock, journal: Journal, onChange: (conversationId: string) => void) {
    this.clock = clock;
    this.journal = journal;
    this.onChange = onChange;
  }

  load(drafts: ReadonlyMap<string, string>): void {
    for (const [id, text] of drafts) this.texts.set(id, text);
  }

  of(conversationId: string): string {
    return this.texts.get(conversationId) ?? "";
  }

  /** Written here. Answers whether it is another text than before. */
  set(conversationId: string, text: string): boolean {
    if (!this.take(conversationId, text)) return false;
    if (this.unwritten.size === 0) this.clock.after(WRITE_AFTER_MS, () => void this.flush());
    this.unwritten.add(conversationId);
    return true;
  }

  /** Written in another tab, which keeps it. */
  take(conversationId: string, text: string): boolean {
    if (text === this.of(conversationId)) return false;
    if (text === "") this.texts.delete(conversationId);
    else this.texts.set(conversationId, text);
    this.onChange(conversationId);
    return true;
  }

  /** Writes at once what is not written yet. */
  async flush(): Promise<void> {
    const drafts = this.pending();
    if (drafts.size === 0) return;
    this.unwritten.clear();
    for (const [id, text] of drafts) this.writing.set(id, text);
    await this.journal.write({ drafts });
    for (const [id, text] of drafts) if (this.writing.get(id) === text) this.writing.delete(id);
  }

  /** What the device may not have if the page ends in this moment. */
  unkept(): ReadonlyMap<string, string> {
    return new Map([...this.writing, ...this.pending()]);
  }

  private pending(): ReadonlyMap<string, string> {
    return new Map([...this.unwritten].map((id) => [id, this.of(id)]));
  }
}
