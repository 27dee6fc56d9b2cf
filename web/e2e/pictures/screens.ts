import type { Page } from "@playwright/test";

import { composer } from "../harness/app.ts";
import type { World } from "./world.ts";

/** One picture of each look. */
export interface Screen {
  readonly name: string;
  /** Who looks: somebody signed out, one who has talked, or one who is new. */
  readonly by: "guest" | "mia" | "nobody";
  readonly path: (world: World) => string;
  /** What is waited for. */
  readonly shown: string;
  /** What is done there before the picture is made. */
  readonly act?: (page: Page, refuseMessages: (refuse: boolean) => void) => Promise<void>;
}

const SEARCH = "input[type=search]";

/** Enter does not send on a phone. */
async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await page.locator("main form button[type=submit]").click();
}

export const SCREENS: readonly Screen[] = [
  { name: "sign-up", by: "guest", path: () => "/sign-up", shown: "form" },
  { name: "sign-in", by: "guest", path: () => "/sign-in", shown: "form" },
  { name: "first-run", by: "nobody", path: () => "/", shown: "[data-pane=list] h2" },
  { name: "list", by: "mia", path: () => "/", shown: "[data-pane=list] li" },
  { name: "direct", by: "mia", path: ({ direct }) => `/c/${direct}`, shown: "[data-seq='10']" },
  { name: "group", by: "mia", path: ({ group }) => `/c/${group}`, shown: "[data-seq='11']" },
  {
    name: "details",
    by: "mia",
    path: ({ group }) => `/c/${group}/details`,
    shown: "aside li:nth-child(4)",
  },
  { name: "empty-thread", by: "mia", path: ({ silent }) => `/c/${silent}`, shown: "form textarea" },
  {
    name: "search",
    by: "mia",
    path: () => "/",
    shown: "[data-pane=list] li",
    act: async (page) => {
      await page.locator(`[data-pane=list] ${SEARCH}`).fill("wi");
      await page.locator("[data-pane=list] section:nth-of-type(2) li").first().waitFor();
    },
  },
  {
    name: "profile",
    by: "mia",
    path: ({ direct }) => `/c/${direct}`,
    shown: "[data-seq='10']",
    act: async (page) => {
      await page.locator("main header button[aria-haspopup=dialog]").click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "emoji",
    by: "mia",
    path: ({ direct }) => `/c/${direct}`,
    shown: "[data-seq='10']",
    act: async (page) => {
      await page.locator("form button[aria-expanded]").click();
      await page.getByText("😀").first().waitFor();
    },
  },
  {
    name: "new",
    by: "mia",
    path: () => "/new",
    shown: `main ${SEARCH}`,
    act: async (page) => {
      await page.locator(`main ${SEARCH}`).fill("be");
      await page.locator("main li").first().waitFor();
    },
  },
  { name: "settings", by: "mia", path: () => "/settings", shown: "main section li" },
  {
    name: "shortcuts",
    by: "mia",
    path: () => "/settings",
    shown: "main section li",
    act: async (page) => {
      await page.keyboard.press("Shift+?");
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "failed",
    by: "mia",
    path: ({ silent }) => `/c/${silent}`,
    shown: "form textarea",
    act: async (page, refuseMessages) => {
      refuseMessages(true);
      await write(page, "Shall we meet on the second Saturday?");
      await page.locator("main [role=alert]").last().waitFor();
      refuseMessages(false);
    },
  },
  {
    name: "offline",
    by: "mia",
    path: ({ direct }) => `/c/${direct}`,
    shown: "[data-seq='10']",
    act: async (page) => {
      await page.context().setOffline(true);
      await page.locator("[role=status] p").first().waitFor();
      await write(page, "Written on the train");
    },
  },
];

/** These come last, when there is something to draw of the numbers. */
export const ADMIN_SCREENS: readonly Screen[] = [
  {
    name: "admin-people",
    by: "mia",
    path: () => "/admin/people?query=be",
    shown: "main li",
    act: async (page) => {
      await page.locator("main li button").first().click();
      await page.locator("main dl").waitFor();
    },
  },
  {
    name: "admin-joining",
    by: "mia",
    path: () => "/admin/joining",
    shown: "main input[type=radio]:checked",
  },
  {
    name: "admin-numbers",
    by: "mia",
    path: () => "/admin/numbers",
    shown: "main section:nth-of-type(4) svg",
  },
  { name: "admin-log", by: "mia", path: () => "/admin/log", shown: "main li" },
];
