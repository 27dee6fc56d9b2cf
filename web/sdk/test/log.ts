import { expect } from "vitest";

import { api, bodyOf, type OpenParley, type SignedIn } from "../src/index.ts";
import { until } from "./until.ts";

export interface Said {
  readonly seq: number;
  readonly text: string;
  readonly sender_id: string;
}

/** The messages of a conversation as the server's log has them. */
export async function loggedMessages(
  account: SignedIn,
  server: string,
  id: string,
  firstSeq = 1,
): Promise<readonly Said[]> {
  const client = api({ server, token: account.token ?? "" });
  const said: Said[] = [];
  for (let after = firstSeq - 1, end = Infinity; after < end;) {
    const params = { path: { id }, query: { after, limit: 100 } };
    const page = await bodyOf(client.GET("/v1/conversations/{id}/changes", { params }));
    for (const change of page.items) {
      expect(change.seq).toBe(after + 1);
      after = change.seq;
      if (change.kind !== "message") continue;
      const { seq, text, sender_id } = change.message;
      said.push({ seq, text, sender_id });
    }
    end = page.last_seq;
  }
  return said;
}

/** The messages that a client shows, read back to the first that it may see. */
export async function shownMessages(parley: OpenParley, id: string): Promise<readonly Said[]> {
  const timeline = parley.timeline(id);
  await until(timeline, "a loaded end", ({ items, has_newer, loading }) => {
    return items.length > 0 && !has_newer && loading === null;
  });
  while (timeline.get().has_older) await parley.loadOlder(id);
  return timeline.get().items.flatMap((item) => {
    if (item.type === "notice") return [];
    const { seq, text, sender_id, sending } = item.message;
    expect({ text, sending }).toEqual({ text, sending: null });
    return [{ seq: seq ?? 0, text, sender_id }];
  });
}

/** Nothing waits to be sent, and the log is applied up to `seq`. */
export async function untilQuiet(parley: OpenParley, id: string, seq: number): Promise<void> {
  await until(parley.timeline(id), "an empty outbox", ({ items }) =>
    items.every((item) => item.type === "notice" || item.message.sending === null),
  );
  await until(parley.conversation(id), `seq ${seq}`, (c) => (c?.last_seq ?? 0) >= seq);
}
