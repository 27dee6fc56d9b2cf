import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { forgetLastWords, LastWords } from "./lastWords.ts";

/** As much of localStorage as is used: its keys are its properties. */
function fakeStorage(): Storage {
  const hidden = { enumerable: false };
  return Object.defineProperties({} as Storage, {
    getItem: {
      ...hidden,
      value: (key: string): unknown => (Object.hasOwn(kept, key) ? kept[key] : null),
    },
    setItem: { ...hidden, value: (key: string, value: string) => (kept[key] = value) },
    removeItem: { ...hidden, value: (key: string) => Reflect.deleteProperty(kept, key) },
  });
}
let kept: Storage;

beforeEach(() => {
  kept = fakeStorage();
  vi.stubGlobal("localStorage", kept);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("what is kept is there for the next page, the newest of each conversation", () => {
  new LastWords("ann").keep(new Map([["c", "hal"], ["d", ""]])); // prettier-ignore
  new LastWords("ann").keep(new Map([["c", "half"]]));
  expect([...new LastWords("ann").read()]).toEqual([["c", "half"], ["d", ""]]); // prettier-ignore
  expect(new LastWords("bob").read().size).toBe(0);
});

test("what the database has is dropped, a newer text and other conversations' stay", () => {
  const words = new LastWords("ann");
  words.keep(new Map([["d", "else"]]));
  expect(words.read(new Map([["c", ""]])).size).toBe(0);
  words.drop(new Map([["d", "else"]]));
  words.keep(new Map([["c", "half a"]]));
  words.drop(new Map([["c", "half"]]));
  expect(words.read().get("c")).toBe("half a");
  words.drop(new Map([["c", "half a"]]));
  expect(Object.keys(kept)).toEqual([]);
});

test("whoever leaves leaves none, and forgetting the device takes everybody's alone", () => {
  const words = new LastWords("ann");
  words.keep(new Map([["c", "half"]]));
  words.forget();
  expect(Object.keys(kept)).toEqual([]);
  words.keep(new Map([["c", "half"]]));
  kept.setItem("theme", "dark");
  forgetLastWords();
  expect(Object.keys(kept)).toEqual(["theme"]);
});

test("without such a place, and with nonsense in it, there are none", () => {
  const words = new LastWords("ann");
  for (const nonsense of ["{", "7", '[1, ["c"], ["c", 2]]']) {
    kept.setItem("parley-last-words-ann", nonsense);
    expect(words.read().size).toBe(0);
  }
  vi.stubGlobal("localStorage", undefined);
  words.keep(new Map([["c", "half"]]));
  words.forget();
  forgetLastWords();
  expect(words.read().size).toBe(0);
});
