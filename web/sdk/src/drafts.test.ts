import { expect, test } from "vitest";

import { Drafts } from "./drafts.ts";
import { Journal } from "./storage/journal.ts";
import { MemoryStorage } from "./storage/memory.ts";
import type { Batch } from "./storage/storage.ts";
import { FakeClock } from "./testing/fakeClock.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Its writes end when a test says so. */
class SlowStorage extends MemoryStorage {
  private readonly ends: (() => void)[] = [];

  override async write(batch: Batch): Promise<void> {
    await new Promise<void>((end) => this.ends.push(end));
    await super.write(batch);
  }

  async endWrite(): Promise<void> {
    await turn();
    this.ends.shift()?.();
    await turn();
  }
}

function setUp() {
  const clock = new FakeClock();
  const storage = new SlowStorage({ durable: true });
  const drafts = new Drafts(clock, new Journal(storage), () => undefined);
  return { clock, storage, drafts };
}

test("while one types, a draft is written now and then", async () => {
  const { clock, storage, drafts } = setUp();
  for (const text of ["h", "he", "hel"]) drafts.set("c", text);
  await clock.advance(250);
  await storage.endWrite();
  expect((await storage.load()).drafts.get("c")).toBe("hel");
});

test("what no write has kept yet is told, the newest text", async () => {
  const { clock, storage, drafts } = setUp();
  expect(drafts.unkept().size).toBe(0);
  drafts.set("c", "half");
  await clock.advance(250);
  expect([...drafts.unkept()]).toEqual([["c", "half"]]);
  drafts.set("c", "half a");
  expect([...drafts.unkept()]).toEqual([["c", "half a"]]);
  await storage.endWrite();
  expect([...drafts.unkept()]).toEqual([["c", "half a"]]);
  const flushed = drafts.flush();
  expect([...drafts.unkept()]).toEqual([["c", "half a"]]);
  await storage.endWrite();
  await flushed;
  expect(drafts.unkept().size).toBe(0);
});
