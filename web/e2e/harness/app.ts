import { type Browser, type BrowserContextOptions, expect, type Page } from "@playwright/test";

import { PASSWORD, Person } from "./people.ts";

/** Fills in the form of the sign-in page, and sends it. */
export async function fillSignIn(
  page: Page,
  username: string,
  password: string = PASSWORD,
): Promise<void> {
  await page.locator("input[autocomplete=username]").fill(username);
  await page.locator("input[type=password]").fill(password);
  await page.locator("button[type=submit]").click();
}

/** Signs in through the form, and waits for the list. */
export async function signIn(
  page: Page,
  url: string,
  username: string,
  password: string = PASSWORD,
): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await fillSignIn(page, username, password);
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

/** Answers the question that a window asks. */
export async function confirm(page: Page, action: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: action, exact: true }).click();
}

/** The page that everybody sees who is signed out. */
export async function expectSignedOut(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
}

export function composer(page: Page) {
  return page.locator("form textarea");
}

/** A message of the thread by its words. */
export function bubble(page: Page, text: string) {
  return page.locator("[data-seq]").filter({ hasText: text });
}

/** What stands with one's own message once the server has it. */
export function sentMark(page: Page, text: string) {
  return bubble(page, text)
    .last()
    .getByLabel(/^(?:Sent|Delivered)$/);
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
        await page.getByRole("region", { name: "Messages" }).evaluate(async (region) => {
          region.scrollTop = 0;
          // Nobody scrolls twice between two pictures, however seldom these come on a busy machine.
          await new Promise(requestAnimationFrame);
        });
        return beginning.isVisible();
      },
      { intervals: [20], timeout: 120_000 },
    )
    .toBe(true);
}
