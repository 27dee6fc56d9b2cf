import type { Channel, TabPlatform } from "../tabs/platform.ts";

/** The tabs of one browser: a lock line and a channel in memory. */
export class FakeBrowser {
  private readonly channels = new Set<FakeChannel>();
  private holder: symbol | null = null;
  private line: { tab: symbol; take: () => void }[] = [];

  /** What one tab sees of it. `die` is a tab that is killed: it says nothing more, and its lock goes to the next. */
  tab(): TabPlatform & { die(): void } {
    const tab = Symbol("tab");
    const mine: FakeChannel[] = [];
    return {
      holdLock: (_name, signal, lead) => this.hold(tab, signal, lead),
      openChannel: () => {
        const channel = new FakeChannel(this.channels);
        mine.push(channel);
        return channel;
      },
      die: () => {
        for (const channel of mine) channel.close();
        this.leave(tab);
      },
    };
  }

  private async hold(tab: symbol, signal: AbortSignal, lead: () => Promise<void>): Promise<void> {
    await new Promise<void>((take) => {
      this.line.push({ tab, take });
      signal.addEventListener("abort", () => {
        this.leave(tab);
      });
      this.next();
    });
    await lead();
    this.leave(tab);
  }

  private leave(tab: symbol): void {
    this.line = this.line.filter((each) => each.tab !== tab);
    if (this.holder === tab) this.holder = null;
    this.next();
  }

  private next(): void {
    if (this.holder !== null) return;
    const first = this.line.shift();
    if (first === undefined) return;
    this.holder = first.tab;
    first.take();
  }
}

class FakeChannel implements Channel {
  onmessage: Channel["onmessage"] = null;
  private readonly all: Set<FakeChannel>;

  constructor(all: Set<FakeChannel>) {
    this.all = all;
    all.add(this);
  }

  postMessage(message: unknown): void {
    if (!this.all.has(this)) return;
    // As a browser does: a copy, later.
    const data: unknown = structuredClone(message);
    for (const other of this.all) {
      if (other === this) continue;
      queueMicrotask(() => {
        if (this.all.has(other)) other.onmessage?.({ data });
      });
    }
  }

  close(): void {
    this.all.delete(this);
  }
}
