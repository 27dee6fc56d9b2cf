import { expect, test } from "vitest";

import { pushedOf } from "./pushed.ts";

test("a push says whose message it is, and where it leads", () => {
  const data = { title: "Bo", body: "hello", conversation_id: "c1", unread: 3 };
  expect(pushedOf(JSON.stringify(data))).toEqual({
    title: "Bo",
    body: "hello",
    conversationId: "c1",
    unread: 3,
  });
});

test.each(["", "not JSON", "null", "[1]", '{"title":7,"conversation_id":"../admin","unread":-1}'])(
  "something is shown also for %j, and it leads nowhere else",
  (data) => {
    expect(pushedOf(data)).toEqual({
      title: "Parley",
      body: "",
      conversationId: null,
      unread: null,
    });
  },
);
