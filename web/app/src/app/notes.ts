/**
 * Small things that this browser remembers: settings, and who is signed in. A browser that keeps nothing (a private window,
 * a setting, a full disk) forgets them with the page; nothing fails by it.
 */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** null forgets it. */
export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // It holds until the page is closed.
  }
}
