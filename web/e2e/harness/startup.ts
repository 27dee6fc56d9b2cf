import type { Page } from "@playwright/test";

interface Started {
  /** From the navigation to the list painted, in ms. */
  list: number | null;
}

/** Measures in the page, from its next load on, when the conversation list stands painted. */
export async function measureStart(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const started: Started = { list: null };
    Object.assign(window, { started });
    new MutationObserver((_changes, observer) => {
      if (document.querySelector("[data-pane=list] li") === null) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => (started.list = performance.now());
        port2.postMessage(null);
      });
    }).observe(document, { childList: true, subtree: true });
  });
}

/** The time until the list was painted; null while it is not. */
export async function listPainted(page: Page): Promise<number | null> {
  return page.evaluate(() => (window as unknown as { started: Started }).started.list);
}

/** How many messages the device keeps. */
export async function keptMessages(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const [kept] = (await indexedDB.databases()).filter(({ name }) => name?.startsWith("parley-"));
    if (kept?.name === undefined) return 0;
    const result = <T>(asked: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        asked.onsuccess = () => {
          resolve(asked.result);
        };
        asked.onerror = () => {
          reject(asked.error ?? new Error("refused"));
        };
      });
    const database = await result(indexedDB.open(kept.name));
    const count = await result(database.transaction("log").objectStore("log").count());
    database.close();
    return count;
  });
}
