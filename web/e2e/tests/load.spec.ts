import { setInterval } from "node:timers/promises";

import { bubble, composer, person, signIn } from "../harness/app.ts";
import { keepFigures, MEASURING, spread } from "../harness/figures.ts";
import { fillAccount, times } from "../harness/filled.ts";
import { latencies, measureLatency } from "../harness/latency.ts";
import { Person } from "../harness/people.ts";
import { keptMessages, listPainted, measureStart } from "../harness/startup.ts";
import { expect, test } from "../harness/test.ts";

// One after the other: each would disturb the other's figures.
test.describe.configure({ mode: "serial" });

const PER_SECOND = 100;
const TICK_MS = 50;
const SENDERS = 4;
/** As fast as nobody types. */
const KEY_EVERY_MS = 30;
const TYPED = "the quick brown fox jumps over the lazy dog and types on, come what may. ".repeat(3);
const ON_SCREEN_WITHIN_MS = 50;
const MESSAGES = 60;
const STARTS = 10;
const CONVERSATIONS = 200;
const ON_DEVICE = 10_000;
const LIST_WITHIN_MS = 600;

/** Others write `PER_SECOND` messages each second until `signal`. Answers how many, and in which time. */
async function flood(
  senders: readonly Person[],
  conversation: string,
  signal: AbortSignal,
): Promise<{ readonly sent: number; readonly ms: number }> {
  const from = performance.now();
  const said: Promise<number>[] = [];
  const ticks = setInterval(TICK_MS)[Symbol.asyncIterator]();
  while (!signal.aborted) {
    await ticks.next();
    const due = ((performance.now() - from) / 1000) * PER_SECOND;
    while (said.length < due) {
      const sender = senders[said.length % senders.length];
      if (sender !== undefined) said.push(sender.say(conversation, `flood ${said.length}.`));
    }
  }
  await ticks.return?.();
  await Promise.all(said);
  return { sent: said.length, ms: performance.now() - from };
}

test("typing drops no key while 100 messages arrive each second", async ({ browser, server }) => {
  const ann = await person(browser, server.url, "Ann");
  const { page } = ann;
  const names = Array.from({ length: SENDERS }, (_, index) => `Loud ${index}`);
  const senders = await Promise.all(names.map((name) => Person.signUp(server.url, name)));
  const conversation = await ann.person.group("Very busy", senders);
  await measureLatency(page);
  await page.goto(`${server.url}/c/${conversation}`);
  await composer(page).focus();

  const typed = new AbortController();
  const flooding = flood(senders, conversation, typed.signal);
  await page.keyboard.type(TYPED, { delay: KEY_EVERY_MS });
  typed.abort();
  const { sent, ms } = await flooding;

  await expect(composer(page)).toHaveValue(TYPED);
  await expect(bubble(page, `flood ${sent - 1}.`)).toBeInViewport();
  const keys = (await latencies(page)).typed;
  expect(keys).toHaveLength(TYPED.length);
  const per_second = Math.round((sent / ms) * 1000);
  expect(per_second).toBeGreaterThan(PER_SECOND * 0.9);
  await keepFigures("typing_under_load", { messages_per_second: per_second, ...spread(keys) });
  await page.context().close();
});

test("each new message is on the screen soon after its frame", async ({ browser, server }) => {
  const ann = await person(browser, server.url, "Ann");
  const { page } = ann;
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann.person);
  await bo.say(conversation, "before");
  await measureLatency(page);
  await page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(page, "before")).toBeInViewport();
  for (let i = 1; i <= MESSAGES; i++) {
    await bo.say(conversation, `mark-${i}.`);
    await expect
      .poll(async () => (await latencies(page)).shown.length, { intervals: [20] })
      .toBe(i);
  }
  const figures = spread((await latencies(page)).shown);
  await keepFigures("message_on_screen", figures);
  expect(figures.samples).toBe(MESSAGES);
  if (MEASURING) expect(figures.max_ms).toBeLessThanOrEqual(ON_SCREEN_WITHIN_MS);
  await page.context().close();
});

test("the list of a full device stands at once", async ({ page, server }) => {
  test.setTimeout(180_000);
  const { person, friend, conversations } = await fillAccount(server.url, CONVERSATIONS);
  await signIn(page, server.url, person.username);
  const rows = page.locator("[data-pane=list] li");
  await expect(rows).toHaveCount(CONVERSATIONS);
  // They arrive one by one, and so are kept.
  await times(ON_DEVICE, (index) =>
    friend.say(conversations[index % CONVERSATIONS] ?? "", `number ${index}.`),
  );
  await expect
    .poll(() => keptMessages(page), { intervals: [500], timeout: 60_000 })
    .toBeGreaterThanOrEqual(ON_DEVICE);

  await measureStart(page);
  const starts: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    await page.goto(server.url);
    await expect.poll(() => listPainted(page), { intervals: [20] }).not.toBeNull();
    starts.push((await listPainted(page)) ?? Number.NaN);
    await expect(rows).toHaveCount(CONVERSATIONS);
  }
  const figures = spread(starts);
  await keepFigures("start_to_list", figures);
  expect(figures.samples).toBe(STARTS);
  if (MEASURING) expect(figures.median_ms).toBeLessThanOrEqual(LIST_WITHIN_MS);
});
