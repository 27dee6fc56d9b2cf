import { bubble, composer, person, send, sentMark } from "../harness/app.ts";
import { NO_NETWORK } from "../harness/complaints.ts";
import { Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";
import { countConnections, refuseMessages } from "../harness/wire.ts";

test("a draft is kept for each conversation, over a reload and in every tab", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann");
  const { page } = ann;
  const bo = await Person.signUp(server.url, "Bo");
  const cy = await Person.signUp(server.url, "Cy");
  const first = await ann.person.direct(bo);
  const second = await ann.person.direct(cy);
  await page.goto(`${server.url}/c/${first}`);
  await composer(page).fill("for Bo,\nin two lines");
  await page.goto(`${server.url}/c/${second}`);
  await expect(composer(page)).toHaveValue("");
  await composer(page).fill("for Cy");
  const list = page.locator("[data-pane=list]");
  await expect(list.getByRole("link", { name: "Bo" })).toContainText("Draft: for Bo");
  await page.reload();
  await expect(composer(page)).toHaveValue("for Cy");
  await list.getByRole("link", { name: "Bo" }).click();
  await expect(composer(page)).toHaveValue("for Bo,\nin two lines");
  const tab = await page.context().newPage();
  await tab.goto(`${server.url}/c/${first}`);
  await expect(composer(tab)).toHaveValue("for Bo,\nin two lines");
  await send(page, "sent after all");
  await expect(list.getByRole("link", { name: "Bo" })).not.toContainText("Draft:");
  await page.context().close();
});

test("all tabs share one connection; when the one that has it goes, another takes it", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await ann.person.direct(bo);
  const context = ann.page.context();
  await ann.page.close();
  const connections = countConnections(context);
  const tabs = [await context.newPage(), await context.newPage(), await context.newPage()];
  for (const [index, tab] of tabs.entries()) {
    await tab.goto(`${server.url}/c/${conversation}`);
    await bo.say(conversation, `to tab ${index}`);
    for (const each of tabs.slice(0, index + 1)) {
      await expect(bubble(each, `to tab ${index}`)).toBeVisible();
    }
    expect(connections()).toBe(1);
  }
  const [leader, ...others] = tabs;
  await leader?.close();
  await bo.say(conversation, "to who is left");
  for (const each of others) {
    await expect(bubble(each, "to who is left")).toBeVisible();
    await send(each, `from ${others.indexOf(each)}`);
    await expect(sentMark(each, `from ${others.indexOf(each)}`)).toBeVisible();
  }
  expect(connections()).toBe(1);
  await context.close();
});

test("a message that the server refuses stays, says why, and is sent by trying again", async ({
  browser,
  server,
}) => {
  const ann = await person(browser, server.url, "Ann");
  const { page } = ann;
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await ann.person.direct(bo);
  let refuses = true;
  await refuseMessages(page, () => refuses);
  await page.goto(`${server.url}/c/${conversation}`);
  await send(page, "important");
  const failed = page.getByRole("alert");
  await expect(failed).toContainText("This group is only read at present.");
  await expect(page.getByText("important", { exact: true }).last()).toBeVisible();
  // It outlives the page.
  await page.reload();
  await failed.getByRole("button", { name: "Try again" }).click();
  await expect(failed).toContainText("only read");
  refuses = false;
  await failed.getByRole("button", { name: "Try again" }).click();
  await expect(sentMark(page, "important")).toBeVisible();
  await expect(failed).toBeHidden();

  refuses = true;
  await send(page, "regretted");
  await failed.getByRole("button", { name: "Discard" }).click();
  await expect(page.locator("main").getByText("regretted")).toBeHidden();
  await page.reload();
  await expect(bubble(page, "important")).toBeVisible();
  await expect(page.locator("main").getByText("regretted")).toBeHidden();
  await page.context().close();
});

test("history that was seen once is read without a network, to its beginning", async ({
  browser,
  complaints,
  server,
}) => {
  complaints.provoke(NO_NETWORK);
  const ann = await person(browser, server.url, "Ann");
  const { page } = ann;
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann.person);
  for (let i = 1; i <= 150; i++) await bo.say(conversation, `number ${i}.`);
  await ann.person.read(conversation, 151);
  const toBeginning = async (): Promise<void> => {
    await expect(bubble(page, "number 150.")).toBeInViewport();
    await expect
      .poll(
        async () => {
          await page.getByRole("region", { name: "Messages" }).evaluate((region) => {
            region.scrollTop = 0;
          });
          return page.getByText("Bo started the conversation").isVisible();
        },
        { intervals: [20] },
      )
      .toBe(true);
  };
  await page.goto(`${server.url}/c/${conversation}`);
  await toBeginning();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.context().setOffline(true);
  await page.reload();
  await toBeginning();
  await expect(bubble(page, "number 1.")).toBeVisible();
  await page.context().close();
});
