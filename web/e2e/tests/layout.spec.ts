import type { Page } from "@playwright/test";

import { bubble, composer, person } from "../harness/app.ts";
import { Person } from "../harness/people.ts";
import { expect, test } from "../harness/test.ts";

const NARROW = { width: 320, height: 568 };
const WIDE = { width: 1440, height: 900 };
const LONG = "Wolfeschlegelsteinhausenbergerdorffvonundzuhohenzollern";

/** What of the page cannot be seen because it stands out at a side, and is not in a part that scrolls or cuts it off. */
async function sticksOut(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    function isCut(element: Element): boolean {
      const parent = element.parentElement;
      if (parent === null) return false;
      const { overflowX } = getComputedStyle(parent);
      return overflowX !== "visible" || isCut(parent);
    }
    const out = [...document.querySelectorAll<HTMLElement>("body *")].filter((element) => {
      const { left, right, width: own } = element.getBoundingClientRect();
      return own > 0 && (left < -1 || right > width + 1) && !isCut(element);
    });
    const scrolls = [...document.querySelectorAll("html, body, body *")].filter((element) => {
      const { overflowX } = getComputedStyle(element);
      const isScroller =
        overflowX === "auto" || overflowX === "scroll" || element === document.body;
      return isScroller && element.scrollWidth > element.clientWidth + 1;
    });
    const name = (element: Element): string => element.outerHTML.slice(0, 120);
    // The administrator's tabs are a strip that is moved sideways by design.
    return [...out, ...scrolls.filter((element) => element.tagName !== "NAV")].map(name);
  });
}

for (const locale of ["en-GB", "ar"]) {
  test(`no screen is wider than a phone of 320 pixels: ${locale}`, async ({ browser, server }) => {
    test.setTimeout(120_000);
    const look = { viewport: NARROW, locale, reducedMotion: "reduce" } as const;
    const guest = await (await browser.newContext(look)).newPage();
    for (const path of ["/sign-in", "/sign-up", "/reset/none"]) {
      await guest.goto(server.url + path);
      await guest.locator("form").waitFor();
      expect(await sticksOut(guest)).toEqual([]);
    }
    await guest.context().close();

    const { page, person: ann } = await person(browser, server.url, LONG, look);
    await server.grantAdmin(ann.username);
    const bo = await Person.signUp(server.url, `Bo ${LONG}`);
    const group = await ann.group(`${LONG} und ${LONG}`, [bo]);
    const direct = await bo.direct(ann);
    await bo.say(direct, `${LONG}${LONG}`);
    const question = await bo.say(group, `https://example.org/${LONG}/${LONG}`);
    await ann.say(group, `${LONG} ${LONG}`, question);
    for (const [path, shown] of [
      ["/", "[data-pane=list] li"],
      [`/c/${group}`, "[data-mine=true]"],
      [`/c/${group}/details`, "aside li"],
      [`/c/${direct}`, "[data-seq]"],
      [`/c/${direct}/details`, "aside h2"],
      ["/new", "main input"],
      ["/settings", "main section li"],
      ["/claim", "main h2"],
      ["/admin/people", "main li"],
      ["/admin/joining", "main legend"],
      ["/admin/numbers", "main svg[role=img]"],
      ["/admin/log", "main li"],
    ] as const) {
      await page.goto(server.url + path);
      await page.locator(shown).first().waitFor();
      await page.waitForLoadState("networkidle");
      expect(await sticksOut(page), path).toEqual([]);
    }
    await page.goto(`${server.url}/admin/people`);
    await page.locator("main li button").first().click();
    await page.locator("main dl").waitFor();
    expect(await sticksOut(page)).toEqual([]);
    await page.goto(`${server.url}/c/${group}/details`);
    await page.locator("aside li button").first().click();
    await page.getByRole("dialog").waitFor();
    expect(await sticksOut(page)).toEqual([]);
    await page.context().close();
  });
}

test("what sticks out is noticed", async ({ page }) => {
  await page.setViewportSize(NARROW);
  await page.goto("/sign-in");
  await page.locator("form").evaluate((form) => {
    form.style.inlineSize = "600px";
  });
  expect(await sticksOut(page)).not.toEqual([]);
});

test("in Arabic the whole page goes from right to left", async ({ browser, server }) => {
  const look = { viewport: WIDE, locale: "ar" };
  const { page, person: ann } = await person(browser, server.url, "ليلى", look);
  const bo = await Person.signUp(server.url, "Bo");
  const group = await ann.group("نادي الكتب", [bo]);
  await bo.say(group, "from Bo, in English.");
  await ann.say(group, "مني");
  await page.goto(`${server.url}/c/${group}/details`);
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await expect(page.locator("html")).toHaveAttribute("lang", "ar");
  await page.locator("aside li").first().waitFor();
  const left = async (selector: string): Promise<number> =>
    (await page.locator(selector).first().boundingBox())?.x ?? Number.NaN;
  // The list is on the right, the details on the left; one's own messages too, where the line ends.
  expect(await left("aside")).toBeLessThan(await left("main form textarea"));
  expect(await left("main form textarea")).toBeLessThan(await left("[data-pane=list]"));
  const own = await bubble(page, "مني").locator("time").boundingBox();
  const others = await bubble(page, "from Bo").locator("time").boundingBox();
  expect(own?.x).toBeLessThan(others?.x ?? 0);
  expect(await left("main form button[type=submit]")).toBeLessThan(
    await left("main form textarea"),
  );
  // Each text has the direction of its own words.
  await expect(bubble(page, "from Bo").locator("[dir=auto]").last()).toHaveCSS("direction", "ltr");
  await expect(bubble(page, "مني").locator("[dir=auto]").last()).toHaveCSS("direction", "rtl");
  await composer(page).fill("hello");
  await expect(composer(page)).toHaveCSS("direction", "ltr");
  expect(await sticksOut(page)).toEqual([]);
  await page.context().close();
});

for (const [reducedMotion, most] of [
  ["reduce", 1],
  ["no-preference", 5000],
] as const) {
  test(`what moves keeps to the wish of the person: ${reducedMotion}`, async ({
    browser,
    server,
  }) => {
    const { page, person: ann } = await person(browser, server.url, "Ann", { reducedMotion });
    const bo = await Person.signUp(server.url, "Bo");
    const conversation = await bo.direct(ann);
    const question = await bo.say(conversation, "a question");
    await ann.say(conversation, "an answer", question);
    await page.goto(`${server.url}/c/${conversation}`);
    const started = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          document.addEventListener(
            "animationstart",
            ({ target }) => {
              const style = getComputedStyle(target as Element);
              resolve(Number.parseFloat(style.animationDuration) * 1000);
            },
            { once: true },
          );
        }),
    );
    // A jump lights up where it leads.
    await bubble(page, "an answer").getByRole("button", { name: "a question" }).click();
    const duration = await started;
    expect(duration).toBeLessThanOrEqual(most);
    if (reducedMotion === "no-preference") expect(duration).toBeGreaterThan(100);
    await page.context().close();
  });
}
