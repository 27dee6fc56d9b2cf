import type { Clock } from "../clock.ts";
import type { Command, Update } from "../sync/updates.ts";
import type { EngineLike, Host, Link, Snapshot, TabNews } from "./link.ts";
import type { Channel, TabPlatform } from "./platform.ts";

/** What tabs say on their channel. Tabs of one version of the program only: the channel's name has it. */
type Message =
  /** A tab is there and knows nothing yet, or not enough. */
  | { readonly type: "hello"; readonly tab: string }
  | { readonly type: "welcome"; readonly to: string; readonly snapshot: Snapshot }
  | { readonly type: "update"; readonly update: Update }
  | { readonly type: "command"; readonly command: Command }
  /** A tab has begun to lead. */
  | { readonly type: "leads" }
  | { readonly type: "news"; readonly news: TabNews };

/** Raised when what tabs tell each other changes. */
const VERSION = 1;
/** A leader that does not answer for so long is taken for frozen: some browsers stop tabs in the background. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * One of all tabs leads: it holds a lock and runs the engine. The others hear its updates and send it commands. When it
 * goes, the next in the line for the lock goes on from what it heard and from what the device keeps. What a tab writes it
 * keeps itself before it tells the leader, so that a leader's death loses nothing. A leader that is silent is deposed; should
 * it only have been slow, nothing is lost either.
 */
export class SharedLink implements Link {
  private readonly host: Host;
  private readonly platform: TabPlatform;
  private readonly name: string;
  private readonly tab: string;
  private readonly clock: Clock;
  private readonly channel: Channel;
  private readonly leaving = new AbortController();
  private engine: EngineLike | null = null;
  private isLeader = false;
  private inLine = false;
  private joined = false;
  private cancelPatience: () => void = () => undefined;
  /** Commands of the moment between leading and the engine being there. */
  private early: Command[] = [];
  /** What is told to other tabs, in order: an update after what led to it is kept. */
  private outgoing: Promise<void> = Promise.resolve();

  constructor(
    host: Host,
    {
      platform,
      userId,
      tab,
      clock,
    }: {
      readonly platform: TabPlatform;
      readonly userId: string;
      /** What this tab is called among the others. */
      readonly tab: string;
      readonly clock: Clock;
    },
  ) {
    this.host = host;
    this.platform = platform;
    this.tab = tab;
    this.clock = clock;
    this.name = `parley-${VERSION}:${userId}`;
    this.channel = platform.openChannel(this.name);
  }

  get leads(): boolean {
    return this.isLeader;
  }

  start(): Promise<void> {
    this.channel.onmessage = ({ data }) => {
      this.onMessage(data as Message);
    };
    this.hello();
    this.standInLine();
    return Promise.resolve();
  }

  shown(): void {
    if (!this.isLeader) this.hello();
    // When it went out of sight it may have taken back what it watches.
    for (const command of this.host.standing()) this.do(command);
    this.do({ type: "wake" });
  }

  do(command: Command): void {
    if (this.engine !== null) this.engine.do(command);
    else if (this.isLeader) this.early.push(command);
    else this.post({ type: "command", command });
  }

  tell(news: TabNews): void {
    this.post({ type: "news", news });
  }

  online(): void {
    this.engine?.online();
  }

  offline(): void {
    this.engine?.offline();
  }

  close(): void {
    this.engine?.stop();
    this.engine = null;
    this.cancelPatience();
    this.leaving.abort();
    const { channel } = this;
    channel.onmessage = null;
    // What is still to be told goes out first.
    void this.outgoing.then(() => {
      channel.close();
    });
  }

  private standInLine(): void {
    if (this.inLine) return;
    this.inLine = true;
    const { signal } = this.leaving;
    const lead = (): Promise<void> => {
      this.inLine = false;
      return this.lead();
    };
    this.platform.holdLock(this.name, signal, lead).catch(this.onLockLost);
  }

  private depose(): void {
    this.platform.stealLock(this.name, () => this.lead()).catch(this.onLockLost);
  }

  private readonly onLockLost = (error: unknown): void => {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    if (this.hasLeft() || !this.isLeader) return;
    // Another tab took this one for frozen.
    this.engine?.stop();
    this.engine = null;
    this.isLeader = false;
    this.hello();
    this.standInLine();
  };

  private async lead(): Promise<void> {
    if (this.hasLeft()) return;
    this.isLeader = true;
    this.cancelPatience();
    const engine = await this.host.makeEngine((update, kept) => {
      this.host.onUpdate(update);
      this.postAfter(kept, { type: "update", update });
    });
    if (this.hasLeft() || !this.leads) {
      engine.stop();
      return;
    }
    this.engine = engine;
    for (const command of [...this.host.standing(), ...this.early.splice(0)]) engine.do(command);
    this.post({ type: "leads" });
    await new Promise<void>((resolve) => {
      this.leaving.signal.addEventListener("abort", () => {
        resolve();
      });
    });
  }

  private hasLeft(): boolean {
    return this.leaving.signal.aborted;
  }

  private onMessage(message: Message): void {
    switch (message.type) {
      case "news":
        this.host.onNews(message.news);
        break;
      case "hello":
        if (this.engine !== null) this.welcome(message.tab);
        break;
      case "command":
        if (this.isLeader) this.do(message.command);
        break;
      case "leads":
        this.hello();
        for (const command of this.host.standing()) this.post({ type: "command", command });
        break;
      case "welcome":
        if (message.to !== this.tab || this.isLeader) return;
        this.joined = true;
        this.cancelPatience();
        this.host.takeSnapshot(message.snapshot);
        break;
      case "update":
        if (!this.joined || this.isLeader) return;
        if (!this.host.onUpdate(message.update)) this.hello();
        break;
    }
  }

  private hello(): void {
    this.joined = false;
    this.post({ type: "hello", tab: this.tab });
    this.cancelPatience();
    this.cancelPatience = this.clock.after(ANSWER_WITHIN_MS, () => {
      this.depose();
    });
  }

  private welcome(to: string): void {
    // As of now, between the updates before and after.
    const snapshot = this.host.snapshot();
    this.postAfter(Promise.resolve(), { type: "welcome", to, snapshot });
  }

  private postAfter(kept: Promise<void>, message: Message): void {
    this.outgoing = this.outgoing
      .then(() => kept)
      .then(() => {
        this.post(message);
      });
  }

  private post(message: Message): void {
    this.channel.postMessage(message);
  }
}
