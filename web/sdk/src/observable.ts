import type { Clock } from "./clock.ts";
import type { Observable } from "./parley.ts";

/** At most so often listeners are called, however much arrives: no screen shows more pictures than one in this time. */
const NOTIFY_EVERY_MS = 16;

/**
 * Calls the listeners of what changed. The first change after a quiet while is told in the same turn; what follows is
 * told together with what else changed until then.
 */
export class Notifier {
  private readonly clock: Clock;
  private readonly due = new Set<() => void>();
  private scheduled = false;
  private lastFlush = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** `tell` is called once, soon. */
  schedule(tell: () => void): void {
    this.due.add(tell);
    if (this.scheduled) return;
    this.scheduled = true;
    const wait = this.lastFlush + NOTIFY_EVERY_MS - this.clock.monotonic();
    if (wait <= 0) queueMicrotask(this.flush);
    else this.clock.after(wait, this.flush);
  }

  private readonly flush = (): void => {
    this.scheduled = false;
    this.lastFlush = this.clock.monotonic();
    const due = [...this.due];
    this.due.clear();
    for (const tell of due) tell();
  };
}

/** Called when the first listener comes, answers what is to be called when the last one has gone. */
export type OnFirstListener = () => () => void;

abstract class Listened {
  protected readonly notifier: Notifier;
  private readonly listeners = new Set<() => void>();
  private readonly onFirst: OnFirstListener | undefined;
  private onLast: (() => void) | null = null;

  constructor(notifier: Notifier, onFirst?: OnFirstListener) {
    this.notifier = notifier;
    this.onFirst = onFirst;
  }

  get listened(): boolean {
    return this.listeners.size > 0;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    // An object of its own, so that the same function given twice counts twice.
    const entry = (): void => {
      listener();
    };
    this.listeners.add(entry);
    if (this.listeners.size === 1) this.onLast = this.onFirst?.() ?? null;
    return () => {
      if (!this.listeners.delete(entry) || this.listeners.size > 0) return;
      this.onLast?.();
      this.onLast = null;
    };
  };

  protected changed(): void {
    this.notifier.schedule(this.tell);
  }

  private readonly tell = (): void => {
    for (const listener of [...this.listeners]) {
      try {
        listener();
      } catch (error) {
        // A listener's mistake is its own: the others are still called.
        reportError(error);
      }
    }
  };
}

function reportError(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** A value that is set. */
export class Value<T> extends Listened implements Observable<T> {
  private current: T;

  constructor(notifier: Notifier, initial: T, onFirst?: OnFirstListener) {
    super(notifier, onFirst);
    this.current = initial;
  }

  readonly get = (): T => this.current;

  set(next: T): void {
    if (Object.is(next, this.current)) return;
    this.current = next;
    this.changed();
  }
}

/** A value that is made of others when somebody looks, and kept until they change. */
export class View<T> extends Listened implements Observable<T> {
  private readonly make: () => T;
  private current: { readonly value: T } | null = null;

  constructor(notifier: Notifier, make: () => T, onFirst?: OnFirstListener) {
    super(notifier, onFirst);
    this.make = make;
  }

  readonly get = (): T => (this.current ??= { value: this.make() }).value;

  /** What it is made of changed. */
  invalidate(): void {
    this.current = null;
    this.changed();
  }
}
