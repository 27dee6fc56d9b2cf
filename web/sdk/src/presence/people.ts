import type { Clock } from "../clock.ts";
import { type Api, bodyOf } from "../http/api.ts";
import { type Notifier, Value } from "../observable.ts";
import type { Observable, User } from "../parley.ts";
import type { EventHandlers } from "../replica/events.ts";
import type { Replica } from "../replica/replica.ts";
import type { Journal } from "../storage/journal.ts";

/** The server takes so many ids at once. */
const IDS_PER_CALL = 100;
/** What is asked for within this time is asked in one call. */
const GATHER_MS = 20;

/** People by their ids; those that are not known are asked for when somebody looks. */
export class People {
  private readonly notifier: Notifier;
  private readonly clock: Clock;
  private readonly api: Api;
  private readonly replica: Replica;
  private readonly journal: Journal;
  private readonly values = new Map<string, Value<User | null>>();
  private readonly wanted = new Set<string>();

  constructor(notifier: Notifier, clock: Clock, api: Api, replica: Replica, journal: Journal) {
    this.notifier = notifier;
    this.clock = clock;
    this.api = api;
    this.replica = replica;
    this.journal = journal;
    replica.listen(this.handlers());
  }

  get(id: string): Observable<User | null> {
    const known = this.values.get(id);
    if (known !== undefined) return known;
    const made = new Value<User | null>(this.notifier, this.replica.users.get(id) ?? null, () => {
      if (made.get() === null) this.want(id);
      return () => undefined;
    });
    this.values.set(id, made);
    return made;
  }

  /** Takes over what the replica has learnt. */
  refresh(): void {
    for (const [id, value] of this.values) value.set(this.replica.users.get(id) ?? null);
  }

  /** Who could not be asked for without a connection. */
  onLive(): void {
    for (const [id, value] of this.values)
      if (value.listened && value.get() === null) this.want(id);
  }

  private want(id: string): void {
    if (this.wanted.size === 0) this.clock.after(GATHER_MS, () => void this.fetch());
    this.wanted.add(id);
  }

  private async fetch(): Promise<void> {
    const wanted = [...this.wanted];
    this.wanted.clear();
    for (let from = 0; from < wanted.length; from += IDS_PER_CALL) {
      const ids = wanted.slice(from, from + IDS_PER_CALL).join(",");
      try {
        const { items } = await bodyOf(this.api.GET("/v1/users", { params: { query: { ids } } }));
        this.replica.learn(items);
        void this.journal.write({ users: items });
        this.refresh();
      } catch {
        // Asked for again with the next connection.
        return;
      }
    }
  }

  private handlers(): EventHandlers {
    const refresh = (): void => {
      this.refresh();
    };
    return {
      user: ({ user }) => this.values.get(user.id)?.set(this.replica.users.get(user.id) ?? null),
      adopted: refresh,
      object: refresh,
      held: refresh,
      changed: ({ change }) => {
        if (change.kind === "members") this.refresh();
      },
    };
  }
}
