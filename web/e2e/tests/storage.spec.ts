import type { Page } from "@playwright/test";

import { bubble, composer, fillSignIn, person, send, sentMark } from "../harness/app.ts";
import { Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";

const DAY_MS = 86_400_000;

/** Both sides write, and both are heard. */
async function expectTalk(page: Page, bo: Person, conversation: string): Promise<void> {
  await send(page, "one way");
  await expect(sentMark(page, "one way")).toBeVisible();
  await bo.say(conversation, "and back");
  await expect(bubble(page, "and back")).toBeVisible();
  await expect
    .poll(async () => (await bo.history(conversation)).map(({ text }) => text))
    .toEqual(["before", "one way", "and back"]);
}

async function talking(bo: Person, ann: Person): Promise<string> {
  const conversation = await bo.direct(ann);
  await bo.say(conversation, "before");
  return conversation;
}

/** Keeps something beside what the app keeps until there is no room any more; answers what the browser says then. */
async function fillDevice(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const request = indexedDB.open("something else");
        request.onupgradeneeded = () => request.result.createObjectStore("some");
        request.onsuccess = () => {
          let size = 1 << 16;
          const put = (): void => {
            const tx = request.result.transaction("some", "readwrite");
            tx.objectStore("some").put(crypto.getRandomValues(new Uint8Array(size)), Math.random());
            tx.oncomplete = put;
            tx.onabort = () => {
              size >>= 1;
              if (size > 0) put();
              else resolve(tx.error?.name ?? "");
            };
          };
          put();
        };
      }),
  );
}

test("on a device that becomes full one talks on", async ({ browser, server }) => {
  const ann = await Person.signUp(server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await talking(bo, ann);
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.url}/sign-in`);
  // Before anything is written: the browser does not look again with each write.
  const browserItself = await page.context().newCDPSession(page);
  const quota = { origin: server.url, quotaSize: 2_000_000 };
  await browserItself.send("Storage.overrideQuotaForOrigin", quota);
  await fillSignIn(page, ann.username);
  await page.getByRole("link", { name: "before" }).click();
  await expect(bubble(page, "before")).toBeVisible();
  expect(await fillDevice(page)).toBe("QuotaExceededError");
  await expectTalk(page, bo, conversation);
  await composer(page).fill("a draft");
  await page.keyboard.press("Alt+n");
  await page.locator("[data-pane=list]").getByRole("link").first().click();
  await expect(composer(page)).toHaveValue("a draft");
  await page.context().close();
});

test("what the device kept may be cleared while one talks", async ({ browser, server }) => {
  const { page, person: ann } = await person(browser, server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await talking(bo, ann);
  await page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(page, "before")).toBeVisible();
  const browserItself = await page.context().newCDPSession(page);
  await browserItself.send("Storage.clearDataForOrigin", {
    origin: server.url,
    storageTypes: "indexeddb,local_storage,cache_storage",
  });
  await expectTalk(page, bo, conversation);
  // The session is the cookie's: who is here is not known any more, but can sign in.
  await page.reload();
  const password = page.locator("input[type=password]");
  await expect(password.or(composer(page))).toBeVisible();
  if (await password.isVisible()) await fillSignIn(page, ann.username);
  await expect(page.locator("[data-pane=list]").getByRole("link").first()).toBeVisible();
  await page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(page, "and back")).toBeVisible();
  await page.context().close();
});

test("what a newer version of the app keeps is left alone", async ({ browser, server }) => {
  const ann = await Person.signUp(server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await talking(bo, ann);
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.url}/sign-in`);
  await page.evaluate(
    (name) =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open(name, 99);
        request.onupgradeneeded = () => request.result.createObjectStore("of the future");
        request.onsuccess = () => {
          request.result.close();
          resolve(undefined);
        };
        request.onerror = () => {
          reject(new Error("no database"));
        };
      }),
    `parley-${ann.id}`,
  );
  await fillSignIn(page, ann.username);
  await expect(page.getByRole("link", { name: "before" })).toBeVisible();
  await page.goto(`${server.url}/c/${conversation}`);
  await expect(bubble(page, "before")).toBeVisible();
  await expectTalk(page, bo, conversation);
  expect(await page.evaluate(() => indexedDB.databases())).toContainEqual({
    name: `parley-${ann.id}`,
    version: 99,
  });
  await page.context().close();
});

for (const [words, wrong] of [
  ["behind", -DAY_MS],
  ["ahead", DAY_MS],
] as const) {
  test(`a clock that is a day ${words} disturbs nothing`, async ({ browser, server }) => {
    const ann = await Person.signUp(server.url, "Ann");
    const { page: bos, person: bo } = await person(browser, server.url, "Bo");
    const conversation = await talking(bo, ann);
    const page = await (await browser.newContext()).newPage();
    // Not by Playwright's clock: that replaces the timers too, and all is slow.
    await page.addInitScript((by) => {
      window.Date = class extends Date {
        constructor(...given: ConstructorParameters<typeof Date>) {
          if ((given as unknown[]).length === 0) super(Date.now() + by);
          else super(...given);
        }
        static override now(): number {
          return super.now() + by;
        }
      } as DateConstructor;
    }, wrong);
    await page.goto(`${server.url}/sign-in`);
    await fillSignIn(page, ann.username);
    await page.getByRole("link", { name: "before" }).click();
    await bos.goto(`${server.url}/c/${conversation}`);
    await composer(bos).pressSequentially("typing");
    await expect(page.locator("main header").getByText("typing…")).toBeVisible();
    await composer(bos).fill("");
    await expectTalk(page, bo, conversation);
    // In the order in which it was said, on both sides.
    for (const each of [page, bos]) {
      await expect(each.locator("main [data-seq]")).toContainText([
        "before",
        "one way",
        "and back",
      ]);
    }
    await expect(page.locator("main header").getByText("online")).toBeVisible();
    await expect(page).toHaveTitle("Parley");
    await page.context().close();
    await bos.context().close();
  });
}
