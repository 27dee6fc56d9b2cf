import type { Channel, TabPlatform } from "../tabs/platform.ts";

/** What a test does to a tab from outside. */
interface FakeTab extends TabPlatform {
  /** It is killed: it says nothing more, and its lock goes to the next. */
  die(): void;
  /** It neither hears nor says anything, and keeps its lock. */
  freeze(): void;
  thaw(): void;
}

interface Wish {
  readonly tab: symbol;
  readonly take: () => void;
  readonly lose: (why: Error) => void;
}

/** The tabs of one browser: a lock line and a channel in memory. */
export class FakeBrowser {
  private readonly channels = new Set<FakeChannel>();
  private holder: Wish | null = null;
  private line: Wish[] = [];

  /** What one tab sees of it. */
  tab(): FakeTab {
    const tab = Symbol("tab");
    const mine: FakeChannel[] = [];
    return {
      holdLock: (_name, signal, lead) => this.hold(tab, lead, signal),
      stealLock: (_name, lead) => this.hold(tab, lead, null),
      openChannel: () => {
        const channel = new FakeChannel(this.channels);
        mine.push(channel);
        return channel;
      },
      die: () => {
        for (const channel of mine) channel.close();
        this.leave((wish) => wish.tab === tab);
      },
      freeze: () => {
        for (const channel of mine) this.channels.delete(channel);
      },
      thaw: () => {
        for (const channel of mine) this.channels.add(channel);
      },
    };
  }

  /** Without a signal at once, whoever holds it. */
  private async hold(
    tab: symbol,
    lead: () => Promise<void>,
    signal: AbortSignal | null,
  ): Promise<void> {
    const taken = Promise.withResolvers<undefined>();
    const lost = Promise.withResolvers<undefined>();
    const take = (): void => {
      taken.resolve(undefined);
    };
    const wish: Wish = { tab, take, lose: lost.reject };
    if (signal === null) {
      this.holder?.lose(aborted());
      this.holder = null;
      this.line.unshift(wish);
    } else {
      this.line.push(wish);
      signal.addEventListener("abort", () => {
        if (this.holder === wish) return;
        this.leave((each) => each === wish);
        lost.reject(aborted());
      });
    }
    this.next();
    await Promise.race([taken.promise, lost.promise]);
    await Promise.race([lead(), lost.promise]);
    this.leave((each) => each === wish);
  }

  private leave(goes: (wish: Wish) => boolean): void {
    this.line = this.line.filter((wish) => !goes(wish));
    if (this.holder !== null && goes(this.holder)) this.holder = null;
    this.next();
  }

  private next(): void {
    if (this.holder !== null) return;
    this.holder = this.line.shift() ?? null;
    this.holder?.take();
  }
}

function aborted(): Error {
  return new DOMException("The lock is another's.", "AbortError");
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
