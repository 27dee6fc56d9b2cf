import { beforeEach, describe, expect, test } from "vitest";

import { Replica } from "../replica/replica.ts";
import { FakeClock } from "../testing/fakeClock.ts";
import { ANN, said } from "../testing/objects.ts";
import { TypingPeople, TypingSignals } from "./typing.ts";

let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
});

describe("others who type", () => {
  let replica: Replica;
  let people: TypingPeople;

  beforeEach(() => {
    replica = new Replica(ANN);
    people = new TypingPeople(clock, replica, () => undefined);
  });

  function typing(user_id: string, active = true): void {
    replica.apply({ type: "typing", conversation_id: "c", user_id, active });
  }

  test("are forgotten after six seconds, unless they say so again", async () => {
    typing("bob");
    await clock.advance(4_000);
    typing("bob");
    await clock.advance(5_999);
    expect(people.of("c")).toEqual(["bob"]);
    await clock.advance(1);
    expect(people.of("c")).toEqual([]);
    expect(clock.open).toBe(0);
  });

  test("have stopped when they say so, and when their message comes", () => {
    typing("bob");
    typing("cyd");
    typing("bob", false);
    expect(people.of("c")).toEqual(["cyd"]);
    replica.apply({ type: "changed", change: said(2, "", { sender: "cyd" }), live: true });
    expect(people.of("c")).toEqual([]);
  });

  test("are never oneself", () => {
    typing("ann");
    expect(people.of("c")).toEqual([]);
  });
});

describe("that one types", () => {
  let told: boolean[];
  let signals: TypingSignals;

  beforeEach(() => {
    told = [];
    signals = new TypingSignals(clock, (_id, active) => told.push(active));
  });

  test("is told at the first key, every few seconds, and when it ended by itself", async () => {
    for (let key = 0; key < 80; key++) {
      signals.set("c", true);
      await clock.advance(100);
    }
    expect(told).toEqual([true, true]);
    await clock.advance(10_000);
    expect(told).toEqual([true, true, false]);
  });

  test("has ended with the message, which tells it by itself", async () => {
    signals.set("c", true);
    signals.sent("c");
    await clock.advance(10_000);
    expect(told).toEqual([true]);
  });

  test("is told anew once there is a connection, while it is so", async () => {
    signals.repeat();
    expect(told).toEqual([]);
    signals.set("c", true);
    signals.repeat();
    expect(told).toEqual([true, true]);
    signals.set("c", false);
    signals.repeat();
    expect(told).toEqual([true, true, false]);
    await clock.advance(10_000);
    expect(told).toEqual([true, true, false]);
  });
});
