import { expect, test } from "vitest";

import { readUpTo, withChange } from "../replica/held.ts";
import { held, said } from "../testing/objects.ts";
import { Positions } from "./positions.ts";

const received = withChange(held(), said(2), "ann");
const read = readUpTo(received, 2);

test("what was received is told once, and what was read tells both", () => {
  const positions = new Positions();
  positions.touch("c");
  const conversations = new Map([["c", received]]);
  expect(positions.takeDue(conversations, 10)).toEqual([
    { type: "delivered", conversation_id: "c", seq: 2 },
  ]);
  positions.touch("c");
  expect(positions.takeDue(conversations, 10)).toEqual([]);
  conversations.set("c", read);
  positions.touch("c");
  expect(positions.takeDue(conversations, 10)).toEqual([
    { type: "read", conversation_id: "c", seq: 2 },
  ]);
});

test("on each new connection everything is told that the server does not show to know", () => {
  const positions = new Positions();
  const conversations = new Map([["c", read]]);
  for (let connection = 0; connection < 2; connection++) {
    positions.onConnected(conversations.keys());
    expect(positions.takeDue(conversations, 10)).toHaveLength(1);
  }
  conversations.set("c", { ...read, known_read: 2, known_delivered: 2 });
  positions.onConnected(conversations.keys());
  expect(positions.takeDue(conversations, 10)).toEqual([]);
});

test("thousands are told in portions", () => {
  const positions = new Positions();
  const conversations = new Map(Array.from({ length: 250 }, (_, n) => [`c${n}`, read] as const));
  positions.onConnected(conversations.keys());
  const portions: number[] = [];
  while (positions.hasDue) portions.push(positions.takeDue(conversations, 100).length);
  expect(portions).toEqual([100, 100, 50]);
});
