import "fake-indexeddb/auto";

import { IDBFactory } from "fake-indexeddb";
import { deleteDB, openDB } from "idb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { entry, held, waiting } from "../testing/objects.ts";
import { forgetDevice, indexedDbStorage } from "./indexedDb.ts";
import { LastWords } from "./lastWords.ts";
import type { StorageStatus } from "./storage.ts";

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});
afterEach(() => {
  vi.restoreAllMocks();
});

function statusesOf(storage: ReturnType<typeof indexedDbStorage>): StorageStatus[] {
  const statuses: StorageStatus[] = [];
  storage.onStatus = (status) => statuses.push(status);
  return statuses;
}

/** Puts fail like those of a full device, in these stores. */
function fillDevice(stores: readonly string[]): void {
  const put = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, "put")?.value as (
    ...given: unknown[]
  ) => IDBRequest;
  const full = new DOMException("full", "QuotaExceededError");
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
    this: IDBObjectStore,
    ...given: unknown[]
  ) {
    const request = put.apply(this, given) as IDBRequest<IDBValidKey>;
    if (!stores.includes(this.name)) return request;
    this.transaction.abort();
    Object.defineProperty(this.transaction, "error", { get: () => full });
    return request;
  });
}

test("what was kept is there after the tab", async () => {
  const first = indexedDbStorage("ann");
  await first.write({ held: [held()], outbox: [waiting("1", 1)] });
  await first.close();
  const state = await indexedDbStorage("ann").load();
  expect(state.outbox).toEqual([waiting("1", 1)]);
  expect(state.held).toEqual([held()]);
});

test("a person's own database is not another's", async () => {
  await indexedDbStorage("ann").write({ outbox: [waiting("1", 1)] });
  expect((await indexedDbStorage("bob").load()).outbox).toEqual([]);
});

test("a full device gives up history first, and stays durable", async () => {
  const storage = indexedDbStorage("ann");
  const statuses = statusesOf(storage);
  await storage.write({ entries: [entry(1)] });
  fillDevice(["log"]);
  await storage.write({ outbox: [waiting("1", 1)], entries: [entry(2)] });
  expect(statuses).toEqual([]);
  expect(await storage.readLog("c", 1, 9)).toEqual([]);
  await storage.close();
  vi.restoreAllMocks();
  expect((await indexedDbStorage("ann").load()).outbox).toHaveLength(1);
});

test("where even that is no room, it says so, and goes on in memory with all that is unsent", async () => {
  const storage = indexedDbStorage("ann");
  const statuses = statusesOf(storage);
  await storage.write({ outbox: [waiting("before", 1)], drafts: new Map([["c", "half"]]) });
  fillDevice(["outbox", "log"]);
  await storage.write({ outbox: [waiting("after", 2)] });
  expect(statuses).toEqual([{ durable: false, why: "full" }]);
  const state = await storage.load();
  expect(state.outbox.map(({ client_id }) => client_id)).toEqual(["before", "after"]);
  expect(state.drafts.get("c")).toBe("half");
});

test("signed out elsewhere with nothing unsent, not even an empty database stays", async () => {
  const storage = indexedDbStorage("ann");
  await storage.write({ cursor: "x", outbox: [waiting("1", 1)] });
  await storage.wipe({ keepUnsent: true });
  expect(await indexedDB.databases()).toHaveLength(1);
  await storage.write({ outboxDone: ["1"] });
  await storage.wipe({ keepUnsent: true });
  expect(await indexedDB.databases()).toEqual([]);
});

test("a database that is cleared while in use: on in memory, unsent messages with it", async () => {
  const storage = indexedDbStorage("ann");
  const statuses = statusesOf(storage);
  await storage.write({ outbox: [waiting("1", 1)] });
  await deleteDB("parley-ann");
  expect(statuses).toEqual([{ durable: false, why: "cleared" }]);
  await storage.write({ entries: [entry(1)] });
  expect(await storage.readLog("c", 1, 9)).toHaveLength(1);
  expect((await storage.load()).outbox).toHaveLength(1);
});

test("a database of a newer version is left alone", async () => {
  const newer = await openDB("parley-ann", 99);
  newer.close();
  const storage = indexedDbStorage("ann");
  await storage.write({ outbox: [waiting("1", 1)] });
  expect(storage.status).toEqual({ durable: false, why: "newer" });
  expect((await storage.load()).outbox).toHaveLength(1);
});

test("one that a newer version wants to upgrade lets go of it", async () => {
  const storage = indexedDbStorage("ann");
  await storage.load();
  const newer = await openDB("parley-ann", 99);
  newer.close();
  expect(storage.status).toEqual({ durable: false, why: "newer" });
});

test("an upgrade that another tab holds up: on in memory, and the upgrade is not waited for", async () => {
  // A tab of an older program that does not let go.
  const old = await openDB("parley-ann", 1);
  const storage = indexedDbStorage("ann", 2);
  await storage.write({ outbox: [waiting("1", 1)] });
  expect(storage.status).toEqual({ durable: false, why: "blocked" });
  expect((await storage.load()).outbox).toHaveLength(1);
  old.close();
});

test("a browser without a database: on in memory", async () => {
  vi.stubGlobal("indexedDB", {
    open: () => {
      throw new DOMException("no", "SecurityError");
    },
  });
  const storage = indexedDbStorage("ann");
  await storage.write({ outbox: [waiting("1", 1)] });
  expect(storage.status).toEqual({ durable: false, why: "unavailable" });
  expect((await storage.load()).outbox).toHaveLength(1);
});

test("forgetting the device removes everybody's, and nothing of others", async () => {
  const mine = indexedDbStorage("ann");
  await mine.write({ outbox: [waiting("1", 1)] });
  await mine.close();
  (await openDB("something-else", 1)).close();
  await forgetDevice();
  const names = (await indexedDB.databases()).map(({ name }) => name);
  expect(names).toEqual(["something-else"]);
});

describe("drafts kept at once", () => {
  beforeEach(() => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  async function draftsAtNextOpening(): Promise<unknown> {
    const storage = indexedDbStorage("ann");
    const { drafts } = await storage.load();
    await storage.close();
    return Object.fromEntries(drafts);
  }

  test("are there for the next page, though the database never heard of them", async () => {
    const storage = indexedDbStorage("ann");
    await storage.write({ drafts: new Map([["c", "hal"], ["d", "other"]]) }); // prettier-ignore
    storage.keepAtOnce(new Map([["c", "half"], ["d", ""]])); // prettier-ignore
    await storage.close();
    expect(await draftsAtNextOpening()).toEqual({ c: "half" });
    // By then the database has them.
    expect(new LastWords("ann").read().size).toBe(0);
    expect(await draftsAtNextOpening()).toEqual({ c: "half" });
  });

  test("give way to what is written after them", async () => {
    const storage = indexedDbStorage("ann");
    storage.keepAtOnce(new Map([["c", "half"]]));
    await storage.write({ drafts: new Map([["c", "half a word"]]) });
    await storage.close();
    expect(await draftsAtNextOpening()).toEqual({ c: "half a word" });
  });

  test("go with the person", async () => {
    const storage = indexedDbStorage("ann");
    storage.keepAtOnce(new Map([["c", "half"]]));
    await storage.wipe({ keepUnsent: false });
    expect(new LastWords("ann").read().size).toBe(0);
  });
});
