import type { Page } from "@playwright/test";

import { recordAlerts, setHidden } from "../harness/alerts.ts";
import {
  bubble,
  confirm,
  expectSignedOut,
  fillSignIn,
  person,
  send,
  sentMark,
  signIn,
} from "../harness/app.ts";
import { REFUSED } from "../harness/complaints.ts";
import { keptOnDevice } from "../harness/device.ts";
import { PASSWORD, Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";

const NEW_PASSWORD = "battery staple";

async function openSettings(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/settings`);
  await expect(page.getByRole("heading", { name: "Devices" })).toBeVisible();
}

/** The headline of a section of the settings leads to it. */
function section(page: Page, name: string) {
  return page
    .locator("main section, main form")
    .filter({ has: page.getByRole("heading", { name, exact: true }) });
}

test("the password is changed by who knows the old one; other devices are signed out", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(REFUSED);
  const ann = await person(browser, server.url, "Ann");
  const elsewhere = await (await browser.newContext()).newPage();
  await signIn(elsewhere, server.url, ann.person.username);
  await openSettings(ann.page, server.url);
  const form = section(ann.page, "Password");
  await form.getByLabel("Present password").fill("not this one");
  await form.getByLabel("New password").fill(NEW_PASSWORD);
  await form.getByRole("button", { name: "Change password" }).click();
  // What is wrong stands in the form, and nothing has to be typed again.
  await expect(form.getByLabel("Present password")).toHaveAccessibleDescription(
    "That is not your present password.",
  );
  await expect(form.getByLabel("New password")).toHaveValue(NEW_PASSWORD);
  await form.getByLabel("Present password").fill(PASSWORD);
  await form.getByRole("button", { name: "Change password" }).click();
  await expect(form.getByText("Changed. Your other devices are signed out.")).toBeVisible();
  await expectSignedOut(elsewhere);
  await fillSignIn(elsewhere, ann.person.username);
  await expect(elsewhere.getByRole("alert")).toContainText("do not belong together");
  await signIn(elsewhere, server.url, ann.person.username, NEW_PASSWORD);
  await ann.page.context().close();
  await elsewhere.context().close();
});

test("a device that is signed out from another one goes to the sign-in, and holds nothing", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(REFUSED);
  const ann = await person(browser, server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann.person);
  await bo.say(conversation, "a secret");
  const lost = await (
    await browser.newContext({ userAgent: "Mozilla/5.0 (Android) Firefox/140" })
  ).newPage();
  await signIn(lost, server.url, ann.person.username);
  await lost.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(lost, "a secret")).toBeVisible();
  expect(await keptOnDevice(lost)).toContain("a secret");

  await openSettings(ann.page, server.url);
  const devices = section(ann.page, "Devices");
  await expect(devices.getByText("This device")).toHaveCount(1);
  await devices.getByRole("button", { name: "Sign out Firefox, Android" }).click();
  await expect(devices.getByText("Firefox, Android")).toBeHidden();
  await expectSignedOut(lost);
  await expect.poll(() => keptOnDevice(lost)).toEqual("");
  await lost.goto(`${server.url}/c/${conversation}`);
  await expectSignedOut(lost);

  const third = await (await browser.newContext()).newPage();
  await signIn(third, server.url, ann.person.username);
  await ann.page.reload();
  await devices.getByRole("button", { name: "Sign out all other devices" }).click();
  await expectSignedOut(third);
  await expect(devices.locator("li")).toHaveCount(1);
  for (const each of [ann.page, lost, third]) await each.context().close();
});

test("signing out leaves nothing of the person behind, in no tab", async ({
  browser,
  complaints,
  server,
}) => {
  // The tab that is signed out along asks once more who is there.
  complaints.provoke(REFUSED);
  const ann = await person(browser, server.url, "Ann Remembered");
  const bo = await Person.signUp(server.url, "Bo Remembered");
  const conversation = await bo.direct(ann.person);
  await bo.say(conversation, "a secret");
  await ann.page.goto(`${server.url}/c/${conversation}`);
  await send(ann.page, "an answer");
  await expect(sentMark(ann.page, "an answer")).toBeVisible();
  await ann.page.locator("form textarea").fill("half a draft");
  await ann.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const second = await ann.page.context().newPage();
  await openSettings(second, server.url);
  await expect
    .poll(() => keptOnDevice(second))
    .toMatch(/a secret[^]*half a draft|half a draft[^]*a secret/);
  await second.getByRole("button", { name: "Sign out", exact: true }).last().click();
  // A draft would be lost: so it asks first.
  await confirm(second, "Sign out");
  await expectSignedOut(second);
  await expectSignedOut(ann.page);
  await expect.poll(() => keptOnDevice(second)).toEqual("");
  expect(await second.context().cookies()).toEqual([]);
  // The next person at this browser sees nothing of it either.
  await second.goto(`${server.url}/c/${conversation}`);
  await expectSignedOut(second);
  const cy = await Person.signUp(server.url, "Cy");
  await fillSignIn(second, cy.username);
  await expect(second.getByText("Nobody to talk to yet")).toBeVisible();
  expect(await keptOnDevice(second)).not.toContain("Remembered");
  await second.context().close();
});

test("a new name is seen by others at once", async ({ browser, server }) => {
  const ann = await person(browser, server.url, "Ann");
  const bo = await person(browser, server.url, "Bo");
  const conversation = await ann.person.direct(bo.person);
  await ann.person.say(conversation, "hello");
  await bo.page.goto(`${server.url}/c/${conversation}`);
  await expect(bo.page.getByRole("heading", { name: "Ann", exact: true })).toBeVisible();
  await openSettings(ann.page, server.url);
  await ann.page.getByLabel("Your name").fill("Ann-Marie");
  await ann.page.getByRole("button", { name: "Change the name" }).click();
  await expect(ann.page.getByRole("button", { name: "Change the name" })).toBeHidden();
  await expect(bo.page.getByRole("heading", { name: "Ann-Marie" })).toBeVisible();
  await expect(bo.page.locator("[data-pane=list] li")).toContainText("Ann-Marie");
  await ann.page.context().close();
  await bo.page.context().close();
});

test("a name that is refused is told next to the field, and stays in it", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(REFUSED);
  const ann = await person(browser, server.url, "Ann");
  await openSettings(ann.page, server.url);
  const field = ann.page.getByLabel("Your name");
  await field.fill("A".repeat(500));
  await ann.page.getByRole("button", { name: "Change the name" }).click();
  await expect(field).toHaveAccessibleDescription(/\w/);
  await expect(field).toHaveValue("A".repeat(500));
  await ann.page.context().close();
});

test("title and favicon tell how much is unread", async ({ browser, server }) => {
  const ann = await person(browser, server.url, "Ann");
  const { page } = ann;
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann.person);
  const icon = page.locator('link[rel="icon"]');
  await expect(page).toHaveTitle("Parley");
  await expect(icon).toHaveAttribute("href", "/favicon.svg");
  for (let i = 1; i <= 3; i++) await bo.say(conversation, `unread ${i}`);
  await expect(page).toHaveTitle("(3) Parley");
  await expect(page.locator("[data-pane=list] li")).toContainText("3 unread");
  await expect(icon).toHaveAttribute("href", /^data:image\/png/);
  await page.getByRole("link", { name: "unread 3" }).click();
  await expect(bubble(page, "unread 3")).toBeInViewport();
  await expect(page).toHaveTitle("Parley");
  await expect(icon).toHaveAttribute("href", "/favicon.svg");
  await page.context().close();
});

test("a message that comes out of view is told by a sound and by a window, as one chose", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann", { permissions: ["notifications"] });
  const { page } = ann;
  const told = await recordAlerts(page);
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann.person);
  await openSettings(page, server.url);
  const windows = page.getByRole("checkbox", { name: /^Notifications/ });
  await windows.click();
  await expect(windows).toBeChecked();
  await bo.say(conversation, "are you there?");
  await expect.poll(told).toEqual({ tones: 2, windows: [] });

  await setHidden(page, true);
  await bo.say(conversation, "hello?");
  await expect.poll(told).toEqual({ tones: 4, windows: ["Bo: hello?"] });
  await setHidden(page, false);
  await page.getByRole("checkbox", { name: "Sound" }).uncheck();
  await windows.click();
  await expect(windows).not.toBeChecked();
  await setHidden(page, true);
  await bo.say(conversation, "then not");
  await expect(page).toHaveTitle("(3) Parley");
  expect(await told()).toEqual({ tones: 4, windows: ["Bo: hello?"] });
  await page.context().close();
});

test("appearance, language and alerts are kept on this device", async ({ browser, server }) => {
  const ann = await person(browser, server.url, "Ann", { colorScheme: "light" });
  const { page } = ann;
  await openSettings(page, server.url);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("radio", { name: "Dark" }).check();
  await expect.poll(background).not.toBe(light);
  await page.getByRole("checkbox", { name: "Sound" }).uncheck();
  await page.getByRole("radio", { name: "العربية" }).click();
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  expect(await background()).not.toBe(light);
  await page.getByRole("radio", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("dir", "ltr");
  await expect(page.getByRole("checkbox", { name: "Sound" })).not.toBeChecked();
  await page.context().close();
});
