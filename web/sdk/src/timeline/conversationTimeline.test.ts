import { beforeEach, describe, expect, test } from "vitest";

import { api } from "../http/api.ts";
import { WaitingMessages } from "../outbox/waiting.ts";
import { Replica } from "../replica/replica.ts";
import { Journal } from "../storage/journal.ts";
import { memoryStorage } from "../storage/memory.ts";
import type { Storage } from "../storage/storage.ts";
import { settled } from "../testing/fakeClock.ts";
import { ANN, conversation, entry, said, waiting } from "../testing/objects.ts";
import { ConversationTimeline } from "./conversationTimeline.ts";
import { LogSource } from "./logSource.ts";

let storage: Storage;
let replica: Replica;
let outbox: WaitingMessages;
let timeline: ConversationTimeline;
let calls: string[];
let answer: (url: URL) => Response;

beforeEach(() => {
  storage = memoryStorage();
  replica = new Replica(ANN);
  outbox = new WaitingMessages(replica, () => undefined);
  calls = [];
  answer = () => {
    throw new TypeError("no network");
  };
  const http = api({
    server: "http://server",
    token: "t",
    fetch: (request) => {
      const url = new URL((request as Request).url);
      calls.push(`${url.pathname}${url.search}`);
      return new Promise((resolve) => {
        resolve(answer(url));
      });
    },
  });
  const source = new LogSource(http, replica, storage, new Journal(storage));
  timeline = new ConversationTimeline("c", replica, source, outbox, () => undefined);
});

/** Holds the conversation up to `head`; its log from `from` on is on the device. */
async function hold(head: number, from = 1): Promise<void> {
  const object = conversation({ last_seq: head });
  replica.apply({ type: "adopted", object, reset: false, live: false });
  const entries = Array.from({ length: head - from + 1 }, (_, n) => entry(from + n));
  await storage.write({ entries });
}

function live(seq: number): void {
  const change = said(seq);
  replica.apply({ type: "changed", change, live: true });
  timeline.onChange(change);
}

const shown = () => {
  const { items, has_older, has_newer } = timeline.snapshot();
  return [items[0]?.key, items.at(-1)?.key, has_older, has_newer];
};

/** A server whose log has messages up to `head`. */
function logOf(head: number) {
  return (url: URL): Response => {
    const after = Number(url.searchParams.get("after"));
    const count = Math.min(Number(url.searchParams.get("limit")), head - after);
    const items = Array.from({ length: count }, (_, n) => said(after + 1 + n));
    return Response.json({ items, last_seq: head, reset: false });
  };
}

test("what the device keeps is shown without a network, and read back to its first", async () => {
  await hold(150);
  timeline.show();
  await settled();
  expect(shown()).toEqual(["91", "150", true, false]);
  await timeline.loadOlder();
  await timeline.loadOlder();
  expect(shown()).toEqual(["1", "150", false, false]);
  expect(calls).toEqual([]);
});

test("what the device does not have is asked for, and kept", async () => {
  await hold(150, 140);
  answer = logOf(150);
  timeline.show();
  await settled();
  expect(shown()).toEqual(["140", "150", true, false]);
  await timeline.loadOlder();
  expect(shown()).toEqual(["80", "150", true, false]);
  expect(calls).toEqual(["/v1/conversations/c/changes?after=79&limit=60"]);
  expect(await storage.readLog("c", 139, 100)).toHaveLength(60);
});

test("a load that fails says so, and the next one mends it", async () => {
  await hold(150, 140);
  timeline.show();
  await settled();
  await timeline.loadOlder();
  expect(timeline.snapshot()).toMatchObject({ error: { code: "network" }, loading: null });
  answer = logOf(150);
  await timeline.loadOlder();
  expect(timeline.snapshot().error).toBeNull();
  expect(shown()).toEqual(["80", "150", true, false]);
});

test("a page that changes have overtaken has them in it", async () => {
  await hold(150, 150);
  timeline.show();
  await settled();
  const gone = { conversation_id: "c", seq: 151, at: 9, actor_id: "bob" };
  const change = { ...gone, kind: "delete", target_seq: 120 } as const;
  answer = (url) => {
    if (url.searchParams.get("after") === "150") {
      return Response.json({ items: [change], last_seq: 151, reset: false });
    }
    // Meanwhile, and before this answer.
    replica.apply({ type: "changed", change, live: true });
    timeline.onChange(change);
    return logOf(150)(url);
  };
  await timeline.loadOlder();
  expect(timeline.messageAt(120)).toMatchObject({ deleted_at: 9, text: "" });
  expect(await storage.readLog("c", 120, 1)).toMatchObject([{ changed_seq: 151 }]);
});

describe("one's own waiting messages", () => {
  test("stand at the end, and keep their key when they get their place", async () => {
    await hold(5);
    timeline.show();
    await settled();
    outbox.load([waiting("client-6", 1)]);
    expect(shown()).toEqual(["1", "client-6", false, false]);
    const change = said(6, "mine", { sender: "ann" });
    replica.apply({ type: "changed", change, live: true });
    timeline.onChange(change);
    const { items } = timeline.snapshot();
    expect(items.map(({ key }) => key)).toEqual(["1", "2", "3", "4", "5", "client-6"]);
  });

  test("are not drawn where newer ones are not loaded", async () => {
    await hold(500);
    await timeline.loadAround(100);
    outbox.load([waiting("a", 1)]);
    expect(shown()).toEqual(["70", "129", true, true]);
    await timeline.loadLatest();
    expect(shown()).toEqual(["441", "a", true, false]);
  });
});

describe("after a reset", () => {
  async function reset(head: number): Promise<void> {
    answer = logOf(head);
    await storage.write({ droppedLogs: ["c"] });
    const object = conversation({ last_seq: head });
    replica.apply({ type: "adopted", object, reset: true, live: false });
    timeline.onAdopted(true, true);
    await settled();
    await settled();
  }

  test("who looked at the end sees the end", async () => {
    await hold(100);
    timeline.show();
    await settled();
    await reset(900);
    expect(shown()).toEqual(["841", "900", true, false]);
  });

  test("who read further up stays there", async () => {
    await hold(500);
    await timeline.loadAround(100);
    await reset(900);
    expect(shown()).toEqual(["69", "128", true, true]);
  });
});

test("a stretch does not grow for ever: the end that is further away is let go", async () => {
  await hold(10);
  timeline.show();
  await settled();
  for (let seq = 11; seq <= 5_000; seq++) live(seq);
  const { items, has_older, has_newer } = timeline.snapshot();
  expect(items.length).toBeLessThanOrEqual(3_000);
  expect([items.at(-1)?.key, has_older, has_newer]).toEqual(["5000", true, false]);
  answer = logOf(5_000);
  while (timeline.snapshot().has_older) await timeline.loadOlder();
  const back = timeline.snapshot();
  expect(back.items.length).toBeLessThanOrEqual(3_000);
  expect([back.items[0]?.key, back.has_newer]).toEqual(["1", true]);
});
