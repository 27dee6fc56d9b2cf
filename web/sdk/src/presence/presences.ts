import type { Clock } from "../clock.ts";
import { type Notifier, Value } from "../observable.ts";
import type { Observable, Presence } from "../parley.ts";
import type { EventHandlers } from "../replica/events.ts";
import type { Replica } from "../replica/replica.ts";

/** A list that is drawn anew watches the same people again at once: only what lasts is told. */
const SETTLE_MS = 50;

/** Whether those are there whom somebody looks at. */
export class Presences {
  private readonly notifier: Notifier;
  private readonly clock: Clock;
  private readonly watch: (userIds: readonly string[]) => void;
  private readonly values = new Map<string, Value<Presence | null>>();
  private watched: readonly string[] = [];
  private scheduled = false;

  constructor(
    notifier: Notifier,
    clock: Clock,
    replica: Replica,
    watch: (userIds: readonly string[]) => void,
  ) {
    this.notifier = notifier;
    this.clock = clock;
    this.watch = watch;
    replica.listen(this.handlers());
  }

  get(userId: string): Observable<Presence | null> {
    const known = this.values.get(userId);
    if (known !== undefined) return known;
    const made = new Value<Presence | null>(this.notifier, null, () => {
      this.settleSoon();
      return () => {
        this.settleSoon();
      };
    });
    this.values.set(userId, made);
    return made;
  }

  /** Whom this tab watches. */
  all(): readonly string[] {
    return this.watched;
  }

  private settleSoon(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.clock.after(SETTLE_MS, () => {
      this.scheduled = false;
      this.settle();
    });
  }

  private settle(): void {
    const now = [...this.values].filter(([, value]) => value.listened).map(([id]) => id);
    const isSame =
      now.length === this.watched.length && now.every((id) => this.watched.includes(id));
    if (isSame) return;
    for (const [id, value] of this.values) {
      // Nothing more is told of who is not watched.
      if (!now.includes(id)) value.set(null);
    }
    this.watched = now;
    this.watch(now);
  }

  private handlers(): EventHandlers {
    return {
      presence: ({ user_id, online, last_active_at }) => {
        const value = this.values.get(user_id);
        if (value?.listened === true) value.set({ online, last_active_at });
      },
    };
  }
}
