import type { Held } from "../replica/held.ts";
import type { ClientFrame } from "../wire/types.ts";

/**
 * How far one has read and received, and what of that the server need be told. All that it does not show to know is told
 * again on each connection: it may have lost the last second in a crash.
 */
export class Positions {
  private readonly told = new Map<string, { read: number; delivered: number }>();
  private readonly due = new Set<string>();

  touch(conversationId: string): void {
    this.due.add(conversationId);
  }

  onConnected(conversations: Iterable<string>): void {
    this.told.clear();
    for (const id of conversations) this.due.add(id);
  }

  get hasDue(): boolean {
    return this.due.size > 0;
  }

  /** The frames to send now, about `most`; the others are due still. */
  takeDue(conversations: ReadonlyMap<string, Held>, most: number): readonly ClientFrame[] {
    const frames: ClientFrame[] = [];
    for (const conversation_id of this.due) {
      if (frames.length >= most) break;
      this.due.delete(conversation_id);
      const held = conversations.get(conversation_id);
      if (held === undefined) continue;
      const { read_seq } = held.object;
      const told = this.told.get(conversation_id) ?? { read: 0, delivered: 0 };
      if (read_seq > Math.max(held.known_read, told.read)) {
        frames.push({ type: "read", conversation_id, seq: read_seq });
      }
      // What one has read has been delivered.
      if (held.head > Math.max(held.known_delivered, told.delivered, read_seq)) {
        frames.push({ type: "delivered", conversation_id, seq: held.head });
      }
      this.told.set(conversation_id, { read: read_seq, delivered: held.head });
    }
    return frames;
  }
}
