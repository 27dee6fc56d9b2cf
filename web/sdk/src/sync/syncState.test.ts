import { describe, expect, test } from "vitest";

import { conversation, said } from "../testing/objects.ts";
import { type Question, type SyncAction, SyncState } from "./syncState.ts";

const sync = (fields: object = {}) =>
  ({ type: "sync", conversations: [], left: [], cursor: "new", more: false, ...fields }) as const;
const FAILED = { error: { code: "network", detail: "gone", retry_after_ms: null, errors: [] } };

/** Live, holding conversation "c" up to `head`. */
function live(head = 5): SyncState {
  const state = new SyncState([["c", head]], "old");
  state.onReady("ready");
  state.onSync(sync());
  return state;
}

/** What is told, shortly: "changed 6", "adopted 9 reset". */
function told(actions: readonly SyncAction[]): string[] {
  return actions.flatMap((action) => {
    if (action.do !== "tell") return [];
    const { event } = action;
    if (event.type === "changed") return [`changed ${event.change.seq}`];
    if (event.type === "adopted") {
      return [`adopted ${event.object.last_seq}${event.reset ? " reset" : ""}`];
    }
    return [event.type];
  });
}

function asked<Ask extends Question["ask"]>(actions: readonly SyncAction[], ask: Ask) {
  for (const action of actions) {
    if (action.do === "ask" && action.question.ask === ask) {
      return action.question as Extract<Question, { ask: Ask }>;
    }
  }
  throw new Error(`${ask} was not asked for: ${JSON.stringify(actions)}`);
}

const page = (seqs: readonly number[], last_seq: number) => ({
  value: { items: seqs.map((seq) => said(seq)), last_seq, reset: false },
});

describe("rule 1: the next is applied, lower ones are dropped, for higher ones the log is asked", () => {
  test("in order", () => {
    const state = live(5);
    expect(told(state.onChange(said(6)))).toEqual(["changed 6"]);
    expect(told(state.onChange(said(6)))).toEqual([]);
    expect(told(state.onChange(said(3)))).toEqual([]);
    expect(state.have("c")).toBe(6);
  });

  test("a hole is read from the log, once, and on until its end", () => {
    const state = live(5);
    const question = asked(state.onChange(said(9)), "changes");
    expect(question).toMatchObject({ conversation_id: "c", after: 5 });
    expect(state.onChange(said(10))).toEqual([]);
    const actions = state.onChanges(question, page([6, 7], 10));
    expect(told(actions)).toEqual(["changed 6", "changed 7"]);
    const next = asked(actions, "changes");
    expect(next.after).toBe(7);
    expect(told(state.onChanges(next, page([8, 9, 10], 10)))).toHaveLength(3);
    expect(state.have("c")).toBe(10);
  });

  test("an answer to an outdated question changes nothing", () => {
    const state = live(5);
    const question = asked(state.onChange(said(9)), "changes");
    state.onDisconnected();
    expect(state.onChanges(question, page([6], 9))).toEqual([]);
    expect(state.have("c")).toBe(5);
  });

  test("a log that cannot be had is left to the next resume", () => {
    const state = live(5);
    const question = asked(state.onChange(said(9)), "changes");
    expect(state.onChanges(question, FAILED)).toMatchObject([{ do: "reconnect" }]);
  });

  test("a server that does not have what it announced is not asked in a circle", () => {
    const state = live(5);
    const question = asked(state.onChange(said(9)), "changes");
    expect(state.onChanges(question, page([], 9))).toMatchObject([{ do: "reconnect" }]);
  });

  test("too far behind, the object is asked for", () => {
    const state = live(5);
    const question = asked(state.onChange(said(5 + 501)), "conversation");
    const object = conversation({ last_seq: 600 });
    expect(told(state.onConversation(question, { value: object }))).toEqual(["adopted 600 reset"]);
  });
});

describe("rules 2 to 4: resume", () => {
  test("without a cursor the list tells what there is; the resume goes from before the list", () => {
    const state = new SyncState([], null);
    const question = asked(state.onReady("at ready"), "list");
    const actions = state.onList(question.ticket, { value: [conversation({ last_seq: 7 })] });
    expect(told(actions)).toEqual(["adopted 7"]);
    const resume = { type: "resume", cursor: "at ready", heads: { c: 7 }, more: false };
    expect(actions.at(-1)).toEqual({ do: "send", frame: resume });
  });

  test("a list that takes longer than the connection lasts is used on the next one", () => {
    const state = new SyncState([], null);
    const question = asked(state.onReady("at ready"), "list");
    state.onDisconnected();
    expect(state.onReady("later")).toEqual([]);
    state.onDisconnected();
    const listed = state.onList(question.ticket, { value: [conversation({ last_seq: 7 })] });
    expect(listed.map((action) => action.do)).toEqual(["tell"]);
    const resume = { type: "resume", cursor: "at ready", heads: { c: 7 }, more: false };
    expect(state.onReady("later still")).toEqual([{ do: "send", frame: resume }]);
  });

  test("a list that did not come is asked for on the next connection", () => {
    const state = new SyncState([], null);
    const question = asked(state.onReady("at ready"), "list");
    expect(state.onList(question.ticket, FAILED)).toMatchObject([{ do: "reconnect" }]);
    state.onDisconnected();
    asked(state.onReady("later"), "list");
  });

  test("heads and cursor are sent, more than a thousand in several frames", () => {
    const heads = Array.from({ length: 2_001 }, (_, n) => [`c${n}`, n] as const);
    const frames = new SyncState(heads, "kept").onReady("ready");
    const sent = frames.map((action) => {
      if (action.do !== "send" || action.frame.type !== "resume") throw new Error("no resume");
      const { cursor, heads: named, more } = action.frame;
      return [cursor, Object.keys(named ?? {}).length, more];
    });
    expect(sent).toEqual([
      ["kept", 1000, true],
      ["kept", 1000, true],
      ["kept", 1, false],
    ]);
  });

  test("several sync frames; only the last one's cursor is kept, and only then it is live", () => {
    const state = new SyncState([["c", 5]], "old");
    state.onReady("ready");
    const part = (seq: number) => ({
      conversation: conversation({ last_seq: 7 }),
      changes: [said(seq)],
      reset: false,
    });
    const first = state.onSync(sync({ conversations: [part(6)], cursor: null, more: true }));
    expect(first.map((action) => action.do)).toEqual(["tell", "tell"]);
    expect(state.live).toBe(false);
    const last = state.onSync(sync({ conversations: [part(7)] }));
    expect(last.slice(-2)).toEqual([{ do: "keep", cursor: "new" }, { do: "live" }]);
    expect(state.have("c")).toBe(7);
  });

  test("an equal head with an object: positions changed elsewhere", () => {
    const state = new SyncState([["c", 5]], "old");
    state.onReady("ready");
    const part = {
      conversation: conversation({ last_seq: 5, read_seq: 5 }),
      changes: [],
      reset: false,
    };
    expect(told(state.onSync(sync({ conversations: [part] })))).toEqual(["object"]);
    expect(state.have("c")).toBe(5);
  });

  test("a resume on a live connection is one at a time", () => {
    const state = live(5);
    expect(state.resume()).toHaveLength(1);
    expect(state.resume()).toHaveLength(0);
    state.onSync(sync());
    expect(state.resume()).toHaveLength(1);
  });
});

describe("rule 5: changes while a sync is under way", () => {
  test("leave no hole and no repetition", () => {
    const state = new SyncState([["c", 5]], "old");
    state.onReady("ready");
    const part = { conversation: conversation({ last_seq: 6 }), changes: [said(6)], reset: false };
    const actions = [
      ...state.onSync(sync({ conversations: [part], cursor: null, more: true })),
      ...state.onChange(said(7)),
      ...state.onSync(sync()),
    ];
    expect(told(actions)).toEqual(["object", "changed 6", "changed 7"]);
  });
});

describe("rule 6: objects", () => {
  test("one that is new sets the head; changes follow from there", () => {
    const state = live(5);
    const object = conversation({ id: "d", last_seq: 3 });
    expect(told(state.onInbox({ conversation: object }))).toEqual(["adopted 3"]);
    expect(told(state.onChange(said(3, "", { conversationId: "d" })))).toEqual([]);
    expect(told(state.onChange(said(4, "", { conversationId: "d" })))).toEqual(["changed 4"]);
  });

  test("one of a conversation that is held never moves the head", () => {
    const state = live(5);
    expect(told(state.onInbox({ conversation: conversation({ last_seq: 9 }) }))).toEqual([
      "object",
    ]);
    expect(state.have("c")).toBe(5);
    expect(told(state.onChange(said(6)))).toEqual(["changed 6"]);
  });

  test("with reset the head is the object's", () => {
    const state = new SyncState([["c", 5]], "old");
    state.onReady("ready");
    const part = { conversation: conversation({ last_seq: 900 }), changes: [], reset: true };
    expect(told(state.onSync(sync({ conversations: [part] })))).toEqual(["adopted 900 reset"]);
    expect(state.have("c")).toBe(900);
  });

  test("a change of a conversation that is not held waits for its object", () => {
    const state = live(5);
    const question = asked(state.onChange(said(4, "", { conversationId: "d" })), "conversation");
    expect(state.onChange(said(5, "", { conversationId: "d" }))).toEqual([]);
    const actions = state.onConversation(question, {
      value: conversation({ id: "d", last_seq: 4 }),
    });
    expect(told(actions)).toEqual(["adopted 4"]);
    expect(asked(actions, "changes")).toMatchObject({ conversation_id: "d", after: 4 });
  });

  test("a log that begins anew is read from its object", () => {
    const state = live(5);
    const question = asked(state.onChange(said(9)), "changes");
    const reset = { value: { items: [], last_seq: 9, reset: true } };
    asked(state.onChanges(question, reset), "conversation");
  });

  test("left, by frame or list, is forgotten", () => {
    const state = live(5);
    expect(told(state.onInbox({ left: "c" }))).toEqual(["forgotten"]);
    expect(told(state.onInbox({ left: "c" }))).toEqual([]);
    expect(state.have("c")).toBeNull();
    const other = new SyncState([["c", 5]], "old");
    other.onReady("ready");
    expect(told(other.onSync(sync({ left: ["c"] })))).toEqual(["forgotten"]);
  });

  test("one that answers 404 is forgotten", () => {
    const state = live(5);
    const question = asked(state.onChange(said(5 + 501)), "conversation");
    const gone = { error: { ...FAILED.error, code: "not_found" } };
    expect(told(state.onConversation(question, gone))).toEqual(["forgotten"]);
  });
});

test("what happens after a sync is live; what the first sync brings, and what comes before its end, is not", () => {
  const state = new SyncState([["c", 5]], "old");
  state.onReady("ready");
  const lives = (actions: readonly SyncAction[]) =>
    actions.flatMap((a) => (a.do === "tell" && a.event.type === "changed" ? [a.event.live] : []));
  const part = { conversation: conversation({ last_seq: 6 }), changes: [said(6)], reset: false };
  expect(lives(state.onSync(sync({ conversations: [part] })))).toEqual([false]);
  expect(lives(state.onChange(said(7)))).toEqual([true]);
  // Asked on a connection that is live already, its answer has what would have come by itself.
  state.resume();
  const next = { conversation: conversation({ last_seq: 8 }), changes: [said(8)], reset: false };
  expect(lives(state.onSync(sync({ conversations: [next] })))).toEqual([true]);
});
