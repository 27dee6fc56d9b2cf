import { bubble, composer, person, send, signIn } from "../harness/app.ts";
import { NO_NETWORK } from "../harness/complaints.ts";
import { Parleyd } from "../harness/parleyd.ts";
import { PASSWORD, Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";

test("somebody makes an account, finds a person and starts to talk", async ({ page, server }) => {
  const friend = await Person.signUp(server.url, "Friendly Person");
  await page.goto("/sign-up");
  await page.getByLabel("Your name").fill("New Comer");
  await page.getByLabel("Username").fill(`n-${friend.username}`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Make account" }).click();
  await page.getByRole("link", { name: "Start a conversation" }).click();
  await page.getByLabel("Who with?").fill(friend.username);
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Start talking" }).click();
  await send(page, "hello there");
  await expect(bubble(page, "hello there")).toBeVisible();
  await expect(bubble(page, "hello there").getByRole("img", { name: "Sent" })).toBeVisible();
});

test("two people talk: typing, delivery, answers and what was seen", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann");
  const bo = await person(browser, server.url, "Bo");
  const conversation = await ann.person.direct(bo.person);
  await ann.person.say(conversation, "first");
  await ann.page.goto(`${server.url}/c/${conversation}`);
  await bo.page.goto(`${server.url}/c/${conversation}`);

  await expect(bubble(bo.page, "first")).toBeVisible();
  await composer(ann.page).pressSequentially("how are");
  await expect(bo.page.locator("main header").getByText("typing…")).toBeVisible();
  await send(ann.page, "how are you?");
  await expect(bubble(bo.page, "how are you?")).toBeVisible();
  await expect(ann.page.getByLabel("Seen by Bo")).toBeVisible();

  await bubble(bo.page, "how are you?").hover();
  await bubble(bo.page, "how are you?").getByRole("button", { name: "Reply" }).click();
  await send(bo.page, "well, thank you");
  const answer = bubble(ann.page, "well, thank you");
  await expect(answer.getByRole("button", { name: /Ann\s*how are you/ })).toBeVisible();
  await ann.page.context().close();
  await bo.page.context().close();
});

test("who has just met sees whether the other is there", async ({ browser, server }) => {
  const ann = await person(browser, server.url, "Ann");
  const bo = await person(browser, server.url, "Bo");
  const conversation = await ann.person.direct(bo.person);
  await ann.page.goto(`${server.url}/c/${conversation}`);
  const status = ann.page.locator("main header");
  await expect(status).toContainText("Bo");
  await send(ann.page, "hello");
  await expect(status).toContainText("online");
  await ann.page.context().close();
  await bo.page.context().close();
});

test("what is written offline is kept, shown, and sent once when the network is back", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(NO_NETWORK);
  const ann = await person(browser, server.url, "Ann");
  const bo = await person(browser, server.url, "Bo");
  const conversation = await ann.person.direct(bo.person);
  await ann.person.say(conversation, "before");
  await ann.page.goto(`${server.url}/c/${conversation}`);
  await bo.page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(bo.page, "before")).toBeVisible();

  await ann.page.context().setOffline(true);
  await expect(ann.page.getByText("You are offline.")).toBeVisible();
  await send(ann.page, "from the tunnel");
  await expect(ann.page.getByText("from the tunnel").first()).toBeVisible();
  await ann.page.context().setOffline(false);
  await expect(bubble(bo.page, "from the tunnel")).toHaveCount(1);
  await expect(ann.page.getByText("You are offline.")).toBeHidden();
  await ann.page.context().close();
  await bo.page.context().close();
});

test("a server that dies while one types costs neither a key nor a message", async ({
  browser,
  complaints,
}) => {
  complaints.provoke(NO_NETWORK);
  const server = await Parleyd.start({ PARLEY_STORAGE_ENGINE: "rocksdb" });
  try {
    const ann = await person(browser, server.url, "Ann");
    const bo = await Person.signUp(server.url, "Bo");
    const conversation = await ann.person.direct(bo);
    await ann.page.goto(`${server.url}/c/${conversation}`);
    await composer(ann.page).pressSequentially("to be");
    await server.kill();
    await composer(ann.page).pressSequentially(" or not to be");
    await composer(ann.page).press("Enter");
    await expect(composer(ann.page)).toHaveValue("");
    await expect(ann.page.getByText("to be or not to be").first()).toBeVisible();
    await composer(ann.page).pressSequentially("that is");
    await server.startAgain();
    await expect(bubble(ann.page, "to be or not to be")).toHaveCount(1);
    await expect(composer(ann.page)).toHaveValue("that is");
    await ann.page.reload();
    await expect(bubble(ann.page, "to be or not to be")).toHaveCount(1);
    await expect(composer(ann.page)).toHaveValue("that is");
    await ann.page.context().close();
  } finally {
    await server.stop();
  }
});

test("two tabs agree", async ({ browser, server }) => {
  const ann = await person(browser, server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await ann.person.direct(bo);
  await ann.page.goto(`${server.url}/c/${conversation}`);
  const second = await ann.page.context().newPage();
  await second.goto(`${server.url}/c/${conversation}`);
  await send(ann.page, "from the first tab");
  await expect(bubble(second, "from the first tab")).toBeVisible();
  await send(second, "from the second tab");
  await expect(bubble(ann.page, "from the second tab")).toBeVisible();
  await ann.page.context().close();
});

test("a long thread opens where reading stopped, and scrolls on to its end", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann.person);
  for (let i = 1; i <= 30; i++) await bo.say(conversation, `read ${i}`);
  const read = await bo.say(conversation, "the last that was read");
  await ann.person.read(conversation, read);
  for (let i = 1; i <= 200; i++) await bo.say(conversation, `unread ${i}.`);
  await ann.page.goto(`${server.url}/c/${conversation}`);
  await expect(ann.page.getByText("New messages", { exact: true }).first()).toBeVisible();
  await expect(bubble(ann.page, "the last that was read")).toBeInViewport();
  await expect(bubble(ann.page, "unread 1.")).toBeInViewport();
  await ann.page.locator("main button").filter({ hasText: "New messages" }).click();
  await expect(bubble(ann.page, "unread 200.")).toBeInViewport();
  await expect(ann.page).toHaveTitle("Parley");
  await ann.page.context().close();
});

test("a thread opens at what is unread by now, whatever the device remembers", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann.person);
  for (let i = 1; i <= 60; i++) await bo.say(conversation, `early ${i}.`);
  await expect(ann.page.getByRole("link", { name: "early 60." })).toBeVisible();
  // The device is put away with 60 unread; they are read on another one, and more comes.
  const context = ann.page.context();
  await ann.page.close();
  for (let i = 1; i <= 60; i++) await bo.say(conversation, `late ${i}.`);
  await ann.person.read(conversation, (await bo.say(conversation, "read elsewhere")) - 20);
  const page = await context.newPage();
  // The page of what the device remembers comes when the server has told.
  const told = page.getByRole("link", { name: "read elsewhere" });
  await page.route(/\/changes\?after=0&/, async (route) => {
    await expect(told).toBeVisible();
    await route.continue();
  });
  await page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(page, "late 41.")).toBeInViewport();
  await expect(page.getByText("New messages", { exact: true }).first()).toBeInViewport();
  await context.close();
});

test("one search finds conversations and people, who have a card", async ({ page, server }) => {
  const ann = await Person.signUp(server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo Besides");
  const cy = await Person.signUp(server.url, "Cy Stranger");
  await ann.group("Book club", [bo]);
  await signIn(page, server.url, ann.username);
  await expect(page.getByRole("link", { name: "Book club" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("bo");
  await expect(page.getByRole("region", { name: "Conversations" })).toContainText("Book club");
  await expect(page.getByRole("region", { name: "People" })).toContainText("Bo Besides");
  await page.keyboard.press("Escape");
  await page.keyboard.type(`@${cy.username}`);
  await expect(page.getByRole("region", { name: "People" })).toContainText("Cy Stranger");
  await page.keyboard.press("Enter");
  const card = page.getByRole("dialog", { name: "Cy Stranger" });
  await expect(card.getByText(`@${cy.username}`)).toBeVisible();
  await page.keyboard.press("Enter");
  await send(page, "hello, stranger");
  await expect(bubble(page, "hello, stranger")).toBeVisible();
  await expect(card).toBeHidden();
});

test("who comes by an invitation finds the conversation with who invited", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann Inviter");
  await ann.page.goto(`${server.url}/settings`);
  await ann.page.getByRole("button", { name: "Make an invitation link" }).click();
  const url = await ann.page.locator("code").textContent();
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(url ?? "");
  await expect(guest.getByText("Ann Inviter would like to talk with you.")).toBeVisible();
  await guest.getByLabel("Username").fill(`g-${ann.person.username}`);
  await guest.getByLabel("Password").fill(PASSWORD);
  await guest.getByRole("button", { name: "Make account" }).click();
  await expect(guest.getByRole("heading", { name: "Ann Inviter" })).toBeVisible();
  await ann.page.context().close();
  await guest.context().close();
});

test("the app opens without a network, with what was read last", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(NO_NETWORK);
  const ann = await person(browser, server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann.person);
  await bo.say(conversation, "kept for the journey");
  await ann.page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(ann.page, "kept for the journey")).toBeVisible();
  await ann.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await ann.page.context().setOffline(true);
  await ann.page.reload();
  await expect(bubble(ann.page, "kept for the journey")).toBeVisible();
  await expect(ann.page.getByText("You are offline.")).toBeVisible();
  await ann.page.context().close();
});

test("an emoji is picked, with nothing asked of anybody else", async ({ page, server }) => {
  const ann = await Person.signUp(server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await ann.direct(bo);
  await signIn(page, server.url, ann.username);
  await page.goto(`/c/${conversation}`);
  await composer(page).fill("cheers ");
  await page.getByRole("button", { name: "Emoji" }).click();
  await page.getByLabel("Search emoji").fill("party popper");
  await page.getByRole("button", { name: "🎉" }).or(page.getByText("🎉")).first().click();
  await expect(composer(page)).toHaveValue("cheers 🎉");
});
