import type { ConnectionStatus, User } from "../parley.ts";
import type { Held } from "../replica/held.ts";
import type { OutboxEntry } from "../storage/storage.ts";
import type { Command, Update } from "../sync/updates.ts";

/** The engine, as a link drives it. */
export interface EngineLike {
  do(command: Command): void;
  online(): void;
  offline(): void;
  stop(): void;
}

/** What tabs tell each other without the engine. */
export type TabNews =
  | { readonly type: "draft"; readonly conversation_id: string; readonly text: string }
  | { readonly type: "signed_out"; readonly reason: string };

/** All that one tab holds. */
export interface Snapshot {
  readonly held: readonly Held[];
  readonly users: readonly User[];
  readonly cursor: string | null;
  readonly outbox: readonly OutboxEntry[];
  readonly status: ConnectionStatus;
}

/** The tab that a link serves. */
export interface Host {
  /** Makes the engine from what this tab holds, and starts it. */
  makeEngine(onUpdate: (update: Update, kept: Promise<void>) => void): Promise<EngineLike>;
  /** What the engine says, in this tab or another. False: what came before it is missing here. */
  onUpdate(update: Update): boolean;
  onNews(news: TabNews): void;
  snapshot(): Snapshot;
  takeSnapshot(snapshot: Snapshot): void;
  /** What this tab wants of an engine that does not know of it yet, beside its messages, which `takeSnapshot` sees to. */
  standing(): readonly Command[];
}

/** A tab's way to the engine, which one of all tabs runs. */
export interface Link {
  /** Whether the engine runs in this tab. */
  readonly leads: boolean;
  start(): Promise<void>;
  do(command: Command): void;
  /** Tells the other tabs. */
  tell(news: TabNews): void;
  online(): void;
  offline(): void;
  /** The page came to the foreground. */
  shown(): void;
  close(): void;
}

/** Of a tab that is alone, or that cannot know of others: it has an engine of its own. */
export class SoloLink implements Link {
  readonly leads = true;
  private readonly host: Host;
  private engine: EngineLike | null = null;
  private closed = false;

  constructor(host: Host) {
    this.host = host;
  }

  async start(): Promise<void> {
    const engine = await this.host.makeEngine((update) => {
      this.host.onUpdate(update);
    });
    if (this.closed) engine.stop();
    else this.engine = engine;
  }

  do(command: Command): void {
    this.engine?.do(command);
  }

  tell(): void {
    // There is nobody else.
  }

  online(): void {
    this.engine?.online();
  }

  offline(): void {
    this.engine?.offline();
  }

  shown(): void {
    this.engine?.do({ type: "wake" });
  }

  close(): void {
    this.closed = true;
    this.engine?.stop();
    this.engine = null;
  }
}
