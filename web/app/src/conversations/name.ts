import type { Conversation } from "@parley/client";
import { t } from "@lingui/core/macro";

/** Who the conversation is with, seen by `meId`; null in a group, and where oneself is alone. */
export function otherPerson(conversation: Conversation, meId: string) {
  if (conversation.kind !== "direct") return null;
  return conversation.members.find(({ user }) => user.id !== meId)?.user ?? null;
}

/** What a conversation is called: its title, or the names of the others in it. */
export function conversationName(conversation: Conversation, meId: string): string {
  if (conversation.title !== null && conversation.title !== "") return conversation.title;
  const others = conversation.members.filter(({ user }) => user.id !== meId);
  if (others.length === 0) return t`Only you`;
  return others.map(({ user }) => user.display_name).join(", ");
}
