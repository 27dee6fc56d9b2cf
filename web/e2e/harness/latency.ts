import type { Page } from "@playwright/test";

/** What the scripts below keep in the page. */
interface Measured {
  readonly shown: number[];
  readonly typed: number[];
}

/**
 * Measures in the page, from its next load on: how long after the frame that brought it a message with the word `mark-N`
 * stands painted in the thread, and how long after a key its character stands painted in the composer.
 */
export async function measureLatency(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const measured: Measured = { shown: [], typed: [] };
    Object.assign(window, { measured });

    /** Calls back when the frame that is being made has been painted. */
    function afterPaint(then: () => void): void {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = then;
        port2.postMessage(null);
      });
    }

    /** A message is named again by its acknowledgement and by the list: its first frame counts. */
    const named = new Set<string>();
    const pending = new Map<string, number>();
    function isShown(word: string): boolean {
      const rows = [...document.querySelectorAll<HTMLElement>("main [data-seq]")];
      const row = rows.findLast((each) => each.textContent.includes(`${word}.`));
      if (row === undefined || getComputedStyle(row).visibility !== "visible") return false;
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > 0 && top < window.innerHeight;
    }
    function look(): void {
      for (const [word, at] of pending) {
        if (!isShown(word)) continue;
        pending.delete(word);
        measured.shown.push(performance.now() - at);
      }
      if (pending.size > 0) afterPaint(look);
    }
    window.WebSocket = class extends WebSocket {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        this.addEventListener("message", ({ data }) => {
          const at = performance.now();
          const words = String(data).match(/mark-\d+/g) ?? [];
          const fresh = words.filter((word) => !named.has(word));
          const isIdle = pending.size === 0;
          for (const word of fresh) {
            named.add(word);
            pending.set(word, at);
          }
          if (isIdle && fresh.length > 0) afterPaint(look);
        });
      }
    };

    let key = 0;
    window.addEventListener("keydown", ({ timeStamp }) => (key = timeStamp), { capture: true });
    window.addEventListener("input", () => {
      const at = key;
      afterPaint(() => measured.typed.push(performance.now() - at));
    });
  });
}

export async function latencies(page: Page): Promise<Measured> {
  return page.evaluate(() => (window as unknown as { measured: Measured }).measured);
}
