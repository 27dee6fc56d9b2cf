// Makes a picture of each screen, on a phone and wide, light and dark, and right to left: `node screenshots.ts FOLDER`.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { type Browser, chromium, type Page } from "@playwright/test";

import { Parleyd } from "./harness/parleyd.ts";
import { PASSWORD, Person } from "./harness/people.ts";

const folder = process.argv[2] ?? "results/screenshots";

interface Look {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly scheme: "light" | "dark";
  readonly locale: string;
  readonly touch: boolean;
}

const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1440, height: 900 };
const LOOKS: readonly Look[] = [
  { name: "phone-light", size: PHONE, scheme: "light", locale: "en-GB", touch: true },
  { name: "phone-dark", size: PHONE, scheme: "dark", locale: "en-GB", touch: true },
  { name: "wide-light", size: WIDE, scheme: "light", locale: "en-GB", touch: false },
  { name: "wide-dark", size: WIDE, scheme: "dark", locale: "en-GB", touch: false },
  { name: "phone-rtl", size: PHONE, scheme: "light", locale: "ar", touch: true },
  { name: "wide-rtl", size: WIDE, scheme: "dark", locale: "ar", touch: false },
];

interface World {
  readonly direct: string;
  readonly group: string;
}

/** People who have talked: two conversations, long and short words, an answer, emoji, a link. */
async function fill(server: string): Promise<World> {
  const mia = await Person.signUp(server, "Mia Lindqvist", "mia");
  const ben = await Person.signUp(server, "Ben Okafor", "ben");
  const layla = await Person.signUp(server, "ليلى حداد", "layla");
  const long = await Person.signUp(
    server,
    "Wolfeschlegelsteinhausenbergerdorff von und zu Hohenzollern",
    "wolf",
  );
  const other = await mia.direct(layla);
  await layla.say(other, "مرحبا! هل وصلت؟");
  const far = await long.direct(mia);
  await long.say(far, "Donaudampfschifffahrtsgesellschaftskapitän ".repeat(3));
  const group = await mia.group("Summer house", [ben, layla, long]);
  await ben.say(group, "I can bring the boat");
  await ben.say(group, "and the small grill");
  await layla.say(group, "أنا أحضر الحلويات 🍯");
  await mia.say(group, "Perfect. Who drives?");
  await long.say(
    group,
    "I do, if somebody sits with me on the way back. It is rather a long road.",
  );
  const direct = await ben.direct(mia);
  await ben.say(direct, "Morning! Did you see the photos?");
  const question = await mia.say(direct, "Yes! They are lovely");
  await mia.say(
    direct,
    "The one on the jetty is my favourite, I would like to print it really large",
  );
  await ben.say(direct, "https://example.org/jetty has it in full size", question);
  const thanks = await mia.say(direct, "🎉");
  await mia.say(direct, "See you on Friday then");
  await ben.read(direct, thanks);
  await ben.say(group, "Then it is settled 👍");
  return { direct, group };
}

async function signIn(page: Page, url: string, username: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.locator("input[autocomplete=username]").fill(username);
  await page.locator("input[type=password]").fill(PASSWORD);
  await page.locator("button[type=submit]").click();
  await page.locator("[data-pane=list] li, [data-pane=list] h2").first().waitFor();
}

async function takeAll(browser: Browser, url: string, look: Look, world: World): Promise<void> {
  const context = await browser.newContext({
    viewport: look.size,
    colorScheme: look.scheme,
    locale: look.locale,
    hasTouch: look.touch,
    isMobile: look.touch,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const take = async (name: string): Promise<void> => {
    // Rows are measured before they are shown.
    await page.locator("[data-seq]:visible, form:visible, li:visible, h2:visible").last().waitFor();
    await page.evaluate(() => document.fonts.ready);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    await page.screenshot({ path: join(folder, `${look.name}-${name}.png`) });
  };
  const visit = async (path: string, shown: string): Promise<void> => {
    await page.goto(url + path);
    await page.locator(shown).first().waitFor();
  };

  await visit("/sign-up", "form");
  await take("sign-up");
  await visit("/sign-in", "form");
  await take("sign-in");
  await signIn(page, url, "mia");
  await take("list");
  await visit(`/c/${world.direct}`, "[data-seq='7']");
  await take("direct");
  await visit(`/c/${world.group}`, "[data-seq]");
  await take("group");
  await visit(`/c/${world.group}/details`, "h2");
  await visit(`/c/${world.group}/details`, "aside h3");
  await page.locator("aside li").first().waitFor();
  await take("details");
  await visit("/new", "main input[type=search]");
  await page.locator("main input[type=search]").fill("be");
  await page.locator("main li").first().waitFor();
  await take("new");
  await visit("/settings", "form");
  await take("settings");
  await context.close();

  const fresh = await browser.newContext({ viewport: look.size, colorScheme: look.scheme });
  const first = await fresh.newPage();
  await signIn(first, url, "nobody");
  await first.screenshot({ path: join(folder, `${look.name}-first-run.png`) });
  await fresh.close();
}

await mkdir(folder, { recursive: true });
const server = await Parleyd.start();
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const world = await fill(server.url);
  await Person.signUp(server.url, "Nobody Yet", "nobody");
  const wanted = process.argv[3];
  for (const look of LOOKS) {
    if (wanted === undefined || look.name.includes(wanted)) {
      await takeAll(browser, server.url, look, world);
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
