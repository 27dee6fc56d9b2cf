import { test as base, expect } from "@playwright/test";

import { Parleyd } from "./parleyd.ts";

/** What a page did that no page of Parley may do. */
export interface Complaints {
  /** Errors and warnings of its console, exceptions that nobody caught. */
  readonly console: string[];
  /** Requests to anywhere but its own server. */
  readonly foreign: string[];
}

interface TestFixtures {
  /** Empty at the end of every test; what a test provokes it takes out itself. */
  complaints: Complaints;
}

interface WorkerFixtures {
  server: Parleyd;
}

/** Playwright's test, with a server for each worker, and a page that is watched. */
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
    async ({ page, server }, use) => {
      const complaints: Complaints = { console: [], foreign: [] };
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") {
          complaints.console.push(message.text());
        }
      });
      page.on("pageerror", (error) => complaints.console.push(String(error)));
      page.on("request", (request) => {
        const url = request.url();
        const own = url.startsWith(`${server.url}/`) || /^(blob|data):/.test(url);
        if (!own) complaints.foreign.push(url);
      });
      await use(complaints);
      expect(complaints).toEqual({ console: [], foreign: [] });
    },
    { auto: true },
  ],
});

export { expect };
