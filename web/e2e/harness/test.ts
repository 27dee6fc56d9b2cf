import { type BrowserContext, test as base, expect } from "@playwright/test";

import { Complaints } from "./complaints.ts";
import { Parleyd } from "./parleyd.ts";

interface TestFixtures {
  /** Of every page in every browser context that the test opens; none may be left at its end. */
  complaints: Complaints;
}

interface WorkerFixtures {
  server: Parleyd;
}

/** Playwright's test, with a server for each worker, and with everything watched that a browser does. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of what is wanted here
    async ({}, use) => {
      const server = await Parleyd.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => {
    await use(server.url);
  },
  complaints: [
    // Without `page`: so it is there before the first context, and looks once the last one is gone.
    async ({ browser }, use) => {
      const complaints = new Complaints();
      const watch = (context: BrowserContext): void => {
        complaints.watch(context);
      };
      browser.on("context", watch);
      await use(complaints);
      browser.off("context", watch);
      expect(complaints.left()).toEqual({ console: [], foreign: [] });
    },
    { auto: true },
  ],
});

export { expect };
