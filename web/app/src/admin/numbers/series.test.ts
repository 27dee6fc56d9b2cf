import { expect, test } from "vitest";

import { areaPath, type Frame, linePath, nearest, type Point, rangeOf, roundUp } from "./series.ts";

const frame: Frame = { from: 0, to: 100, top: 10, width: 200, height: 50 };

function points(...values: readonly (number | null)[]): readonly Point[] {
  return values.map((value, index) => ({ at: index * 50, value }));
}

test.each([
  [0, 1],
  [1, 1],
  [3, 5],
  [10, 10],
  [11, 20],
  [0.03, 0.05],
  [700, 1000],
])("an axis for %d ends at %d", (value, end) => {
  expect(roundUp(value)).toBeCloseTo(end);
});

test("a line goes from the oldest at the beginning to the newest at the end, with 0 at the bottom", () => {
  expect(linePath(points(0, 10, 5), frame)).toBe("M0 50L100 0L200 25");
});

test("where nothing was measured the line has a gap, and what stands alone is a dot", () => {
  expect(linePath(points(5, null, 5), frame)).toBe("M0 25h0M200 25h0");
  expect(areaPath(points(5, null, 5), frame)).toBe("");
  expect(linePath(points(null, null), frame)).toBe("");
});

test("what is older than the frame, and what is over its top, stays within it", () => {
  const early = [{ at: -50, value: 5 }, ...points(20)];
  expect(linePath(early, frame)).toBe("M0 0h0");
});

test("the area closes at the bottom", () => {
  expect(areaPath(points(10, 10), frame)).toBe("M0 50L0 0L100 0L100 50Z");
});

test("the range leaves out what was not measured", () => {
  expect(rangeOf(points(3, null, 7))).toEqual([3, 7]);
  expect(rangeOf(points(null))).toBeNull();
});

test.each([
  [-5, 0],
  [4, 0],
  [6, 1],
  [10, 1],
  [99, 2],
])("the time nearest to %d is found", (at, index) => {
  expect(nearest([0, 10, 20], at)).toBe(index);
});
