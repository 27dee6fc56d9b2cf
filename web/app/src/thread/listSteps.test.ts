import { expect, test } from "vitest";

import { message, timelineOf } from "../../test/fakeParley.ts";
import { stepsBetween } from "./listSteps.ts";
import { threadRows } from "./rows.ts";

function rows(from: number, to: number) {
  const all = Array.from({ length: to - from + 1 }, (_, index) => message({ seq: from + index }));
  return threadRows(timelineOf(all).items, null);
}

/** Of each step the first and the last message, and whether the list keeps its place from the end. */
function steps(drawn: ReturnType<typeof rows>, wanted: ReturnType<typeof rows>) {
  return stepsBetween(drawn, wanted).map((step) => {
    const seqs = step.rows.flatMap((row) => (row.type === "message" ? [row.message.seq] : []));
    return [seqs[0], seqs.at(-1), step.shift];
  });
}

test("what changes at one end takes one step, at the top counted from the end", () => {
  expect(steps(rows(5, 9), rows(2, 9))).toEqual([[2, 9, true]]);
  expect(steps(rows(5, 9), rows(7, 9))).toEqual([[7, 9, true]]);
  expect(steps(rows(5, 9), rows(5, 12))).toEqual([[5, 12, false]]);
  expect(steps(rows(5, 9), rows(5, 7))).toEqual([[5, 7, false]]);
});

test("a page at the top that cuts the end off takes two steps", () => {
  expect(steps(rows(5, 9), rows(2, 7))).toEqual([
    [2, 9, true],
    [2, 7, false],
  ]);
});

test("a page at the end that cuts the top off takes two steps", () => {
  expect(steps(rows(5, 9), rows(7, 12))).toEqual([
    [7, 9, true],
    [7, 12, false],
  ]);
});

test("somewhere else altogether is drawn as it is", () => {
  expect(steps(rows(5, 9), rows(50, 59))).toEqual([[50, 59, false]]);
  expect(steps(rows(5, 9), [])).toEqual([[undefined, undefined, false]]);
  expect(steps([], rows(5, 9))).toEqual([[5, 9, false]]);
});
