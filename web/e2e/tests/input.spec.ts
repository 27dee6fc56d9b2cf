import type { Page } from "@playwright/test";

import {
  bubble,
  composer,
  expectSignedOut,
  fillSignIn,
  person,
  send,
  sentMark,
} from "../harness/app.ts";
import { NO_NETWORK, REFUSED } from "../harness/complaints.ts";
import { freshUsername, PASSWORD, Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";

const NARROW = { viewport: { width: 320, height: 640 } };
const TEXT_BYTES = 20_000;

/** Texts that want to break out, each with words by which it is found again. */
const HOSTILE = {
  html: "<img src=x onerror=alert(1)><script>alert(1)</script> html",
  addresses: "javascript:alert(1) data:text/html,x addresses",
  "right to left": "\u202eright to left",
  "zero width": "\u200b\u200d\u2060".repeat(2000) + "zero width",
  xxx: "x".repeat(19_990),
  marks: "e" + "\u0301".repeat(500) + " marks",
  isolates: "\u2066\u2067\u2068".repeat(500) + "isolates",
  "many lines": "\n\n\n".repeat(300) + "many lines",
};

/** How far the page and the thread reach beyond their width. */
async function overflow(page: Page): Promise<readonly number[]> {
  return page.evaluate(() => {
    const scroller = document.querySelector("main [role=region]");
    return [document.documentElement, document.body, scroller].map((box) =>
      box === null ? 0 : box.scrollWidth - box.clientWidth,
    );
  });
}

async function expectHarmless(page: Page): Promise<void> {
  expect(await page.locator("main img, main script, aside script").count()).toBe(0);
  expect(await page.locator("main a[href^=javascript], main a[href^=data]").count()).toBe(0);
  expect(await overflow(page)).toEqual([0, 0, 0]);
}

test("hostile text is harmless, and stays in its place", async ({ browser, server }) => {
  const { page, person: ann } = await person(browser, server.url, "Ann", NARROW);
  const bo = await Person.signUp(server.url, "\u202eoB \u202d" + "W".repeat(60));
  const conversation = await bo.direct(ann);
  for (const text of Object.values(HOSTILE)) await bo.say(conversation, text);
  await ann.read(conversation, await bo.say(conversation, HOSTILE.marks));
  await page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(page, "marks").last()).toBeInViewport();
  await expectHarmless(page);
  const box = await bubble(page, "marks").last().boundingBox();
  expect(box?.height).toBeLessThan(80);
  // What somebody's name turns around ends with the name.
  await send(page, "still fine");
  await expect(sentMark(page, "still fine")).toBeVisible();
  await page.context().close();
});

test("hostile text is written like any other", async ({ browser, server }) => {
  const { page, person: ann } = await person(browser, server.url, "Ann", NARROW);
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await ann.direct(bo);
  await page.goto(`${server.url}/c/${conversation}`);
  for (const [words, text] of Object.entries(HOSTILE)) {
    await send(page, text);
    await expect(composer(page)).toHaveValue("");
    await expect(sentMark(page, words)).toBeVisible();
  }
  await expectHarmless(page);
  // Nothing of it was changed on its way.
  const said = await bo.history(conversation);
  expect(said.map(({ text }) => text)).toEqual(Object.values(HOSTILE));
  await page.context().close();
});

test("hostile names of people and groups stay in their places", async ({ browser, server }) => {
  const name = "<b>B</b>\u202e" + "e" + "\u0301".repeat(60);
  const { page, person: ann } = await person(browser, server.url, "Ann", NARROW);
  const bo = await Person.signUp(server.url, name);
  const group = await bo.group(`<script>alert(1)</script>\u202e${"W".repeat(120)}`, [ann]);
  const direct = await bo.direct(ann);
  await bo.say(direct, "hello from afar");
  await page.goto(server.url);
  await expect(page.locator("[data-pane=list] li")).toHaveCount(2);
  await expectHarmless(page);
  for (const [path, shown] of [
    [`/c/${group}/details`, "aside li"],
    [`/c/${group}`, "form textarea"],
    [`/c/${direct}`, "[data-seq]"],
  ] as const) {
    await page.goto(server.url + path);
    await page.locator(shown).first().waitFor();
    expect(await page.locator("main b:not(:has(bdi)), main script").count()).toBe(0);
    expect(await overflow(page)).toEqual([0, 0, 0]);
  }
  // Marks that pile up are cut off by their line, and what is under it can be pressed.
  await page.getByRole("button", { name: "Details" }).click();
  await expect(page.locator("aside h2")).toBeVisible();
  await page.context().close();
});

test("a text that is too long is told so, stays, and is sent once it is shorter", async ({
  browser,
  server,
}) => {
  const { page, person: ann } = await person(browser, server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await ann.direct(bo);
  await page.goto(`${server.url}/c/${conversation}`);
  const long = "y".repeat(TEXT_BYTES + 1);
  await composer(page).fill(long);
  await expect(page.getByRole("alert")).toContainText("1 character is too many");
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
  await composer(page).press("Enter");
  await expect(composer(page)).toHaveValue(long);
  await composer(page).press("Backspace");
  await expect(page.getByRole("alert")).toBeHidden();
  await composer(page).press("Enter");
  await expect(sentMark(page, "yyy")).toBeVisible();
  await page.context().close();
});

test("what is wrong with a new account stands next to it, and nothing is typed twice", async ({
  complaints,
  page,
  server,
}) => {
  complaints.provoke(REFUSED);
  const other = await Person.signUp(server.url, "Other");
  await page.goto("/sign-up");
  const [name, username, password] = [
    page.getByLabel("Your name"),
    page.getByLabel("Username"),
    page.getByLabel("Password"),
  ];
  await name.fill("New Comer");
  await username.fill(other.username);
  await password.fill(PASSWORD);
  await page.getByRole("button", { name: "Make account" }).click();
  await expect(username).toHaveAccessibleDescription(/Somebody has that name already/);
  await username.fill("not a name!");
  await page.getByRole("button", { name: "Make account" }).click();
  await expect(username).not.toHaveAccessibleDescription(/already/);
  await expect(username).toHaveAttribute("aria-invalid", "true");
  await username.fill(freshUsername());
  await password.fill("short");
  await page.getByRole("button", { name: "Make account" }).click();
  await expect(password).toHaveAttribute("aria-invalid", "true");
  await expect(name).toHaveValue("New Comer");
  await password.fill(PASSWORD);
  await page.getByRole("button", { name: "Make account" }).click();
  await expect(page.getByText("Nobody to talk to yet")).toBeVisible();
});

test("without a network signing in says so, and goes on where it was", async ({
  complaints,
  page,
  server,
}) => {
  complaints.provoke(NO_NETWORK);
  const ann = await Person.signUp(server.url, "Ann");
  await page.goto("/sign-in");
  await expectSignedOut(page);
  await page.context().setOffline(true);
  await fillSignIn(page, ann.username);
  await expect(page.getByRole("alert")).toContainText("The server cannot be reached.");
  await expect(page.getByLabel("Password")).toHaveValue(PASSWORD);
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Nobody to talk to yet")).toBeVisible();
});
