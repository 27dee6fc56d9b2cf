import { expect, test } from "vitest";

import { ago } from "./ago.ts";

const NOW = Date.UTC(2026, 10, 26, 12, 0);
const MINUTE = 60_000;

test.each([
  [0, "now"],
  [59_999, "now"],
  [MINUTE, "1 minute ago"],
  [5.9 * MINUTE, "5 minutes ago"],
  [60 * MINUTE, "1 hour ago"],
  [23 * 60 * MINUTE, "23 hours ago"],
  [24 * 60 * MINUTE, "yesterday"],
  [5 * 24 * 60 * MINUTE, "5 days ago"],
  // The other's clock, or ours, is not right.
  [-10 * MINUTE, "now"],
])("%d ms before now is %s", (ms, words) => {
  expect(ago(NOW - ms, NOW, "en")).toBe(words);
});

test("in Arabic too", () => {
  expect(ago(NOW - 5 * MINUTE, NOW, "ar")).toContain("دقائق");
});
