import { version } from "uuid";
import { beforeEach, expect, test } from "vitest";

import { ServerTime } from "../clock.ts";
import { Replica } from "../replica/replica.ts";
import { Journal } from "../storage/journal.ts";
import { memoryStorage } from "../storage/memory.ts";
import type { Command } from "../sync/updates.ts";
import { FakeClock } from "../testing/fakeClock.ts";
import { ANN } from "../testing/objects.ts";
import { Outbox } from "./outbox.ts";
import { WaitingMessages } from "./waiting.ts";

let serverTime: ServerTime;
let told: Command[];
let outbox: Outbox;

beforeEach(() => {
  const clock = new FakeClock();
  serverTime = new ServerTime(clock);
  told = [];
  outbox = new Outbox({
    waiting: new WaitingMessages(new Replica(ANN), () => undefined),
    journal: new Journal(memoryStorage()),
    clock,
    serverTime,
    tellEngine: (command) => told.push(command),
  });
});

const clientIds = (): string[] =>
  told.map((command) => (command.type === "outbox" ? command.entry.client_id : command.type));

test("a client_id tells when the message was written, by the server's clock", async () => {
  serverTime.heard(0x0199_1234_5678);
  await outbox.send("c", "tea?", null);
  await outbox.send("c", "tea?", null);
  const [one, two] = clientIds();
  expect(version(one ?? "")).toBe(7);
  expect(one).toMatch(/^01991234-5678-/);
  expect(two).toMatch(/^01991234-5678-/);
  expect(two).not.toBe(one);
});
