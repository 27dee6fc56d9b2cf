import { beforeEach, describe, expect, test } from "vitest";

import { entry, held, waiting } from "../testing/objects.ts";
import { Journal } from "./journal.ts";
import { MemoryStorage } from "./memory.ts";
import type { Batch } from "./storage.ts";

/** A storage whose writes end when the test says so. */
class SlowStorage extends MemoryStorage {
  readonly batches: Batch[] = [];
  private readonly ends: (() => void)[] = [];

  constructor() {
    super({ durable: false, why: "memory" });
  }

  override async write(batch: Batch): Promise<void> {
    this.batches.push(batch);
    await new Promise<void>((resolve) => this.ends.push(resolve));
    await super.write(batch);
  }

  /** Ends the write that is under way. */
  async end(): Promise<void> {
    this.ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let storage: SlowStorage;
let journal: Journal;

beforeEach(() => {
  storage = new SlowStorage();
  journal = new Journal(storage);
});

test("what comes in one turn, and while one batch is written, goes into one", async () => {
  const kept = [1, 2, 3].map((n) => journal.write({ outbox: [waiting(`${n}`, n)] }));
  await new Promise((resolve) => setImmediate(resolve));
  const later = [4, 5].map((n) => journal.write({ outbox: [waiting(`${n}`, n)] }));
  expect(storage.batches).toHaveLength(1);
  await storage.end();
  await Promise.all(kept);
  expect(storage.batches.map(({ outbox }) => outbox?.length)).toEqual([3, 2]);
  await storage.end();
  await Promise.all(later);
  await journal.idle();
  expect((await storage.load()).outbox).toHaveLength(5);
});

describe("put together, batches have the effect of one after the other", () => {
  async function after(...batches: readonly Batch[]) {
    for (const batch of batches) void journal.write(batch);
    await new Promise((resolve) => setImmediate(resolve));
    await storage.end();
    expect(storage.batches).toHaveLength(1);
    return storage.load();
  }
  const log = () => storage.readLog("c", 2, 10);

  test("sent and done", async () => {
    const done = { outboxDone: ["1"] };
    expect((await after({ outbox: [waiting("1", 1)] }, done)).outbox).toEqual([]);
  });

  test("done and then written anew", async () => {
    const again = { outbox: [waiting("1", 1)] };
    expect((await after({ outboxDone: ["1"] }, again)).outbox).toHaveLength(1);
  });

  test("kept and forgotten", async () => {
    const state = await after({ held: [held()], entries: [entry(2)] }, { forgotten: ["c"] });
    expect(state.held).toEqual([]);
    expect(await log()).toEqual([]);
  });

  test("forgotten and joined again", async () => {
    const anew = { held: [held({ title: "Anew" })], entries: [entry(2, "new")] };
    const state = await after({ held: [held()], entries: [entry(1)] }, { forgotten: ["c"] }, anew);
    expect(state.held).toMatchObject([{ object: { title: "Anew" } }]);
    expect(await log()).toMatchObject([{ seq: 2 }]);
  });

  test("a page that is older than a change to it", async () => {
    const place = { conversation_id: "c", seq: 3, at: 1, actor_id: "bob" };
    const change = { ...place, kind: "delete", target_seq: 2 } as const;
    await after({ amendments: [change] }, { entries: [entry(2)] });
    expect(await log()).toMatchObject([
      { changed_seq: 3, content: { message: { deleted_at: 1 } } },
    ]);
  });

  test("the last draft and the last cursor", async () => {
    const drafts = (text: string) => ({ drafts: new Map([["c", text]]), cursor: text });
    const state = await after(drafts("a"), drafts("ab"), { outboxDone: ["x"] });
    expect([state.drafts.get("c"), state.cursor]).toEqual(["ab", "ab"]);
  });
});
