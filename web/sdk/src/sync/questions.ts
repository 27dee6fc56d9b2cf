import { shapeOf } from "../errors.ts";
import { type Api, bodyOf } from "../http/api.ts";
import type { ChangePage, WireConversation } from "../wire/types.ts";
import type { Answer, Question, SyncAction, SyncState } from "./syncState.ts";

/** The largest page that the server gives. */
const PAGE = 100;
/** An answer that takes longer is taken for lost. */
const ANSWER_WITHIN_MS = 30_000;

/** Asks the server, and gives the answer to `sync`; answers what is to be done then. */
export async function answerTo(
  question: Question,
  api: Api,
  sync: SyncState,
): Promise<readonly SyncAction[]> {
  switch (question.ask) {
    case "list":
      return sync.onList(question.ticket, await answered(listAll(api)));
    case "changes": {
      const { conversation_id, after } = question;
      return sync.onChanges(question, await answered(changesAfter(api, conversation_id, after)));
    }
    case "conversation": {
      const { conversation_id } = question;
      return sync.onConversation(
        question,
        await answered(conversationObject(api, conversation_id)),
      );
    }
  }
}

/** A page of the log: the changes that follow `after`. */
export async function changesAfter(
  api: Api,
  conversationId: string,
  after: number,
  limit = PAGE,
): Promise<ChangePage> {
  const params = { path: { id: conversationId }, query: { after, limit } };
  return bodyOf(api.GET("/v1/conversations/{id}/changes", { params, signal: soon() }));
}

export async function conversationObject(api: Api, id: string): Promise<WireConversation> {
  const params = { path: { id } };
  return bodyOf(api.GET("/v1/conversations/{id}", { params, signal: soon() }));
}

async function listAll(api: Api): Promise<readonly WireConversation[]> {
  const all: WireConversation[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query: { limit: number; cursor?: string } = { limit: PAGE };
    if (cursor !== undefined) query.cursor = cursor;
    const call = api.GET("/v1/conversations", { params: { query }, signal: soon() });
    const page: { items: WireConversation[]; next_cursor: string | null } = await bodyOf(call);
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  return all;
}

function soon(): AbortSignal {
  return AbortSignal.timeout(ANSWER_WITHIN_MS);
}

async function answered<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await asked };
  } catch (error) {
    return { error: shapeOf(error) };
  }
}
