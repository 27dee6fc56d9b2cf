const KEY_PREFIX = "parley-last-words-";

/**
 * Drafts of a page that is being left: the database answers too late for it, this place at once. They stay until the
 * database has them too. Where the browser has no such place, nothing is kept and nothing fails.
 */
export class LastWords {
  private readonly key: string;

  constructor(userId: string) {
    this.key = KEY_PREFIX + userId;
  }

  /** An empty text is a draft that was taken away. `of`: these conversations' alone. */
  read(of?: ReadonlyMap<string, unknown>): ReadonlyMap<string, string> {
    const all = this.all();
    return of === undefined ? all : new Map([...all].filter(([id]) => of.has(id)));
  }

  keep(drafts: ReadonlyMap<string, string>): void {
    this.write(new Map([...this.read(), ...drafts]));
  }

  /** What is kept by now with another text stays: it is newer. */
  drop(drafts: ReadonlyMap<string, string>): void {
    const kept = this.read();
    if (kept.size === 0) return;
    this.write(new Map([...kept].filter(([id, text]) => drafts.get(id) !== text)));
  }

  forget(): void {
    this.write(new Map());
  }

  private all(): ReadonlyMap<string, string> {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.key) ?? "[]");
      return new Map(Array.isArray(kept) ? kept.filter(isDraft) : []);
    } catch {
      return new Map();
    }
  }

  private write(drafts: ReadonlyMap<string, string>): void {
    try {
      if (drafts.size === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify([...drafts]));
    } catch {
      // No place, or a full one: the database is asked besides.
    }
  }
}

/** Removes what anybody's pages have left. */
export function forgetLastWords(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(KEY_PREFIX)) localStorage.removeItem(key);
    }
  } catch {
    // There is no such place.
  }
}

function isDraft(entry: unknown): entry is [string, string] {
  return Array.isArray(entry) && entry.length === 2 && entry.every((e) => typeof e === "string");
}
