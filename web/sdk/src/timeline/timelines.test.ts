import { beforeEach, expect, test } from "vitest";

import { api } from "../http/api.ts";
import { Notifier } from "../observable.ts";
import { WaitingMessages } from "../outbox/waiting.ts";
import { Replica } from "../replica/replica.ts";
import { Journal } from "../storage/journal.ts";
import { memoryStorage } from "../storage/memory.ts";
import { FakeClock, settled } from "../testing/fakeClock.ts";
import { ANN, conversation, entry } from "../testing/objects.ts";
import { LogSource } from "./logSource.ts";
import { Timelines } from "./timelines.ts";

const MINUTE_MS = 60_000;

let clock: FakeClock;
let timelines: Timelines;

beforeEach(async () => {
  clock = new FakeClock();
  const storage = memoryStorage();
  await storage.write({ entries: Array.from({ length: 150 }, (_, n) => entry(n + 1)) });
  const replica = new Replica(ANN);
  const object = conversation({ last_seq: 150 });
  replica.apply({ type: "adopted", object, reset: false, live: false });
  const http = api({ server: "http://server", fetch: () => Promise.reject(new Error("no")) });
  const source = new LogSource(http, replica, storage, new Journal(storage));
  const waiting = new WaitingMessages(replica, () => undefined);
  timelines = new Timelines(new Notifier(clock), clock, replica, source, waiting);
});

const loaded = () => timelines.get("c").get().items.length;

test("the newest page is loaded when somebody looks, and the object is the same one", async () => {
  expect(loaded()).toBe(0);
  timelines.get("c").subscribe(() => undefined);
  await settled();
  expect(loaded()).toBe(60);
  expect(timelines.get("c")).toBe(timelines.get("c"));
});

test("one that nobody looks at is let go after a minute, unless somebody comes back", async () => {
  const stop = timelines.get("c").subscribe(() => undefined);
  await settled();
  stop();
  const again = timelines.get("c").subscribe(() => undefined);
  await clock.advance(MINUTE_MS);
  expect(loaded()).toBe(60);
  again();
  await clock.advance(MINUTE_MS - 1);
  expect(loaded()).toBe(60);
  await clock.advance(1);
  expect(loaded()).toBe(0);
});

test("so is one that was only loaded", async () => {
  await timelines.open("c").loadAround(40);
  expect(loaded()).toBe(60);
  await clock.advance(MINUTE_MS);
  expect(loaded()).toBe(0);
});
