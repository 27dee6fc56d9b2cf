import { type Browser, type BrowserContextOptions, expect, type Page } from "@playwright/test";

import { PASSWORD, Person } from "./people.ts";

/** Signs in through the form, and waits for the list. */
export async function signIn(page: Page, url: string, username: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.locator("input[autocomplete=username]").fill(username);
  await page.locator("input[type=password]").fill(PASSWORD);
  await page.locator("button[type=submit]").click();
  await expect(page.locator("[data-pane=list] h1")).toBeVisible();
}

/** Somebody with an account, in a browser of their own that is signed in. */
export async function person(
  browser: Browser,
  url: string,
  name: string,
  options: BrowserContextOptions = {},
): Promise<{ readonly person: Person; readonly page: Page }> {
  const made = await Person.signUp(url, name);
  const page = await (await browser.newContext(options)).newPage();
  await signIn(page, url, made.username);
  return { person: made, page };
}

export function composer(page: Page) {
  return page.locator("form textarea");
}

/** A message of the thread by its words. */
export function bubble(page: Page, text: string) {
  return page.locator("[data-seq]").filter({ hasText: text });
}

export async function send(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

/** As somebody who keeps the scroll bar at its top: page after page, until there is none before. */
export async function scrollToBeginning(page: Page): Promise<void> {
  const beginning = page.getByText("started the conversation");
  await expect
    .poll(
      async () => {
        await page.getByRole("region", { name: "Messages" }).evaluate((region) => {
          region.scrollTop = 0;
        });
        return beginning.isVisible();
      },
      { intervals: [20], timeout: 120_000 },
    )
    .toBe(true);
}
