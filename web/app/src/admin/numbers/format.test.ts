import { expect, test } from "vitest";

import { bytes, duration, milliseconds, rate } from "./format.ts";

test.each([
  [0, "0 byte"],
  [999, "999 byte"],
  [1_240_000, "1.24 MB"],
  [8e15, "8,000 TB"],
])("%d bytes are written %s", (count, text) => {
  expect(bytes(count, "en")).toBe(text);
});

test("latencies and rates show what matters of them", () => {
  expect(milliseconds(1.2345, "en")).toBe("1.23 ms");
  expect(rate(3.21, "en")).toBe("3.2");
  expect(rate(1234.5, "en")).toBe("1,235");
});

test("a duration is told in its largest unit, also in Arabic", () => {
  expect(duration(30_000, "en")).toBe("0 minutes");
  expect(duration(3 * 3_600_000, "en")).toBe("3 hours");
  expect(duration(49 * 3_600_000, "en")).toBe("2 days");
  expect(duration(3 * 3_600_000, "ar")).toContain("ساعات");
});
