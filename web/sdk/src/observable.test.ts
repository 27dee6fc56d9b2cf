import { beforeEach, expect, test, vi } from "vitest";

import { Notifier, Value, View } from "./observable.ts";
import { FakeClock, settled } from "./testing/fakeClock.ts";

let clock: FakeClock;
let notifier: Notifier;

beforeEach(() => {
  clock = new FakeClock();
  notifier = new Notifier(clock);
});

test("a thousand changes in a second are told some sixty times, the first at once, the last one too", async () => {
  const value = new Value(notifier, 0);
  const heard: number[] = [];
  value.subscribe(() => heard.push(value.get()));
  value.set(1);
  await settled();
  expect(heard).toEqual([1]);
  for (let n = 2; n <= 1_000; n++) {
    value.set(n);
    await clock.advance(1);
  }
  await clock.advance(100);
  expect(heard.at(-1)).toBe(1_000);
  expect(heard.length).toBeLessThan(70);
});

test("many changes of one turn are told once", async () => {
  const listener = vi.fn();
  const views = [1, 2, 3].map(() => new View(notifier, () => ({})));
  for (const view of views) view.subscribe(listener);
  for (let n = 0; n < 1_000; n++) for (const view of views) view.invalidate();
  await settled();
  expect(listener).toHaveBeenCalledTimes(3);
});

test("the same value is no change", async () => {
  const value = new Value(notifier, "a");
  const listener = vi.fn();
  value.subscribe(listener);
  value.set("a");
  await settled();
  expect(listener).not.toHaveBeenCalled();
});

test("a view is made when somebody looks, and is the same object until it changes", () => {
  const make = vi.fn(() => ({}));
  const view = new View(notifier, make);
  expect(make).not.toHaveBeenCalled();
  const first = view.get();
  expect(view.get()).toBe(first);
  view.invalidate();
  expect(view.get()).not.toBe(first);
  expect(make).toHaveBeenCalledTimes(2);
});

test("the first listener and the last one are noticed; one that is given twice counts twice", () => {
  const last = vi.fn();
  const first = vi.fn(() => last);
  const value = new Value(notifier, 0, first);
  const listener = (): void => undefined;
  const stops = [value.subscribe(listener), value.subscribe(listener)];
  expect(first).toHaveBeenCalledTimes(1);
  stops[0]?.();
  stops[0]?.();
  expect(last).not.toHaveBeenCalled();
  stops[1]?.();
  expect(last).toHaveBeenCalledTimes(1);
});
