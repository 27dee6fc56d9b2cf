import type { Clock } from "../clock.ts";
import { type Notifier, View } from "../observable.ts";
import type { WaitingMessages } from "../outbox/waiting.ts";
import type { Observable, Timeline } from "../parley.ts";
import type { EventHandlers } from "../replica/events.ts";
import type { Replica } from "../replica/replica.ts";
import { ConversationTimeline } from "./conversationTimeline.ts";
import type { LogSource } from "./logSource.ts";

/** A timeline that nobody looks at is let go after so long. */
const KEEP_UNSHOWN_MS = 60_000;

/** The loaded stretches of all conversations that are shown. */
export class Timelines {
  private readonly notifier: Notifier;
  private readonly clock: Clock;
  private readonly replica: Replica;
  private readonly source: LogSource;
  private readonly waiting: WaitingMessages;
  private readonly views = new Map<string, View<Timeline>>();
  private readonly loaded = new Map<string, ConversationTimeline>();

  constructor(
    notifier: Notifier,
    clock: Clock,
    replica: Replica,
    source: LogSource,
    waiting: WaitingMessages,
  ) {
    this.notifier = notifier;
    this.clock = clock;
    this.replica = replica;
    this.source = source;
    this.waiting = waiting;
    replica.listen(this.handlers());
  }

  get(id: string): Observable<Timeline> {
    return this.view(id);
  }

  /** The conversation's timeline, to load more of it. */
  open(id: string): ConversationTimeline {
    const known = this.loaded.get(id);
    if (known !== undefined) return known;
    const made = new ConversationTimeline(id, this.replica, this.source, this.waiting, () => {
      this.view(id).invalidate();
    });
    this.loaded.set(id, made);
    this.letGoLater(id);
    return made;
  }

  /** What is not loaded because there was no connection is loaded now. */
  onLive(): void {
    for (const [id, timeline] of this.loaded) {
      if (this.view(id).listened) timeline.mend();
    }
  }

  /** One's own waiting messages changed. */
  onWaiting(id: string): void {
    this.loaded.get(id)?.touch();
  }

  private view(id: string): View<Timeline> {
    const known = this.views.get(id);
    if (known !== undefined) return known;
    const made = new View<Timeline>(
      this.notifier,
      () => this.open(id).snapshot(),
      () => this.shown(id),
    );
    this.views.set(id, made);
    return made;
  }

  private shown(id: string): () => void {
    this.open(id).show();
    return () => {
      this.letGoLater(id);
    };
  }

  private letGoLater(id: string): void {
    this.clock.after(KEEP_UNSHOWN_MS, () => {
      if (this.view(id).listened || !this.loaded.delete(id)) return;
      this.view(id).invalidate();
    });
  }

  private onAdopted(id: string, reset: boolean): void {
    this.loaded.get(id)?.onAdopted(reset, this.view(id).listened);
  }

  private handlers(): EventHandlers {
    return {
      changed: ({ change }) => this.loaded.get(change.conversation_id)?.onChange(change),
      adopted: ({ object, reset }) => {
        this.onAdopted(object.id, reset);
      },
      held: ({ held }) => {
        this.onAdopted(held.object.id, false);
      },
      object: ({ object }) => this.loaded.get(object.id)?.touch(),
      forgotten: ({ conversation_id }) => this.loaded.get(conversation_id)?.clear(),
    };
  }
}
