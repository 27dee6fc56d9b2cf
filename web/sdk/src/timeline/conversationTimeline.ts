import { shapeOf } from "../errors.ts";
import type { WaitingMessages } from "../outbox/waiting.ts";
import type { Message, ParleyErrorShape, Timeline, TimelineItem } from "../parley.ts";
import { entryOf, type LogEntry, messageOf } from "../replica/message.ts";
import type { Replica } from "../replica/replica.ts";
import type { Change } from "../wire/types.ts";
import { type LogSource, PAGE } from "./logSource.ts";
import { LogWindow } from "./window.ts";

/** A page that has fewer lines to draw is followed by the next. */
const ENOUGH_DRAWN = 15;
/** A stretch that has become longer than `MOST_LOADED` is cut, at the end that is further away, to `LEFT_LOADED`. */
const MOST_LOADED = 3_000;
const LEFT_LOADED = 2_000;

type Loading = NonNullable<Timeline["loading"]>;

/** What is loaded of one conversation, and loading more of it. */
export class ConversationTimeline {
  private readonly id: string;
  private readonly replica: Replica;
  private readonly source: LogSource;
  private readonly waiting: WaitingMessages;
  private readonly onUpdate: () => void;
  private readonly window = new LogWindow();
  private readonly items = new WeakMap<LogEntry, TimelineItem>();
  private loading: Loading | null = null;
  private error: ParleyErrorShape | null = null;
  /** The stretch is not to be trusted: the server said so. */
  private stale = false;
  /** The end of the log when this timeline last heard of it. */
  private knownHead = 0;
  /** Whether the stretch ended there when it became stale. */
  private wasAtEnd = true;
  private running: Promise<void> | null = null;
  /** Raised where a stretch that is being loaded is not wanted any more. */
  private generation = 0;
  /** What happens while a stretch is loaded, to be applied to it. */
  private meanwhile: Change[] | null = null;

  constructor(
    id: string,
    replica: Replica,
    source: LogSource,
    waiting: WaitingMessages,
    onUpdate: () => void,
  ) {
    this.id = id;
    this.replica = replica;
    this.source = source;
    this.waiting = waiting;
    this.onUpdate = onUpdate;
  }

  snapshot(): Timeline {
    const held = this.replica.conversations.get(this.id);
    const { window, loading, error } = this;
    const has_newer = !window.isEmpty && window.to < (held?.head ?? 0);
    const items = window.entries.flatMap((entry) => this.itemOf(entry) ?? []);
    if (!has_newer) items.push(...this.waitingItems());
    const has_older = !window.isEmpty && window.from > (held?.object.first_seq ?? 1);
    return { items, has_older, has_newer, loading, error };
  }

  /** A message of the loaded stretch. */
  messageAt(seq: number): Message | null {
    const entry = this.window.entries.find((each) => each.seq === seq);
    const item = entry === undefined ? null : this.itemOf(entry);
    return item?.type === "message" ? item.message : null;
  }

  touch(): void {
    this.onUpdate();
  }

  /** Somebody looks: the newest page, unless something is there already. */
  show(): void {
    if (this.window.isEmpty || this.stale) this.mend();
  }

  /** Loads what could not be loaded before. */
  mend(): void {
    if (!this.replica.conversations.has(this.id)) return;
    if (this.window.isEmpty || this.stale) {
      void this.reload();
    } else if (this.error !== null) {
      // What was scrolled to is asked for again by who scrolls.
      this.error = null;
      this.onUpdate();
    }
  }

  loadOlder(): Promise<void> {
    const first = this.replica.conversations.get(this.id)?.object.first_seq ?? 1;
    if (this.window.isEmpty || this.window.from <= first) return Promise.resolve();
    return this.load("older", async (isCurrent) => {
      let drawn = 0;
      while (drawn < ENOUGH_DRAWN && this.window.from > first) {
        const entries = await this.source.endingAt(this.id, this.window.from - 1);
        if (!isCurrent()) return;
        this.window.merge(entries);
        drawn += entries.filter(isDrawn).length;
      }
      if (this.window.size > MOST_LOADED) this.window.keepFirst(LEFT_LOADED);
    });
  }

  loadNewer(): Promise<void> {
    if (this.window.isEmpty || this.window.to >= this.head) return Promise.resolve();
    return this.load("newer", async (isCurrent) => {
      const entries = await this.source.startingAt(this.id, this.window.to + 1);
      if (isCurrent()) this.append(entries);
    });
  }

  loadAround(seq: number): Promise<void> {
    if (this.window.covers(seq) && !this.stale) return Promise.resolve();
    return this.replaceBy("around", () => this.source.around(this.id, seq));
  }

  loadLatest(): Promise<void> {
    if (!this.window.isEmpty && this.window.to >= this.head && !this.stale)
      return Promise.resolve();
    return this.replaceBy("newer", () => this.source.endingAt(this.id, this.head));
  }

  onChange(change: Change): void {
    this.meanwhile?.push(change);
    this.append([entryOf(change)]);
    this.window.amend(change);
    this.knownHead = change.seq;
    this.onUpdate();
  }

  onAdopted(reset: boolean, shown: boolean): void {
    if (reset && !this.stale) {
      this.wasAtEnd = this.window.to >= this.knownHead;
      this.stale = true;
    }
    this.knownHead = this.head;
    // Not by changes but as a whole (from another tab): what follows closely is read on.
    const behind = this.head - this.window.to;
    if (shown) this.mend();
    if (shown && !this.stale && behind > 0 && behind <= PAGE) void this.loadNewer();
    this.onUpdate();
  }

  clear(): void {
    this.generation++;
    this.window.replace([]);
    this.finish(null);
  }

  private append(entries: readonly LogEntry[]): void {
    this.window.merge(entries);
    if (this.window.size > MOST_LOADED) this.window.keepLast(LEFT_LOADED);
  }

  private get head(): number {
    return this.replica.conversations.get(this.id)?.head ?? 0;
  }

  private reload(): Promise<void> {
    const { window } = this;
    if (window.isEmpty || this.wasAtEnd) {
      return this.replaceBy("newer", () => this.source.endingAt(this.id, this.head));
    }
    // Who reads further up stays there.
    const middle = Math.floor((window.from + window.to) / 2);
    return this.replaceBy("around", () => this.source.around(this.id, middle));
  }

  private replaceBy(loading: Loading, read: () => Promise<readonly LogEntry[]>): Promise<void> {
    this.generation++;
    this.running = null;
    return this.load(loading, async (isCurrent) => {
      const entries = await read();
      if (!isCurrent()) return;
      this.window.replace(entries);
      this.knownHead = this.head;
      this.stale = false;
    });
  }

  /** One load at a time: a second one of the same stretch waits for the first. */
  private load(loading: Loading, run: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    if (this.running !== null) return this.running;
    const generation = this.generation;
    const isCurrent = (): boolean => generation === this.generation;
    this.loading = loading;
    this.error = null;
    this.meanwhile = [];
    this.onUpdate();
    const running = run(isCurrent)
      .then(
        () => null,
        (error: unknown) => shapeOf(error),
      )
      .then((error) => {
        if (isCurrent()) this.finish(error);
      });
    this.running = running;
    return running;
  }

  private finish(error: ParleyErrorShape | null): void {
    for (const change of this.meanwhile ?? []) {
      this.window.merge([entryOf(change)]);
      this.window.amend(change);
    }
    this.meanwhile = null;
    this.running = null;
    this.loading = null;
    this.error = error;
    this.onUpdate();
  }

  private waitingItems(): readonly TimelineItem[] {
    const waiting = this.waiting.of(this.id);
    if (waiting.length === 0) return [];
    // A page may bring a message before the change or the ack that ends its waiting.
    const inLog = new Set(this.window.entries.map((entry) => this.itemOf(entry)?.key));
    const missing = waiting.filter(({ client_id }) => !inLog.has(client_id));
    return missing.map((message) => ({ type: "message", key: message.client_id, message }));
  }

  private itemOf(entry: LogEntry): TimelineItem | null {
    const known = this.items.get(entry);
    if (known !== undefined) return known;
    const made = this.draw(entry);
    if (made !== null) this.items.set(entry, made);
    return made;
  }

  private draw({ seq, content }: LogEntry): TimelineItem | null {
    switch (content.type) {
      case "message": {
        const message = messageOf(this.id, content.message);
        // One's own keeps the key that it had while it waited.
        const mine = message.sender_id === this.replica.me;
        return { type: "message", key: mine ? message.client_id : String(seq), message };
      }
      case "notice":
        return { type: "notice", key: String(seq), notice: content.notice };
      case "nothing":
        return null;
    }
  }
}

function isDrawn(entry: LogEntry): boolean {
  return entry.content.type !== "nothing";
}
