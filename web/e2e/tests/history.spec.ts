import { bubble, scrollToBeginning, signIn } from "../harness/app.ts";
import { keepFigures } from "../harness/figures.ts";
import { heldMemory } from "../harness/memory.ts";
import { Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";
import { watchRows } from "../harness/watchRows.ts";

const MESSAGES = 10_000;
const AT_ONCE = 50;
/** More rows than this are never in the page, however long the history is. */
const MOST_ROWS = 120;
/** Nor is more held of it: what is far away from the view is let go. */
const MOST_MIB = 15;
/** What is seen goes on from one frame to the next, by a page at most, also where the other end is let go. */
const LONGEST_STEP = 200;
/** What lies between two pixels is rounded. */
const HELD_PX = 1;

test("a history of 10,000 messages is scrolled to its beginning, and back to its end", async ({
  page,
  server,
}) => {
  test.setTimeout(180_000);
  const ann = await Person.signUp(server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann);
  for (let i = 0; i < MESSAGES; i += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, index) => i + index + 1);
    await Promise.all(numbers.map((number) => bo.say(conversation, `number ${number}.`)));
  }
  const last = await bo.say(conversation, "the very last");
  await ann.read(conversation, last);
  await signIn(page, server.url, ann.username);
  await page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(page, "the very last")).toBeInViewport();

  const atFirst = await heldMemory(page);
  const moves = await watchRows(page);
  await scrollToBeginning(page);
  expect(await page.locator("[data-seq]").count()).toBeLessThan(MOST_ROWS);
  expect((await moves.jsonValue()).messages).toBeLessThan(LONGEST_STEP);

  const scrolled = await heldMemory(page);
  await keepFigures("memory_of_a_scrolled_history", {
    messages: MESSAGES,
    at_first_mib: atFirst,
    scrolled_mib: scrolled,
  });
  expect(scrolled - atFirst).toBeLessThan(MOST_MIB);

  await page.getByRole("button", { name: "To the newest" }).click();
  await expect(bubble(page, "the very last")).toBeInViewport();
});

test("what one reads stays where it is when older messages come in above", async ({
  page,
  server,
}) => {
  const ann = await Person.signUp(server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.group("Long words", [ann]);
  for (let i = 1; i <= 400; i++) {
    const sender = i % 7 < 4 ? bo : ann;
    await sender.say(conversation, `number ${i}. ${"and so on ".repeat((i * 13) % 60)}`);
  }
  await ann.say(conversation, "the very last");
  // On a device that has nothing of it yet.
  await signIn(page, server.url, ann.username);
  await page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(page, "the very last")).toBeInViewport();
  const region = page.getByRole("region", { name: "Messages" });

  let held = Promise.withResolvers<undefined>();
  let asked = Promise.withResolvers<undefined>();
  await page.route(/\/v1\/conversations\/[^/]+\/changes\?/, async (route) => {
    asked.resolve(undefined);
    await held.promise;
    await route.continue();
  });
  for (let pages = 0; pages < 4; pages++) {
    await region.evaluate((box) => {
      box.scrollTop = 700;
    });
    await asked.promise;
    // The view has come to rest, and the list has drawn what it leaves out meanwhile; now the page comes.
    await expect(region.locator("> div").nth(1)).not.toHaveCSS("pointer-events", "none");
    await region.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    const height = await region.evaluate((box) => box.scrollHeight);
    const moves = await watchRows(page);
    const arriving = held;
    [held, asked] = [Promise.withResolvers(), Promise.withResolvers()];
    arriving.resolve(undefined);
    await expect
      .poll(() => region.evaluate((box) => box.scrollHeight), { intervals: [20] })
      .toBeGreaterThan(height + 1000);
    await region.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    expect((await moves.jsonValue()).px).toBeLessThanOrEqual(HELD_PX);
  }
  held.resolve(undefined);
});

test("one page comes in for one scroll, however late the browser tells of where the view is", async ({
  page,
  server,
}) => {
  const ann = await Person.signUp(server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann);
  for (let i = 1; i <= 400; i++) await bo.say(conversation, `number ${i}.`);
  const last = await bo.say(conversation, "the very last");
  await ann.read(conversation, last);
  await signIn(page, server.url, ann.username);
  await page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(page, "the very last")).toBeInViewport();

  let pages = 0;
  page.on("request", (request) => {
    if (/\/v1\/conversations\/[^/]+\/changes\?/.test(request.url())) pages++;
  });
  const region = page.getByRole("region", { name: "Messages" });
  const height = await region.evaluate((box) => box.scrollHeight);
  // As on a busy machine, where tasks are many between two frames, and scroll events come with frames.
  const held = await region.evaluateHandle((box) => {
    const until = new AbortController();
    let told = 0;
    const late = (event: Event): void => {
      if (told++ > 0) event.stopImmediatePropagation();
    };
    window.addEventListener("scroll", late, { capture: true, signal: until.signal });
    box.scrollTop = 0;
    return until;
  });
  await expect
    .poll(() => region.evaluate((box) => box.scrollHeight), { intervals: [20] })
    .toBeGreaterThan(height + 1000);
  await region.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  expect(pages).toBe(1);

  // Back at the top before the browser tells: the list, which hears of no change then, takes it for no scroll.
  await region.evaluate(async (box, until) => {
    box.scrollTop = 0;
    const LIST_AT_REST = 20;
    for (let frames = 0; frames < LIST_AT_REST; frames++) await new Promise(requestAnimationFrame);
    until.abort();
    box.dispatchEvent(new Event("scroll"));
  }, held);
  await expect.poll(() => pages, { intervals: [20] }).toBe(2);
});
