/** The server takes so many. */
const MOST_WATCHED = 500;

/** Whose presence each tab wants to know. */
export class Watches {
  private readonly byTab = new Map<string, readonly string[]>();
  private readonly heard = new Set<string>();

  set(tab: string, userIds: readonly string[]): void {
    if (userIds.length === 0) this.byTab.delete(tab);
    else this.byTab.set(tab, userIds);
  }

  /** A new connection has heard of nobody. */
  onConnected(): void {
    this.heard.clear();
  }

  /** The server says of somebody whether they are there. */
  hear(userId: string): void {
    this.heard.add(userId);
  }

  /** Whether it says nothing of somebody: with them no conversation is shared. */
  get hasUnheard(): boolean {
    return this.all().some((id) => !this.heard.has(id));
  }

  all(): string[] {
    return [...new Set([...this.byTab.values()].flat())].slice(0, MOST_WATCHED);
  }
}
