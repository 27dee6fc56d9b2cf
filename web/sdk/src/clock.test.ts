import { expect, test } from "vitest";

import { ServerTime, Timers } from "./clock.ts";
import { FakeClock } from "./testing/fakeClock.ts";

const DAY_MS = 86_400_000;

test("the server's time is right on a device whose clock is wrong by a day, and goes on between answers", async () => {
  const clock = new FakeClock();
  const time = new ServerTime(clock);
  expect(time.now()).toBe(clock.now());
  const server = clock.now() + DAY_MS;
  time.heardRoughly(server);
  expect(Math.abs(time.now() - server)).toBeLessThanOrEqual(500);
  time.heard(server);
  expect(time.now()).toBe(server);
  await clock.advance(1_234);
  expect(time.now()).toBe(server + 1_234);
  time.heardRoughly(server);
  expect(time.now()).toBe(server + 1_234);
});

test("timers that are taken back all at once do not run", async () => {
  const clock = new FakeClock();
  const timers = new Timers(clock);
  let ran = 0;
  timers.after(10, () => ran++);
  timers.after(20, () => ran++);
  await clock.advance(10);
  timers.cancelAll();
  await clock.advance(100);
  expect(ran).toBe(1);
  expect(clock.open).toBe(0);
});
