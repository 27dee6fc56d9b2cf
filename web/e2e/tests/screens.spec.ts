import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { bubble, composer, person, signIn } from "../harness/app.ts";
import { Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

const LOOKS = [
  { name: "light", colorScheme: "light", locale: "en-GB", viewport: { width: 390, height: 844 } },
  { name: "dark", colorScheme: "dark", locale: "en-GB", viewport: { width: 1440, height: 900 } },
  {
    name: "right to left",
    colorScheme: "light",
    locale: "ar",
    viewport: { width: 1440, height: 900 },
  },
] as const;
/** axe takes seconds for each screen where the machine has other work too. */
const MANY_SCREENS_MS = 150_000;

for (const { name, ...look } of LOOKS) {
  test(`axe finds nothing on any screen: ${name}`, async ({ browser, server }) => {
    test.setTimeout(MANY_SCREENS_MS);
    const guest = await (await browser.newContext({ ...look, reducedMotion: "reduce" })).newPage();
    for (const path of ["/sign-in", "/sign-up", "/reset/none"]) {
      await guest.goto(server.url + path);
      await guest.locator("form").waitFor();
      await expectAccessible(guest);
    }
    const ann = await person(browser, server.url, "Ann", { ...look, reducedMotion: "reduce" });
    const { page } = ann;
    await page.locator("[data-pane=list] h2").waitFor();
    await expectAccessible(page);
    const bo = await Person.signUp(server.url, "Bo");
    const group = await ann.person.group("Club", [bo]);
    const question = await bo.say(group, "see https://example.org 🎉");
    await ann.person.say(group, "yes", question);
    for (const [path, shown] of [
      [`/c/${group}`, "[data-mine=true]"],
      [`/c/${group}/details`, "aside li"],
      ["/new", "main input"],
      ["/settings", "main section li"],
      ["/claim", "main h2"],
    ] as const) {
      await page.goto(server.url + path);
      await page.locator(shown).first().waitFor();
      // What the server still has to tell moves lines, and a line that moves is hidden while it is measured.
      await page.waitForLoadState("networkidle");
      await expectAccessible(page);
    }
    await page.keyboard.press("Shift+?");
    await page.locator("dialog").waitFor();
    await expectAccessible(page);
    await guest.context().close();
    await page.context().close();
  });

  test(`axe finds nothing on the administrator's pages: ${name}`, async ({ browser, server }) => {
    test.setTimeout(MANY_SCREENS_MS);
    const ann = await person(browser, server.url, "Ann", { ...look, reducedMotion: "reduce" });
    const { page } = ann;
    await server.grantAdmin(ann.person.username);
    for (const [path, shown] of [
      ["joining", "main legend"],
      ["numbers", "main svg[role=img]"],
      ["log", "main li"],
      ["people", "main li button"],
    ] as const) {
      await page.goto(`${server.url}/admin/${path}`);
      await page.locator(shown).first().waitFor();
      await page.waitForLoadState("networkidle");
      await expectAccessible(page);
    }
    await page.locator("main li button").first().click();
    await page.locator("main dl").waitFor();
    await expectAccessible(page);
    await page.context().close();
  });
}

test("everything is reached by the keyboard alone", async ({ page, server }) => {
  const ann = await Person.signUp(server.url, "Ann");
  const bo = await Person.signUp(server.url, "Bo");
  const conversation = await bo.direct(ann);
  await bo.say(conversation, "are you there?");
  await signIn(page, server.url, ann.username);
  await expect(page.getByText("are you there?")).toBeVisible();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type("yes");
  await page.keyboard.press("Enter");
  await expect(bubble(page, "yes")).toBeVisible();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Control+k");
  await expect(page.getByLabel("Search people and conversations")).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.keyboard.press("Alt+n");
  await expect(page.getByLabel("Who with?")).toBeFocused();
});
