import { describe, expect, test } from "vitest";

import { BOB, conversation, held, said } from "../testing/objects.ts";
import type { Change } from "../wire/types.ts";
import { adopted, type Held, readUpTo, withChange, withObject } from "./held.ts";

function after(start: Held, ...changes: readonly Change[]): Held {
  return changes.reduce((now, change) => withChange(now, change, "ann"), start);
}
const counts = ({ object }: Held) => [object.read_seq, object.unread_count, object.mention_count];
const at = (seq: number) => ({ conversation_id: "c", seq, at: 1, actor_id: "bob" });

describe("what is unread", () => {
  test("counts messages of others, and those that name one", () => {
    const now = after(held(), said(2), said(3, "@ann", { mentions: ["ann"] }));
    expect(counts(now)).toEqual([0, 2, 1]);
  });

  test("is nothing after a message of one's own", () => {
    const now = after(held(), said(2), said(3, "", { sender: "ann" }));
    expect(counts(now)).toEqual([3, 0, 0]);
    expect(now.known_read).toBe(3);
    expect(now.known_delivered).toBe(3);
  });

  test("is what comes after the read position, exactly where the messages are known", () => {
    const now = after(held(), said(2), said(3, "", { mentions: ["ann"] }), said(4));
    expect(counts(readUpTo(now, 2))).toEqual([2, 2, 1]);
    expect(counts(readUpTo(now, 4))).toEqual([4, 0, 0]);
    expect(readUpTo(readUpTo(now, 4), 2).object.read_seq).toBe(4);
    expect(readUpTo(now, 99).object.read_seq).toBe(4);
  });

  test("stays right with thousands unread", () => {
    const many = Array.from({ length: 1_000 }, (_, n) => said(n + 2));
    const now = after(held(), ...many);
    expect(counts(now)).toEqual([0, 1_000, 0]);
    expect(counts(readUpTo(now, 900))).toEqual([900, 101, 0]);
    expect(now.tail.messages.length).toBeLessThanOrEqual(200);
  });
});

describe("an object of a conversation that is held", () => {
  test("never moves the head, and what it has in it already is not counted twice", () => {
    const now = withObject(held(), conversation({ last_seq: 4, unread_count: 3 }));
    expect(now.head).toBe(1);
    const then = after(now, said(2), said(3), said(4), said(5));
    expect(then.head).toBe(5);
    expect(counts(then)).toEqual([0, 4, 0]);
  });

  test("that changes have overtaken brings preferences and read state, counted on from there", () => {
    const now = after(held(), said(2), said(3), said(4));
    const object = conversation({ last_seq: 2, read_seq: 2, unread_count: 0, archived: true });
    const then = withObject(now, object);
    expect(then.object).toMatchObject({ archived: true, last_seq: 4, last_message: { seq: 4 } });
    expect(counts(then)).toEqual([2, 2, 0]);
  });

  test("does not take back what has been read here meanwhile", () => {
    const now = readUpTo(after(held(), said(2)), 2);
    const then = withObject(now, conversation({ last_seq: 2, read_seq: 0, unread_count: 1 }));
    expect(counts(then)).toEqual([2, 0, 0]);
    expect(then.known_read).toBe(0);
  });
});

describe("changes", () => {
  test("of members: who, how many, which role", () => {
    const CYD = { ...BOB, id: "cyd" };
    const now = after(held(), {
      ...at(2),
      kind: "members",
      added: ["cyd"],
      removed: ["bob"],
      roles: { ann: "member", cyd: "admin" },
      users: [CYD],
    });
    const { object } = now;
    expect(object.members.map(({ user, role }) => [user.id, role])).toEqual([
      ["ann", "member"],
      ["cyd", "admin"],
    ]);
    expect(object).toMatchObject({ member_count: 2, role: "member" });
  });

  test("of the conversation: what is named, and nothing else", () => {
    const now = after(held(), { ...at(2), kind: "conversation", title: "Tents" });
    expect(now.object).toMatchObject({ title: "Tents", history: "joined" });
  });

  test("of the last message: edited, deleted, each once and in whatever order they are repeated", () => {
    const edit = { ...at(3), kind: "edit", target_seq: 2, text: "better" } as const;
    const edited = after(held(), said(2), { ...edit, mentions: [], edited_at: 7 });
    expect(edited.object.last_message).toMatchObject({ text: "better", edited_at: 7 });
    const gone = after(edited, { ...at(4), kind: "delete", target_seq: 2 });
    expect(gone.object.last_message).toMatchObject({ seq: 2, deleted_at: 1 });
    expect(gone.object.last_message).not.toHaveProperty("text");
    expect(counts(gone)).toEqual([0, 1, 0]);
  });

  test("of kinds that are not known take their place", () => {
    const now = after(held(), { ...at(2), kind: "hologram" } as unknown as Change);
    expect(now).toMatchObject({ head: 2, object: { last_seq: 2, unread_count: 0 } });
  });
});

test("taken over again, it keeps how far one has read", () => {
  const read = readUpTo(after(held(), said(2), said(3)), 3);
  const again = adopted(conversation({ last_seq: 600, unread_count: 500, read_seq: 1 }), read);
  expect(again).toMatchObject({ head: 600, known_read: 1, object: { read_seq: 3 } });
});
