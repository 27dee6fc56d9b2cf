import "fake-indexeddb/auto";

import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { BOB, entry, held, waiting } from "../testing/objects.ts";
import { indexedDbStorage } from "./indexedDb.ts";
import { memoryStorage } from "./memory.ts";
import { KEPT_LOG, type Storage } from "./storage.ts";

const makers: Record<string, () => Storage> = {
  memory: memoryStorage,
  indexedDb: () => indexedDbStorage("ann"),
};

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});

async function textsOf(storage: Storage, from: number, limit = 10, id = "c"): Promise<string[]> {
  const entries = await storage.readLog(id, from, limit);
  return entries.map(({ content }) =>
    content.type === "message" ? (content.message.text ?? "deleted") : content.type,
  );
}

describe.each(Object.entries(makers))("%s storage", (_name, make) => {
  test("an empty one has nothing", async () => {
    const storage = make();
    const empty = { held: [], users: [], cursor: null, outbox: [], drafts: new Map() };
    expect(await storage.load()).toEqual(empty);
    expect(await storage.readLog("c", 5, 10)).toEqual([]);
  });

  test("what one batch kept is loaded", async () => {
    const storage = make();
    const drafts = new Map([["c", "half a"]]);
    const batch = { held: [held()], users: [BOB], cursor: "x", outbox: [waiting("1", 1)], drafts };
    await storage.write(batch);
    expect(await storage.load()).toEqual(batch);
  });

  test("the outbox comes in its order, without what is done", async () => {
    const storage = make();
    await storage.write({ outbox: [waiting("b", 2), waiting("a", 1), waiting("z", 3)] });
    await storage.write({ outboxDone: ["z"] });
    const { outbox } = await storage.load();
    expect(outbox.map(({ client_id }) => client_id)).toEqual(["a", "b"]);
  });

  test("an empty draft is none", async () => {
    const storage = make();
    await storage.write({ drafts: new Map([["c", "x"]]) });
    await storage.write({ drafts: new Map([["c", ""]]) });
    expect((await storage.load()).drafts.size).toBe(0);
  });

  test("the log is read downwards to the first hole, and no further than asked", async () => {
    const storage = make();
    await storage.write({ entries: [1, 3, 4, 5].map((seq) => entry(seq)) });
    expect(await textsOf(storage, 5)).toEqual(["message 5", "message 4", "message 3"]);
    expect(await textsOf(storage, 5, 2)).toEqual(["message 5", "message 4"]);
    expect(await textsOf(storage, 2)).toEqual([]);
    expect(await textsOf(storage, 6)).toEqual([]);
  });

  test("of two states of one place the later change stays, in either order", async () => {
    const storage = make();
    const edited = { ...entry(1, "edited"), changed_seq: 4 };
    await storage.write({ entries: [edited, entry(1, "first")] });
    await storage.write({ entries: [entry(1, "first")] });
    expect(await textsOf(storage, 1)).toEqual(["edited"]);
  });

  test("a change to an earlier message is applied where it is kept", async () => {
    const storage = make();
    const place = { conversation_id: "c", at: 9, actor_id: "bob" };
    const edit = {
      kind: "edit",
      seq: 2,
      target_seq: 1,
      text: "new",
      mentions: [],
      edited_at: 9,
    } as const;
    const ofMissing = { kind: "delete", seq: 3, target_seq: 77 } as const;
    await storage.write({ entries: [entry(1)] });
    await storage.write({
      amendments: [
        { ...place, ...edit },
        { ...place, ...ofMissing },
      ],
    });
    expect(await textsOf(storage, 1)).toEqual(["new"]);
  });

  test("a dropped log and a forgotten conversation go; drafts, unsent messages and other logs stay", async () => {
    const storage = make();
    await storage.write({
      held: [held(), held({ id: "d" })],
      entries: [entry(1), entry(1, "of d", "d")],
      outbox: [waiting("1", 1)],
      drafts: new Map([["c", "x"]]),
    });
    await storage.write({ droppedLogs: ["c"], entries: [entry(9)] });
    expect(await textsOf(storage, 1)).toEqual([]);
    expect(await textsOf(storage, 9)).toEqual(["message 9"]);
    await storage.write({ forgotten: ["c"] });
    const state = await storage.load();
    expect(state.held.map(({ object }) => object.id)).toEqual(["d"]);
    expect(state.outbox).toHaveLength(1);
    expect(state.drafts.get("c")).toBe("x");
    expect(await textsOf(storage, 1, 10, "d")).toEqual(["of d"]);
  });

  test("history is bounded from the conversation's head", async () => {
    const storage = make();
    await storage.write({ entries: [entry(1), entry(2)] });
    await storage.write({ held: [{ ...held(), head: KEPT_LOG + 1 }] });
    expect(await textsOf(storage, 2)).toEqual(["message 2"]);
  });

  test("wiping leaves nothing, or what is unsent alone", async () => {
    const storage = make();
    const drafts = new Map([["c", "x"]]);
    const all = { held: [held()], users: [BOB], cursor: "x", outbox: [waiting("1", 1)], drafts };
    await storage.write({ ...all, entries: [entry(1)] });
    await storage.wipe({ keepUnsent: true });
    expect(await storage.load()).toEqual({ ...all, held: [], users: [], cursor: null });
    expect(await textsOf(storage, 1)).toEqual([]);
    await storage.wipe({ keepUnsent: false });
    expect(await make().load()).toMatchObject({ held: [], outbox: [], drafts: new Map() });
  });
});
