import { expect, test } from "vitest";

import { message, timelineOf, user } from "../../test/fakeParley.ts";
import { seenBy, threadRows } from "./rows.ts";

const NOON = new Date(2026, 10, 25, 12).getTime();
const MINUTE = 60_000;

function at(seq: number, minutes: number, sender_id = "ann") {
  return message({ seq, sender_id, sent_at: NOON + minutes * MINUTE });
}

test("a run of one person is one group until a silence, another person or another day", () => {
  const messages = [at(1, 0), at(2, 1), at(3, 20), at(4, 21, "bo"), at(5, 24 * 60, "bo")];
  const rows = threadRows(timelineOf(messages).items, null);
  expect(rows.map((row) => row.type)).toEqual([
    "day",
    "message",
    "message",
    "message",
    "message",
    "day",
    "message",
  ]);
  const places = rows.filter((row) => row.type === "message").map((row) => [row.first, row.last]);
  expect(places).toEqual([
    [true, false],
    [false, true],
    [true, true],
    [true, true],
    [true, true],
  ]);
});

test("the divider stands once, before the first unread message", () => {
  const rows = threadRows(timelineOf([at(1, 0), at(2, 1), at(3, 2)]).items, 1);
  expect(rows.map((row) => row.type)).toEqual(["day", "message", "unread", "message", "message"]);
});

test("only the rows that change are new objects", () => {
  const [first, second, third] = [at(1, 0), at(2, 1), at(3, 2)];
  const before = threadRows(timelineOf([first, second]).items, null);
  const after = threadRows(timelineOf([first, second, third]).items, null);
  expect(after[1]).toBe(before[1]);
  // It was the last of its run, and is not any more.
  expect(after[2]).not.toBe(before[2]);
});

test("each person is shown under the last message that they have read, never under their own", () => {
  const { items } = timelineOf([at(1, 0), at(2, 1), at(3, 2, "cy")]);
  const member = (id: string, read_seq: number) => ({
    user: user(id, id),
    role: "member" as const,
    joined_at: 0,
    read_seq,
    delivered_seq: read_seq,
  });
  const seen = seenBy(items, [member("ann", 3), member("bo", 2), member("cy", 3)], "ann");
  expect([...seen].map(([key, members]) => [key, members.map((each) => each.user.id)])).toEqual([
    ["client-2", ["bo"]],
  ]);
});

test("what was read and lies before what is loaded leaves no divider in the middle of the unread", () => {
  const items = timelineOf([message({ seq: 50 }), message({ seq: 51 })]).items;
  expect(threadRows(items, 3, true).some((row) => row.type === "unread")).toBe(false);
  expect(threadRows(items, 3, false).some((row) => row.type === "unread")).toBe(true);
});
