import type { Page } from "@playwright/test";

import { bubble, confirm, person } from "../harness/app.ts";
import { REFUSED } from "../harness/complaints.ts";
import { Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";

const WIDE = { viewport: { width: 1440, height: 900 } };

/** The conversation, without what stands beside it. */
function threadOf(page: Page) {
  return page.locator("main :not(aside) > :has(> form textarea)");
}

function details(page: Page) {
  return page.locator("aside");
}

async function openDetails(page: Page, url: string, group: string): Promise<void> {
  await page.goto(`${url}/c/${group}/details`);
  await expect(details(page).getByRole("heading", { name: "Members" })).toBeVisible();
}

/** Somebody's line among the members, with what can be done shown. */
async function openMember(page: Page, name: string) {
  const more = page.getByRole("button", { name: `What to do with ${name}`, exact: true });
  await details(page).locator(more).click();
  // By this button: its other words run into each other, and "…c" and "You" hold a "Cy".
  return details(page).locator("li").filter({ has: more });
}

test("a new name is seen by everybody at once, with a line that says who gave it", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann", WIDE);
  const bo = await person(browser, server.url, "Bo", WIDE);
  const group = await ann.person.group("Book club", [bo.person]);
  await bo.page.goto(`${server.url}/c/${group}`);
  await expect(bo.page.getByText("Ann started the conversation")).toBeVisible();
  await openDetails(ann.page, server.url, group);
  await ann.page.getByLabel("Name of the group").fill("Film club <b>");
  await ann.page.getByRole("button", { name: "Rename" }).click();
  await expect(bo.page.getByText("Ann named the group Film club <b>")).toBeVisible();
  await expect(threadOf(bo.page).locator("h1")).toHaveText("Film club <b>");
  await expect(bo.page.locator("[data-pane=list] li")).toContainText("Film club <b>");
  await expect(ann.page.getByText("You named the group Film club <b>")).toBeVisible();
  await ann.page.context().close();
  await bo.page.context().close();
});

test("people are brought in, made administrators, and removed; everybody reads of it", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann", WIDE);
  const bo = await person(browser, server.url, "Bo", WIDE);
  const cy = await person(browser, server.url, "Cy", WIDE);
  const group = await ann.person.group("Club", [bo.person]);
  await bo.page.goto(`${server.url}/c/${group}/details`);
  await expect(bo.page.getByRole("button", { name: "Add people" })).toBeHidden();
  await openDetails(ann.page, server.url, group);

  await ann.page.getByRole("button", { name: "Add people" }).click();
  await ann.page.getByLabel("Who is to join?").fill(cy.person.username);
  await details(ann.page).getByRole("checkbox").check();
  await ann.page.getByRole("button", { name: "Add to the group" }).click();
  await expect(bo.page.getByText("Ann added Cy")).toBeVisible();
  await expect(threadOf(bo.page).locator("header")).toContainText("3 members");
  await expect(cy.page.getByRole("link", { name: "Club" })).toBeVisible();

  const line = await openMember(ann.page, "Bo");
  await line.getByRole("button", { name: "Make administrator" }).click();
  await expect(line.getByText("Administrator", { exact: true })).toBeVisible();
  await expect(bo.page.getByText("Ann changed who is an administrator")).toBeVisible();
  // Bo may do so too now.
  await expect(bo.page.getByRole("button", { name: "Add people" })).toBeVisible();
  const removed = await openMember(bo.page, "Cy");
  await removed.getByRole("button", { name: "Remove from the group" }).click();
  await expect(ann.page.getByText("Bo removed Cy")).toBeVisible();
  await expect(removed).toBeHidden();
  await expect(cy.page.getByText("Nobody to talk to yet")).toBeVisible();
  for (const { page } of [ann, bo, cy]) await page.context().close();
});

test("who leaves a group is gone from it on both sides", async ({
  browser,
  complaints,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann", WIDE);
  const bo = await person(browser, server.url, "Bo", WIDE);
  const group = await ann.person.group("Club", [bo.person]);
  await ann.page.goto(`${server.url}/c/${group}`);
  await openDetails(bo.page, server.url, group);
  await bo.page.getByRole("button", { name: "Leave the group" }).click();
  await confirm(bo.page, "Cancel");
  await bo.page.getByRole("button", { name: "Leave the group" }).click();
  await confirm(bo.page, "Leave");
  await expect(bo.page).toHaveURL(`${server.url}/`);
  await expect(bo.page.getByText("Nobody to talk to yet")).toBeVisible();
  await expect(ann.page.getByText("Bo left")).toBeVisible();
  await expect(threadOf(ann.page).locator("header")).toContainText("1 member");
  // Asked for all the same, by its address.
  complaints.provoke(REFUSED);
  await bo.page.goto(`${server.url}/c/${group}`);
  await expect(bo.page.getByText("This conversation is not here")).toBeVisible();
  await ann.page.context().close();
  await bo.page.context().close();
});

test("new members read what came before, or not, as the group has it", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann", WIDE);
  const early = await person(browser, server.url, "Early", WIDE);
  const late = await person(browser, server.url, "Late", WIDE);
  const bo = await Person.signUp(server.url, "Bo");
  const group = await ann.person.group("Club", [bo]);
  await ann.person.say(group, "long ago");
  await openDetails(ann.page, server.url, group);
  await expect(ann.page.getByRole("radio", { name: "from their joining on" })).toBeChecked();
  await ann.person.add(group, early.person);
  await ann.person.say(group, "for everybody");
  await early.page.goto(`${server.url}/c/${group}`);
  await expect(bubble(early.page, "for everybody")).toBeVisible();
  await expect(bubble(early.page, "long ago")).toBeHidden();

  await ann.page.getByRole("radio", { name: "everything" }).click();
  await expect(early.page.getByText("Ann lets new members read the history")).toBeVisible();
  await ann.person.add(group, late.person);
  await late.page.goto(`${server.url}/c/${group}`);
  await expect(bubble(late.page, "long ago")).toBeVisible();
  for (const { page } of [ann, early, late]) await page.context().close();
});

test("a refusal stands next to what was asked for, and what was typed stays", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(/net::ERR_CONNECTION_RESET/);
  const ann = await person(browser, server.url, "Ann", WIDE);
  const bo = await Person.signUp(server.url, "Bo");
  const group = await ann.person.group("Club", [bo]);
  await openDetails(ann.page, server.url, group);
  await ann.page.route(/\/v1\/conversations\/[^/]+$/, (route) =>
    route.request().method() === "PATCH" ? route.abort("connectionreset") : route.continue(),
  );
  await ann.page.getByLabel("Name of the group").fill("A better name");
  await ann.page.getByRole("button", { name: "Rename" }).click();
  await expect(details(ann.page).getByRole("alert")).toContainText("cannot be reached");
  await expect(ann.page.getByLabel("Name of the group")).toHaveValue("A better name");
  await ann.page.unroute(/\/v1\/conversations\/[^/]+$/);
  await ann.page.getByRole("button", { name: "Rename" }).click();
  await expect(threadOf(ann.page).locator("h1")).toHaveText("A better name");

  await ann.page.context().close();
});
