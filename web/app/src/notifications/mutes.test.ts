import { beforeEach, expect, test } from "vitest";

import { conversation } from "../../test/fakeParley.ts";
import { FOREVER, forgetMutes, isQuiet, mute, mutes } from "./mutes.ts";

const NOW = 1000;

beforeEach(() => {
  forgetMutes();
});

test("a conversation is quiet until the time that was chosen", () => {
  mute("c1", NOW + 1);
  expect(isQuiet(conversation(), mutes.get(), NOW)).toBe(true);
  expect(isQuiet(conversation(), mutes.get(), NOW + 1)).toBe(false);
  expect(isQuiet(conversation({ id: "c2" }), mutes.get(), NOW)).toBe(false);
  mute("c1", FOREVER);
  expect(isQuiet(conversation(), mutes.get(), Date.UTC(2500, 0))).toBe(true);
  mute("c1", null);
  expect(isQuiet(conversation(), mutes.get(), NOW)).toBe(false);
});

test("what was chosen on the server counts too", () => {
  expect(isQuiet(conversation({ muted_until: NOW + 1 }), mutes.get(), NOW)).toBe(true);
  expect(isQuiet(conversation({ notify: "none" }), mutes.get(), NOW)).toBe(true);
});

test("another tab's choice is heard; what is no choice is none", () => {
  localStorage.setItem("parley.muted", '{"c1":5,"c2":"x"}');
  window.dispatchEvent(new StorageEvent("storage", { key: "parley.muted" }));
  expect([...mutes.get()]).toEqual([["c1", 5]]);
  localStorage.setItem("parley.muted", "[");
  window.dispatchEvent(new StorageEvent("storage", { key: "parley.muted" }));
  expect(mutes.get().size).toBe(0);
});
