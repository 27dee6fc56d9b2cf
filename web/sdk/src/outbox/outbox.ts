import { v7 } from "uuid";

import type { Clock, ServerTime } from "../clock.ts";
import type { Message } from "../parley.ts";
import type { Journal } from "../storage/journal.ts";
import type { OutboxEntry } from "../storage/storage.ts";
import type { Command } from "../sync/updates.ts";
import type { WaitingMessages } from "./waiting.ts";

/** A reply shows so much of what it answers. */
const EXCERPT_CHARACTERS = 120;

export interface OutboxParts {
  readonly waiting: WaitingMessages;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  readonly tellEngine: (command: Command) => void;
}

/** Writing messages: kept first, sent then. */
export class Outbox {
  private readonly parts: OutboxParts;
  private lastOrder = 0;

  constructor(parts: OutboxParts) {
    this.parts = parts;
  }

  /** Durable when it resolves. */
  send(conversation_id: string, text: string, reply_to: OutboxEntry["reply_to"]): Promise<void> {
    const written_at = this.parts.serverTime.now();
    return this.keepAndSend({
      // Of version 7, by the server's clock: the server knows such a one to be new without asking its store.
      client_id: v7({ msecs: written_at }),
      conversation_id,
      text,
      reply_to,
      written_at,
      order: this.nextOrder(),
      error: null,
      failed: false,
    });
  }

  async retry(clientId: string): Promise<void> {
    const entry = this.parts.waiting.get(clientId);
    if (entry !== null) await this.keepAndSend({ ...entry, error: null, failed: false });
  }

  async discard(client_id: string): Promise<void> {
    this.parts.waiting.apply({ type: "discarded", client_id });
    await this.parts.journal.write({ outboxDone: [client_id] });
    this.parts.tellEngine({ type: "discard", client_id });
  }

  private async keepAndSend(entry: OutboxEntry): Promise<void> {
    this.parts.waiting.apply({ type: "put", entry });
    await this.parts.journal.write({ outbox: [entry] });
    this.parts.tellEngine({ type: "outbox", entry });
  }

  /** After all that waits, also where the clock was set back. */
  private nextOrder(): number {
    const { waiting, clock } = this.parts;
    const last = waiting.all().at(-1)?.order ?? 0;
    // By the device's clock: what tabs know of the server's differs.
    this.lastOrder = Math.max(this.lastOrder + 1, last + 1, clock.now());
    return this.lastOrder;
  }
}

/** What a waiting reply shows; the original may not be loaded here. */
export function replyOf(seq: number, original: Message | null): OutboxEntry["reply_to"] {
  const { sender_id, text } = original ?? { sender_id: "", text: "" };
  return { seq, sender_id, excerpt: excerptOf(text) };
}

function excerptOf(text: string): string {
  const characters = new Intl.Segmenter().segment(text.slice(0, EXCERPT_CHARACTERS * 4));
  const some = Array.from(characters, ({ segment }) => segment).slice(0, EXCERPT_CHARACTERS);
  return some.join("");
}
