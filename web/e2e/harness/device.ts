import type { Page } from "@playwright/test";

/** What a page has of how the app looks and sounds on a device, whoever uses it. */
const OF_THE_DEVICE = /^parley\.(?:theme|language|alerts)$/;

/**
 * All that a browser keeps of persons for a page, as text: its databases, its storages, and what its caches hold beside the
 * app's own files. "" where there is nothing.
 */
export async function keptOnDevice(page: Page): Promise<string> {
  const kept = await page.evaluate(async () => {
    async function contents(name: string): Promise<unknown> {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(new Error(`${name} cannot be opened`));
        };
      });
      try {
        const stores = [...db.objectStoreNames];
        const reading = stores.map(
          (store) =>
            new Promise((resolve, reject) => {
              const request = db.transaction(store).objectStore(store).getAll();
              request.onsuccess = () => {
                resolve(request.result);
              };
              request.onerror = () => {
                reject(new Error(`${store} cannot be read`));
              };
            }),
        );
        return { name, stores: await Promise.all(reading) };
      } finally {
        db.close();
      }
    }

    const databases = await indexedDB.databases();
    const caches = await Promise.all(
      (await window.caches.keys()).map(async (name) => (await window.caches.open(name)).keys()),
    );
    return {
      databases: await Promise.all(databases.map(({ name = "" }) => contents(name))),
      storages: [...Object.entries(localStorage), ...Object.entries(sessionStorage)],
      cached: caches.flat().map(({ url }) => new URL(url).pathname),
    };
  });
  const storages = kept.storages.filter(([name]) => !OF_THE_DEVICE.test(name));
  const cached = kept.cached.filter((path) => /^\/(?:v1|media)\//.test(path));
  const all = [...kept.databases, ...storages, ...cached];
  return all.length === 0 ? "" : JSON.stringify(all);
}
