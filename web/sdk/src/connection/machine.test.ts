import { describe, expect, test } from "vitest";

import { type Effect, type Happening, type State, step, waitBefore } from "./machine.ts";

/** The state after these happenings, and all effects on the way. Time stands still unless `at` says so. */
function run(happenings: readonly Happening[], { random = 0.5, at = 0 } = {}) {
  let state: State = { is: "stopped" };
  const effects: Effect[] = [];
  for (const happening of happenings) {
    const next = step(state, happening, { now: at, random });
    ({ state } = next);
    effects.push(...next.effects);
  }
  return { state, effects };
}

const start = { type: "start", offline: false } as const;
const ready = { type: "ready" } as const;
const synced = { type: "synced" } as const;
const closed = (code = 1006): Happening => ({ type: "closed", code, reason: "" });
const time = { type: "time" } as const;

describe("waits", () => {
  test("have full jitter below a ceiling that doubles from 0.5 s to 30 s", () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((attempt) => waitBefore(attempt, 1));
    expect(ceilings).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(waitBefore(3, 0)).toBe(0);
    expect(waitBefore(3, 0.25)).toBe(500);
  });

  test("grow while connections fail", () => {
    const { state } = run([start, closed(), time, closed(), time, closed()]);
    expect(state).toEqual({ is: "waiting", attempt: 3, wait_ms: 1000, offline: false });
  });

  test("go on growing after a connection that was live for a moment only", () => {
    const { state } = run([start, closed(), time, ready, synced, closed()]);
    expect(state).toMatchObject({ is: "waiting", attempt: 2 });
  });

  test("begin anew after one that was live for a while", () => {
    const live: State = { is: "live", attempt: 7, since: 0 };
    const { state } = step(live, closed(), { now: 60_000, random: 0.5 });
    expect(state).toMatchObject({ is: "waiting", attempt: 1, wait_ms: 250 });
  });

  test.each([1012, 1013])("are short where the server sends one away (%i)", (code) => {
    const live: State = { is: "live", attempt: 0, since: 0 };
    const { state } = step(live, closed(code), { now: 60_000, random: 0.999 });
    expect(state).toMatchObject({ is: "waiting", wait_ms: 1998 });
  });

  test("are not short for ever, where it does so again and again", () => {
    const connecting: State = { is: "connecting", attempt: 6 };
    const { state } = step(connecting, closed(1012), { now: 0, random: 1 });
    expect(state).toMatchObject({ wait_ms: 30_000 });
  });

  test("are long after being too fast", () => {
    const live: State = { is: "live", attempt: 0, since: 0 };
    const { state } = step(live, closed(4008), { now: 60_000, random: 0 });
    expect(state).toMatchObject({ is: "waiting", wait_ms: 5000 });
  });
});

describe("a connection", () => {
  test("opens, syncs, is live", () => {
    expect(run([start]).state.is).toBe("connecting");
    expect(run([start, ready]).state.is).toBe("syncing");
    expect(run([start, ready, synced])).toMatchObject({
      state: { is: "live" },
      effects: [{ do: "open" }],
    });
  });

  test("is over when signed out, whatever comes then", () => {
    const { state, effects } = run([start, ready, synced, closed(4001)]);
    expect(state.is).toBe("signed_out");
    const after = step(state, { type: "wake" }, { now: 0, random: 0 });
    expect(after).toEqual({ state, effects: [] });
    expect(effects).toEqual([{ do: "open" }]);
  });

  test("waits for the network where the device has none", () => {
    const offline = run([{ type: "start", offline: true }]);
    expect(offline).toMatchObject({ state: { is: "waiting", offline: true }, effects: [] });
    expect(run([{ type: "start", offline: true }, time]).state.is).toBe("waiting");
    const online = run([{ type: "start", offline: true }, { type: "online" }]);
    expect(online).toMatchObject({ state: { is: "connecting" }, effects: [{ do: "open" }] });
  });

  test("lets its socket go when the device loses the network", () => {
    const { state, effects } = run([start, ready, synced, { type: "offline" }]);
    expect(state).toMatchObject({ is: "waiting", offline: true });
    expect(effects.at(-1)).toEqual({ do: "close", code: 1000 });
  });

  test("is tried at once when somebody looks", () => {
    const { state, effects } = run([start, closed(), { type: "wake" }]);
    expect(state.is).toBe("connecting");
    expect(effects.map((effect) => effect.do)).toEqual(["open", "wait", "open"]);
  });

  test("that is live is checked when somebody looks", () => {
    const { state, effects } = run([start, ready, synced, { type: "wake" }]);
    expect(state.is).toBe("live");
    expect(effects.at(-1)).toEqual({ do: "check" });
  });

  test("stops from every state", () => {
    for (const before of [[], [start], [start, ready, synced], [start, closed()]]) {
      const { state, effects } = run([...before, { type: "stop" }]);
      expect(state.is).toBe("stopped");
      expect(effects.at(-1)).toMatchObject({ do: "close" });
    }
  });
});
