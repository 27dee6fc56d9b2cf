/** The server takes so many. */
const MOST_WATCHED = 500;

/** Whose presence each tab wants to know. */
export class Watches {
  private readonly byTab = new Map<string, readonly string[]>();

  set(tab: string, userIds: readonly string[]): void {
    if (userIds.length === 0) this.byTab.delete(tab);
    else this.byTab.set(tab, userIds);
  }

  all(): string[] {
    return [...new Set([...this.byTab.values()].flat())].slice(0, MOST_WATCHED);
  }
}
