import { expect, test } from "vitest";

import { roomIn } from "./room.ts";

test("far from the limit nothing is told", () => {
  expect(roomIn("", 100)).toEqual({ left: null, excess: 0 });
  expect(roomIn("a".repeat(89), 100)).toEqual({ left: null, excess: 0 });
});

test("near it, what is left, in characters of the kind that one writes", () => {
  expect(roomIn("a".repeat(90), 100)).toEqual({ left: 10, excess: 0 });
  expect(roomIn("ä".repeat(46), 100)).toEqual({ left: 4, excess: 0 });
  expect(roomIn("a".repeat(100), 100)).toEqual({ left: 0, excess: 0 });
});

test("beyond it, how many are too many, by what a person counts", () => {
  expect(roomIn("a".repeat(103), 100).excess).toBe(3);
  expect(roomIn("a".repeat(100) + "👩‍👩‍👧‍👦👍🏽", 100).excess).toBe(2);
  // Half of a character does not fit.
  expect(roomIn("a".repeat(99) + "ä", 100).excess).toBe(1);
});

test("of a whole book too", () => {
  expect(roomIn("word ".repeat(400_000), 20_000).excess).toBe(1_980_000);
});
