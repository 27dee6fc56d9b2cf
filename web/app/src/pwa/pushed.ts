/** What a push message brings. */
export interface Pushed {
  readonly title: string;
  readonly body: string;
  /** Where it leads; null: to the list. */
  readonly conversationId: string | null;
  /** How many messages wait unread; null where that is not told. */
  readonly unread: number | null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** An id becomes part of an address. */
function idOf(value: unknown): string | null {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value) ? value : null;
}

/**
 * Reads `{title, body, conversation_id, unread}`, all of which may be missing: a browser wants something shown for each push,
 * whatever is in it.
 */
export function pushedOf(data: string): Pushed {
  let value: unknown = null;
  try {
    value = JSON.parse(data);
  } catch {
    // Something is shown all the same.
  }
  const fields: Readonly<Record<string, unknown>> =
    typeof value === "object" && value !== null ? { ...value } : {};
  const { unread } = fields;
  return {
    title: textOf(fields["title"]) || "Parley",
    body: textOf(fields["body"]),
    conversationId: idOf(fields["conversation_id"]),
    unread: typeof unread === "number" && unread >= 0 ? unread : null,
  };
}
