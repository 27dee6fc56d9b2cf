import { beforeEach, describe, expect, test } from "vitest";

import { waiting } from "../testing/objects.ts";
import { frameError, Sender } from "./sender.ts";

let sender: Sender;

beforeEach(() => {
  sender = new Sender();
});

/** The client_ids of the messages that are sent now. */
function due(): unknown[] {
  return sender.takeDue().map((frame) => (frame.type === "send" ? frame.client_id : frame));
}

const error = (code: string, retry_after_ms?: number) =>
  frameError({ code, detail: "No.", ...(retry_after_ms !== undefined && { retry_after_ms }) });

test("nothing goes out without a connection that is live", () => {
  sender.put(waiting("a", 1));
  expect(due()).toEqual([]);
  sender.onLive();
  expect(due()).toEqual(["a"]);
});

test("the frame bears all that the message is, its client_id as the ref", () => {
  sender.onLive();
  sender.put(waiting("a", 1, { reply_to: { seq: 7, sender_id: "bob", excerpt: "what?" } }));
  const message = { conversation_id: "c", client_id: "a", text: "text of a", reply_to: 7 };
  expect(sender.takeDue()).toEqual([{ type: "send", ref: "a", ...message }]);
});

describe("order", () => {
  beforeEach(() => {
    sender.onLive();
    sender.put(waiting("second", 2));
    sender.put(waiting("first", 1));
    sender.put(waiting("elsewhere", 3, { conversation_id: "d" }));
  });

  test("of one conversation one at a time, the earliest first; others are not held up", () => {
    expect(due()).toEqual(["first", "elsewhere"]);
    expect(due()).toEqual([]);
    sender.remove("first");
    expect(due()).toEqual(["second"]);
  });

  test("after a lost connection what was on its way goes out again, in the same order", () => {
    expect(due()).toEqual(["first", "elsewhere"]);
    sender.onDisconnected();
    expect(due()).toEqual([]);
    sender.onLive();
    expect(due()).toEqual(["first", "elsewhere"]);
  });

  test("one that is put again while it is on its way is not sent twice", () => {
    expect(due()).toEqual(["first", "elsewhere"]);
    sender.put(waiting("first", 1));
    expect(due()).toEqual([]);
  });

  test("what is refused for good waits for the person, and holds up nothing", () => {
    due();
    const refusal = sender.onError("first", error("invalid"));
    expect(refusal).toMatchObject({ entry: { failed: true }, pause_ms: null });
    expect(due()).toEqual(["second"]);
    sender.remove("second");
    expect(due()).toEqual([]);
    sender.put(waiting("first", 1));
    expect(due()).toEqual(["first"]);
  });

  test("too many at once: nothing more goes out until the server's time is over, then in order", () => {
    due();
    const refusal = sender.onError("first", error("rate_limited", 4_000));
    expect(refusal).toMatchObject({ entry: { failed: false }, pause_ms: 4_000 });
    sender.remove("elsewhere");
    sender.put(waiting("third", 4, { conversation_id: "d" }));
    expect(due()).toEqual([]);
    sender.resume();
    expect(due()).toEqual(["first", "third"]);
  });

  test.each(["unavailable", "internal", "unauthenticated"])("%s passes", (code) => {
    due();
    expect(sender.onError("first", error(code))).toMatchObject({ entry: { failed: false } });
  });
});

test("an error of something else is none of its", () => {
  sender.onLive();
  sender.put(waiting("a", 1));
  expect(sender.onError("x", error("invalid"))).toBeNull();
  expect(due()).toEqual(["a"]);
});
