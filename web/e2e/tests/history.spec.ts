import { bubble, signIn } from "../harness/app.ts";
import { Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";

const MESSAGES = 10_000;
const AT_ONCE = 50;
/** More rows than this are never in the page, however long the history is. */
const MOST_ROWS = 120;

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

  const beginning = page.getByText("Bo started the conversation");
  await expect
    .poll(
      async () => {
        await page.getByRole("region").evaluate((region) => {
          region.scrollTop = 0;
        });
        return beginning.isVisible();
      },
      { intervals: [20], timeout: 120_000 },
    )
    .toBe(true);
  expect(await page.locator("[data-seq]").count()).toBeLessThan(MOST_ROWS);

  await page.getByRole("button", { name: "To the newest" }).click();
  await expect(bubble(page, "the very last")).toBeInViewport();
});
