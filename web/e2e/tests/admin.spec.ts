import type { Browser, Page } from "@playwright/test";

import { confirm, expectSignedOut, fillSignIn, person, signIn } from "../harness/app.ts";
import { REFUSED } from "../harness/complaints.ts";
import { Parleyd } from "../harness/parleyd.ts";
import { freshUsername, PASSWORD, Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";

const NEW_PASSWORD = "battery staple";

/** An administrator, signed in. */
async function administrator(browser: Browser, server: Parleyd) {
  const made = await person(browser, server.url, "Ann Admin");
  await server.grantAdmin(made.person.username);
  return made;
}

/** Searches somebody among the people, and opens what is known of them. */
async function openPerson(page: Page, url: string, wanted: Person) {
  await page.goto(`${url}/admin/people`);
  await page.getByRole("searchbox", { name: "Search people", exact: true }).fill(wanted.username);
  const row = page.locator("main li").filter({ hasText: `@${wanted.username}` });
  await expect(page.locator("main li")).toHaveCount(1);
  await row.getByRole("button", { expanded: false }).click();
  return row;
}

async function openAsGuest(browser: Browser, address: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(address);
  return page;
}

test("the administrator link makes whoever signs in an administrator, once", async ({
  browser,
}) => {
  const server = await Parleyd.start();
  try {
    const ann = await Person.signUp(server.url, "Ann");
    const page = await openAsGuest(browser, server.adminLink);
    await page.getByRole("link", { name: "Sign in" }).click();
    expect(page.url()).not.toContain("admin=");
    await fillSignIn(page, ann.username);
    await page.getByRole("button", { name: "Become the administrator" }).click();
    await expect(page.getByText("You are the administrator now")).toBeVisible();
    await page.getByRole("link", { name: "To the administration" }).click();
    await expect(page.locator("main li")).toContainText(["Ann"]);
    await page.getByRole("link", { name: "Log" }).click();
    await expect(page.locator("main li")).toContainText([
      "Ann became administrator by the server's link",
    ]);
    await page.context().close();
  } finally {
    await server.stop();
  }
});

test("who was made administrator at the command line finds the way there; nobody else", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(REFUSED);
  const { person: ann, page } = await person(browser, server.url, "Ann");
  await page.goto(`${server.url}/admin`);
  await expect(page.getByText("Only for administrators")).toBeVisible();
  await page.goto(`${server.url}/settings`);
  await expect(page.getByRole("heading", { name: "Devices" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Administration" })).toBeHidden();
  await server.grantAdmin(ann.username);
  await page.reload();
  await page.getByRole("link", { name: "Administration" }).click();
  await expect(page.getByRole("searchbox", { name: "Search people", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Log" }).click();
  await expect(
    page.locator("main li").filter({ has: page.locator(`a[href*="${ann.username}"]`) }),
  ).toContainText("The server's command line made Ann an administrator");
  await page.context().close();
});

test("who is disabled is out at once and is told so; enabled, they are back", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(REFUSED);
  const { page } = await administrator(browser, server);
  const bo = await person(browser, server.url, "Bo");
  const row = await openPerson(page, server.url, bo.person);
  await expect(row).toContainText("2 devices");
  await row.getByRole("button", { name: "Disable the account" }).click();
  await confirm(page, "Disable");
  await expect(row.getByText("Disabled", { exact: true })).toBeVisible();

  await expectSignedOut(bo.page);
  await fillSignIn(bo.page, bo.person.username);
  await expect(bo.page.getByRole("alert")).toContainText(
    "this account is disabled: ask an administrator",
  );
  await row.getByRole("button", { name: "Enable the account" }).click();
  await expect(row.getByText("Disabled", { exact: true })).toBeHidden();
  await signIn(bo.page, server.url, bo.person.username);
  await page.context().close();
  await bo.page.context().close();
});

test("a link sets a new password once, and ends what the old one had opened", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(REFUSED);
  const { page } = await administrator(browser, server);
  const bo = await person(browser, server.url, "Bo");
  const row = await openPerson(page, server.url, bo.person);
  await row.getByRole("button", { name: "Make a link for a new password" }).click();
  const link = (await row.locator("code").textContent()) ?? "";

  const guest = await openAsGuest(browser, link);
  await guest.getByLabel("New password").fill("short");
  await guest.getByRole("button", { name: "Set the password" }).click();
  // Refused next to what was typed, which stays.
  await expect(guest.getByRole("alert")).toBeVisible();
  await expect(guest.getByLabel("New password")).toHaveValue("short");
  await guest.getByLabel("New password").fill(NEW_PASSWORD);
  await guest.getByRole("button", { name: "Set the password" }).click();
  await expect(guest.getByText("Your password is changed")).toBeVisible();
  await expectSignedOut(bo.page);

  await guest.getByRole("link", { name: "Sign in" }).click();
  await fillSignIn(guest, bo.person.username);
  await expect(guest.getByRole("alert")).toContainText("do not belong together");
  await signIn(guest, server.url, bo.person.username, NEW_PASSWORD);
  await bo.page.goto(link);
  await bo.page.getByLabel("New password").fill(NEW_PASSWORD);
  await bo.page.getByRole("button", { name: "Set the password" }).click();
  await expect(bo.page.getByRole("alert")).toContainText("This link is not good any more.");
  for (const each of [page, guest, bo.page]) await each.context().close();
});

test("an administrator signs somebody out everywhere; the log has it", async ({
  browser,
  server,
}) => {
  const { page } = await administrator(browser, server);
  const bo = await person(browser, server.url, "Bo Elsewhere");
  const row = await openPerson(page, server.url, bo.person);
  await row.getByRole("button", { name: "Sign out everywhere" }).click();
  await confirm(page, "Sign out");
  await expect(row).toContainText("no device");
  await expectSignedOut(bo.page);
  await signIn(bo.page, server.url, bo.person.username);

  await page.getByRole("link", { name: "Log" }).click();
  const line = page.locator("main li").filter({ hasText: "Bo Elsewhere" });
  await expect(line).toContainText("Ann Admin signed Bo Elsewhere out everywhere");
  // The log leads to the person.
  await line.getByRole("link", { name: "Bo Elsewhere" }).click();
  await expect(page.locator("main li")).toHaveCount(1);
  await expect(page.locator("main li")).toContainText(bo.person.username);
  await page.context().close();
  await bo.page.context().close();
});

test("an administrator makes others, and takes it away again", async ({ browser, server }) => {
  const { page, person: ann } = await administrator(browser, server);
  const bo = await person(browser, server.url, "Bo");
  const row = await openPerson(page, server.url, bo.person);
  await row.getByRole("button", { name: "Make administrator" }).click();
  await confirm(page, "Make administrator");
  await expect(row.getByText("Administrator", { exact: true })).toBeVisible();
  const own = await openPerson(bo.page, server.url, ann);
  await expect(own).toContainText("Administrator");

  await row.getByRole("button", { name: "Take administration away" }).click();
  await confirm(page, "Take away");
  await expect(row.getByText("Administrator", { exact: true })).toBeHidden();
  await bo.page.goto(`${server.url}/admin`);
  await expect(bo.page.getByText("Only for administrators")).toBeVisible();
  // Nobody does that to themself: there is always one.
  const mine = await openPerson(page, server.url, ann);
  await expect(mine.getByRole("button", { name: "Sign out everywhere" })).toBeVisible();
  await expect(mine.getByRole("button", { name: /Disable|Take administration/ })).toBeHidden();
  await page.context().close();
  await bo.page.context().close();
});

test("who may join: nobody, who is invited, everybody", async ({ browser, complaints }) => {
  complaints.provoke(REFUSED);
  const server = await Parleyd.start();
  try {
    const { page } = await administrator(browser, server);
    await page.goto(`${server.url}/admin/joining`);
    const saved = page.getByText("Saved. It holds from now on.");
    const guest = await openAsGuest(browser, `${server.url}/sign-up`);
    await guest.getByLabel("Username").fill(freshUsername());
    await guest.getByLabel("Password").fill(PASSWORD);

    await page.getByRole("radio", { name: /Nobody/ }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(saved).toBeVisible();
    // The page was open before: the refusal stands with the form, and what was typed stays.
    await guest.getByRole("button", { name: "Make account" }).click();
    await expect(guest.getByRole("alert")).toBeVisible();
    await expect(guest.getByLabel("Password")).toHaveValue(PASSWORD);
    await guest.reload();
    await expect(guest.getByText("This server takes no new people at present.")).toBeVisible();

    await page.getByRole("radio", { name: /Who is invited/ }).check();
    await expect(saved).toBeHidden();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(saved).toBeVisible();
    await guest.reload();
    await expect(guest.getByText("by invitation only")).toBeVisible();
    await page.getByRole("button", { name: "Make an invitation link" }).click();
    await guest.goto((await page.locator("code").textContent()) ?? "");
    await expect(guest.getByText("would like to talk with you")).toBeVisible();
    await guest.getByLabel("Username").fill(freshUsername());
    await guest.getByLabel("Password").fill(PASSWORD);
    await guest.getByRole("button", { name: "Make account" }).click();
    await expect(guest.getByRole("heading", { name: "Ann Admin" })).toBeVisible();

    await page.getByRole("radio", { name: /Everybody/ }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(saved).toBeVisible();
    const second = await openAsGuest(browser, `${server.url}/sign-up`);
    await expect(second.getByRole("button", { name: "Make account" })).toBeVisible();
    await expect(second.getByText("by invitation only")).toBeHidden();
    for (const each of [page, guest, second]) await each.context().close();
  } finally {
    await server.stop();
  }
});

test("an invitation for several is made, counted and taken back", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(REFUSED);
  const { page } = await administrator(browser, server);
  await page.goto(`${server.url}/admin/joining`);
  await page.getByLabel("For how many people").fill("3");
  await page.getByLabel("For how long").selectOption({ label: "1 day" });
  await page.getByRole("button", { name: "Make an invitation link" }).click();
  const url = (await page.locator("code").textContent()) ?? "";
  await expect(page.getByText("It is good for 3 people")).toBeVisible();
  await expect(page.getByText("Nobody came with it yet.")).toBeVisible();
  const guest = await openAsGuest(browser, url);
  await guest.getByLabel("Username").fill(freshUsername());
  await guest.getByLabel("Password").fill(PASSWORD);
  await guest.getByRole("button", { name: "Make account" }).click();
  await expect(guest.getByRole("heading", { name: "Ann Admin" })).toBeVisible();

  await page.reload();
  await expect(page.getByText("One person came with it.")).toBeVisible();
  await page.getByRole("button", { name: /^Take back the invitation/ }).click();
  await confirm(page, "Take back");
  await expect(page.getByText("For 3 people")).toBeHidden();
  const late = await openAsGuest(browser, url);
  await expect(late.getByText("This invitation has expired or was used up.")).toBeVisible();
  for (const each of [page, guest, late]) await each.context().close();
});

test("the numbers tell how the server is doing", async ({ browser, server }) => {
  const { page, person: ann } = await administrator(browser, server);
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann);
  for (let i = 0; i < 20; i++) await bo.say(conversation, `counted ${i}`);
  await page.goto(`${server.url}/admin/numbers`);
  const chart = (name: string) =>
    page.locator("main section").filter({ has: page.getByRole("heading", { name, exact: true }) });
  const measured = chart("Connections").getByRole("img", { name: /^Now [1-9]/ });
  await expect(measured).toBeVisible({ timeout: 15_000 });
  await expect(chart("Messages").getByRole("img", { name: /to [^0]\S*\.$/ })).toBeVisible({
    timeout: 15_000,
  });
  await expect(chart("Storage").getByRole("img", { name: /^Now \d/ })).toBeVisible();
  await page.context().close();
});

test("the administrator's pages are worked by the keyboard alone", async ({ browser, server }) => {
  const { page } = await administrator(browser, server);
  const bo = await Person.signUp(server.url, "Bo Keys");
  await page.goto(`${server.url}/admin/people`);
  const field = page.getByRole("searchbox", { name: "Search people", exact: true });
  await field.focus();
  await page.keyboard.type(bo.username);
  await expect(page.locator("main li")).toHaveCount(1);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const disable = page.getByRole("button", { name: "Disable the account" });
  for (const name of [
    "Make a link for a new password",
    "Sign out everywhere",
    "Make administrator",
    "Disable the account",
  ]) {
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name })).toBeFocused();
  }
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(disable).toBeFocused();
  await field.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("link", { name: "Log" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/admin\/log$/);
  await page.context().close();
});
