import type { ConnectionStatus, Message } from "../parley.ts";
import type { EventHandlers } from "../replica/events.ts";
import type { Replica } from "../replica/replica.ts";
import type { OutboxEntry } from "../storage/storage.ts";
import type { OutboxChange } from "../sync/updates.ts";

interface Acked {
  readonly entry: OutboxEntry;
  readonly seq: number;
  readonly id: string;
  readonly sent_at: number;
}

/** One's own messages that are not in the log yet, as this tab draws them. */
export class WaitingMessages {
  private readonly replica: Replica;
  private readonly onChange: (conversationId: string) => void;
  private readonly entries = new Map<string, OutboxEntry>();
  /** The server has them; their place in the log has not come by yet. */
  private readonly acked = new Map<string, Acked>();
  private readonly drawn = new Map<
    string,
    { entry: OutboxEntry; state: string; message: Message }
  >();
  private connected = true;

  constructor(replica: Replica, onChange: (conversationId: string) => void) {
    this.replica = replica;
    this.onChange = onChange;
    replica.listen(this.handlers());
  }

  load(entries: Iterable<OutboxEntry>): void {
    for (const entry of entries) this.put(entry);
  }

  get(clientId: string): OutboxEntry | null {
    return this.entries.get(clientId) ?? null;
  }

  all(): readonly OutboxEntry[] {
    return [...this.entries.values()].sort((a, b) => a.order - b.order);
  }

  apply(change: OutboxChange): void {
    switch (change.type) {
      case "put":
        this.put(change.entry);
        break;
      case "discarded":
        this.remove(change.client_id);
        break;
      case "acked": {
        const entry = this.remove(change.client_id);
        if (entry === null || this.isInLog(entry.conversation_id, change.seq)) return;
        this.acked.set(entry.client_id, { ...change, entry });
        break;
      }
    }
  }

  onStatus(status: ConnectionStatus): void {
    const connected = status.state !== "waiting" && status.state !== "signed_out";
    if (connected === this.connected) return;
    this.connected = connected;
    for (const { conversation_id } of this.entries.values()) this.onChange(conversation_id);
  }

  /** In the order in which they will stand. */
  of(conversationId: string): readonly Message[] {
    const acked = [...this.acked.values()]
      .filter(({ entry }) => entry.conversation_id === conversationId)
      .sort((a, b) => a.seq - b.seq)
      .map(({ entry, seq, id, sent_at }) =>
        this.draw(entry, "acked", { seq, id, sent_at, sending: null }),
      );
    const waiting = this.all()
      .filter((entry) => entry.conversation_id === conversationId)
      .map((entry) => {
        const state = this.stateOf(entry);
        return this.draw(entry, state, { sending: { state, error: entry.error } });
      });
    return [...acked, ...waiting];
  }

  private put(entry: OutboxEntry): void {
    if (this.acked.has(entry.client_id)) return;
    this.entries.set(entry.client_id, entry);
    this.onChange(entry.conversation_id);
  }

  private remove(clientId: string): OutboxEntry | null {
    const entry = this.entries.get(clientId) ?? null;
    this.entries.delete(clientId);
    this.drawn.delete(clientId);
    if (entry !== null) this.onChange(entry.conversation_id);
    return entry;
  }

  private stateOf(entry: OutboxEntry): "sending" | "queued" | "failed" {
    if (entry.failed) return "failed";
    return this.connected && entry.error === null ? "sending" : "queued";
  }

  /** The same object as long as nothing changed, so that a list draws only what did. */
  private draw(entry: OutboxEntry, state: string, fields: Partial<Message>): Message {
    const known = this.drawn.get(entry.client_id);
    if (known?.entry === entry && known.state === state) return known.message;
    const message: Message = {
      conversation_id: entry.conversation_id,
      seq: null,
      id: null,
      client_id: entry.client_id,
      sender_id: this.replica.me,
      sent_at: entry.written_at,
      text: entry.text,
      reply_to: entry.reply_to,
      edited_at: null,
      deleted_at: null,
      sending: null,
      ...fields,
    };
    this.drawn.set(entry.client_id, { entry, state, message });
    return message;
  }

  private isInLog(conversationId: string, seq: number): boolean {
    return (this.replica.conversations.get(conversationId)?.head ?? 0) >= seq;
  }

  private handlers(): EventHandlers {
    const settle = (): void => {
      this.settle();
    };
    return {
      changed: ({ change }) => {
        if (change.kind === "message" && change.message.sender_id === this.replica.me) {
          this.remove(change.message.client_id ?? "");
        }
        this.settle();
      },
      adopted: settle,
      held: settle,
    };
  }

  /** Those whose place in the log has come by are drawn from there. */
  private settle(): void {
    for (const [id, { entry, seq }] of this.acked) {
      if (!this.isInLog(entry.conversation_id, seq)) continue;
      this.acked.delete(id);
      this.drawn.delete(id);
      this.onChange(entry.conversation_id);
    }
  }
}
