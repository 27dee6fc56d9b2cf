import { beforeEach, expect, test } from "vitest";

import { Replica } from "../replica/replica.ts";
import { ANN, conversation, said, waiting } from "../testing/objects.ts";
import { WaitingMessages } from "./waiting.ts";

let replica: Replica;
let messages: WaitingMessages;
let changes: string[];

beforeEach(() => {
  replica = new Replica(ANN);
  changes = [];
  messages = new WaitingMessages(replica, (id) => changes.push(id));
  replica.apply({ type: "adopted", object: conversation(), reset: false, live: false });
});

const acked = (client_id: string, seq: number) =>
  ({ type: "acked", client_id, seq, id: `id-${seq}`, sent_at: 5 }) as const;
const mine = (seq: number) => said(seq, "mine", { sender: "ann" });
const shown = () => messages.of("c").map(({ client_id, seq }) => [client_id, seq]);

test("drawn in the order in which they were written, and sending while there is a connection", () => {
  messages.load([waiting("b", 2), waiting("a", 1)]);
  expect(shown()).toEqual([
    ["a", null],
    ["b", null],
  ]);
  expect(messages.of("c")[0]?.sending).toEqual({ state: "sending", error: null });
  messages.onStatus({ state: "waiting", retry_at: 0, offline: true });
  expect(messages.of("c")[0]?.sending).toEqual({ state: "queued", error: null });
  expect(changes).toContain("c");
});

test("the same object as long as nothing changed", () => {
  messages.load([waiting("a", 1)]);
  expect(messages.of("c")[0]).toBe(messages.of("c")[0]);
});

test("the ack first, the change then: acknowledged between, and never shown twice", () => {
  messages.load([waiting("client-2", 1)]);
  messages.apply(acked("client-2", 2));
  expect(messages.of("c")).toMatchObject([{ client_id: "client-2", seq: 2, sending: null }]);
  expect(messages.all()).toEqual([]);
  replica.apply({ type: "changed", change: mine(2), live: true });
  expect(shown()).toEqual([]);
});

test("the change first, the ack then", () => {
  messages.load([waiting("client-2", 1)]);
  replica.apply({ type: "changed", change: mine(2), live: true });
  expect(shown()).toEqual([]);
  messages.apply(acked("client-2", 2));
  expect(shown()).toEqual([]);
});

test("a late word of another tab brings nothing back that is acknowledged", () => {
  messages.load([waiting("client-2", 1)]);
  messages.apply(acked("client-2", 2));
  messages.apply({ type: "put", entry: waiting("client-2", 1) });
  expect(messages.all()).toEqual([]);
});

test("discarded is gone", () => {
  messages.load([waiting("a", 1)]);
  messages.apply({ type: "discarded", client_id: "a" });
  expect(shown()).toEqual([]);
});
