import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { UnreadTitle } from "./unreadTitle.ts";

beforeEach(() => {
  vi.useFakeTimers();
  document.title = "Parley";
});
afterEach(() => {
  vi.useRealTimers();
});

test("tells how many wait, without a word about those that are read at once", () => {
  const title = new UnreadTitle();
  title.set(1);
  title.set(0);
  vi.advanceTimersByTime(1000);
  expect(document.title).toBe("Parley");
  title.set(3);
  vi.advanceTimersByTime(1000);
  expect(document.title).toBe("(3) Parley");
  title.set(0);
  vi.advanceTimersByTime(1000);
  expect(document.title).toBe("Parley");
});

test("tells in the middle of a flood too", () => {
  const title = new UnreadTitle();
  for (let unread = 1; unread <= 90; unread++) {
    title.set(unread);
    vi.advanceTimersByTime(10);
  }
  expect(document.title).toMatch(/^\(\d\d\) Parley$/);
});

test("tells nothing of somebody who has gone", () => {
  const title = new UnreadTitle();
  title.set(2);
  vi.advanceTimersByTime(1000);
  title.set(3);
  title.clear();
  vi.advanceTimersByTime(1000);
  expect(document.title).toBe("Parley");
});
