import { isPassing, ParleyError, shapeOf } from "../errors.ts";
import type { ParleyErrorShape } from "../parley.ts";
import type { OutboxEntry } from "../storage/storage.ts";
import type { ClientFrame } from "../wire/types.ts";

/** The pause after an error that passes and names no time. */
const PAUSE_MS = 2_000;

/** What became of a message after an error. */
export interface Refusal {
  readonly entry: OutboxEntry;
  /** Nothing more is sent for so long; then call `resume`. null: others go on. */
  readonly pause_ms: number | null;
}

/**
 * Which messages are sent when. They go out while the connection is live, and again on the next one, until acked or refused
 * for good. Of one conversation one at a time is on its way, so that their order holds even when one is refused for a while.
 * No I/O; a frame's `ref` is the message's `client_id`.
 */
export class Sender {
  private readonly entries = new Map<string, OutboxEntry>();
  private readonly onItsWay = new Set<string>();
  private live = false;
  private paused = false;

  /** Adds a message, or changes one that waits. */
  put(entry: OutboxEntry): void {
    this.entries.set(entry.client_id, entry);
  }

  /** The server has it, or the person took it back. */
  remove(clientId: string): void {
    this.entries.delete(clientId);
    this.onItsWay.delete(clientId);
  }

  get(clientId: string): OutboxEntry | null {
    return this.entries.get(clientId) ?? null;
  }

  onLive(): void {
    this.live = true;
  }

  onDisconnected(): void {
    this.live = false;
    this.paused = false;
    this.onItsWay.clear();
  }

  /** The pause of a refusal is over. */
  resume(): void {
    this.paused = false;
  }

  /** The frames to send now; each message is then on its way. */
  takeDue(): readonly ClientFrame[] {
    if (!this.live || this.paused) return [];
    const busy = new Set<string>();
    for (const id of this.onItsWay) busy.add(this.entries.get(id)?.conversation_id ?? "");
    const due: ClientFrame[] = [];
    for (const entry of [...this.entries.values()].sort((a, b) => a.order - b.order)) {
      if (entry.failed || busy.has(entry.conversation_id)) continue;
      busy.add(entry.conversation_id);
      this.onItsWay.add(entry.client_id);
      due.push(frameOf(entry));
    }
    return due;
  }

  /** null: no message of this outbox. */
  onError(ref: string, error: ParleyErrorShape): Refusal | null {
    const entry = this.entries.get(ref);
    if (entry === undefined || !this.onItsWay.delete(ref)) return null;
    const passing = isPassing(error.code) || error.code === "unauthenticated";
    const refused: OutboxEntry = { ...entry, error, failed: !passing };
    this.entries.set(ref, refused);
    if (!passing) return { entry: refused, pause_ms: null };
    this.paused = true;
    return { entry: refused, pause_ms: error.retry_after_ms ?? PAUSE_MS };
  }
}

/** The error of an answer frame. */
export function frameError(frame: {
  readonly code: string;
  readonly detail: string;
  readonly retry_after_ms?: number;
}): ParleyErrorShape {
  const { retry_after_ms = null } = frame;
  return shapeOf(new ParleyError(frame.code, frame.detail, { retry_after_ms }));
}

function frameOf(entry: OutboxEntry): ClientFrame {
  const { client_id, conversation_id, text, reply_to } = entry;
  const frame = { type: "send", ref: client_id, conversation_id, client_id, text } as const;
  return reply_to === null ? frame : { ...frame, reply_to: reply_to.seq };
}
