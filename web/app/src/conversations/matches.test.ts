import { expect, test } from "vitest";

import { conversation, user } from "../../test/fakeParley.ts";
import { matchingConversations, matchingPeople } from "./matches.ts";

const ME = user("me", "Me Myself");
const JOSE = { ...user("jose", "José Álvarez"), username: "pepe" };
const MIA = user("mia", "Mia Lindqvist");

function direct(id: string, other: typeof MIA) {
  const members = [ME, other].map((each) => ({ user: each, role: "member" as const }));
  return conversation({ id, members });
}

const WITH_JOSE = direct("d1", JOSE);
const GROUP = conversation({
  id: "g1",
  kind: "group",
  title: "Summer house",
  members: [ME, MIA, JOSE].map((each) => ({ user: each, role: "member" })),
});
const ALL = [GROUP, WITH_JOSE];

const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

test("a conversation is found by its name, without case and accents, by every word", () => {
  expect(ids(matchingConversations(ALL, "me", "house SUMM"))).toEqual(["g1"]);
  expect(ids(matchingConversations(ALL, "me", "jose alv"))).toEqual(["d1"]);
  expect(ids(matchingConversations(ALL, "me", "jose house"))).toEqual([]);
});

test("a direct conversation is found by the other's username, never by one's own name", () => {
  expect(ids(matchingConversations(ALL, "me", "@pepe"))).toEqual(["d1"]);
  expect(ids(matchingConversations(ALL, "me", "myself"))).toEqual([]);
});

test("people of one's groups are found without the server, before those that it finds", () => {
  const mina = user("mina", "Mina");
  expect(ids(matchingPeople(ALL, [], [mina], "me", "mi"))).toEqual(["mia", "mina"]);
});

test("each person is shown once, not oneself, nor who has a conversation among the results", () => {
  expect(ids(matchingPeople(ALL, [WITH_JOSE], [JOSE, MIA, ME], "me", "@mia"))).toEqual(["mia"]);
  expect(ids(matchingPeople(ALL, [WITH_JOSE], [JOSE], "me", "jose"))).toEqual([]);
});

test("nothing asked for finds nobody", () => {
  expect(matchingPeople(ALL, [], [], "me", " @ ")).toEqual([]);
});
