import type { Conversation, User } from "@parley/client";

import { conversationName, otherPerson } from "./name.ts";

/** Without case and accents: "jose" finds "José". */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** The words that are looked for; "@mia" means the username. */
function wordsOf(query: string): readonly string[] {
  return folded(query)
    .split(/\s+/u)
    .map((word) => word.replace(/^@/, ""))
    .filter(Boolean);
}

function hasAll(text: string, words: readonly string[]): boolean {
  const within = folded(text);
  return words.every((word) => within.includes(word));
}

function isCalled(user: User, words: readonly string[]): boolean {
  return hasAll(`${user.display_name} ${user.username}`, words);
}

/** The conversations whose name, or in a direct one whose person, has every word of the query; in their order. */
export function matchingConversations(
  conversations: readonly Conversation[],
  meId: string,
  query: string,
): readonly Conversation[] {
  const words = wordsOf(query);
  return conversations.filter((conversation) => {
    const username = otherPerson(conversation, meId)?.username ?? "";
    return hasAll(`${conversationName(conversation, meId)} ${username}`, words);
  });
}

/**
 * People to show for a query: those of one's conversations first, which are known without a network, then those the server
 * `found`; each once, without oneself, and without those whose direct conversation is `shown` already.
 */
export function matchingPeople(
  conversations: readonly Conversation[],
  shown: readonly Conversation[],
  found: readonly User[],
  meId: string,
  query: string,
): readonly User[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const apart = new Set([meId, ...shown.flatMap((each) => otherPerson(each, meId)?.id ?? [])]);
  const known = conversations
    .flatMap(({ members }) => members.map(({ user }) => user))
    .filter((user) => isCalled(user, words));
  const people = new Map<string, User>();
  for (const user of [...known, ...found]) if (!apart.has(user.id)) people.set(user.id, user);
  return [...people.values()];
}
