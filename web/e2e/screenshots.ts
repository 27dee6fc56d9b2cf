// Makes a picture of each screen, on a phone and wide, light and dark, and right to left. `PARLEYD` names the program, as
// for the tests. With names, only pictures whose names have one of them: `node screenshots.ts FOLDER [phone-dark direct …]`.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";

import { signIn } from "./harness/app.ts";
import { Parleyd } from "./harness/parleyd.ts";
import { refuseMessages } from "./harness/wire.ts";
import { ADMIN_SCREENS, type Screen, SCREENS } from "./pictures/screens.ts";
import { chatter, makeWorld, type World } from "./pictures/world.ts";

const [folder = "results/screenshots", ...names] = process.argv.slice(2);
/** So many looks at a time: a picture waits more than it works. */
const AT_ONCE = 2;

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

function pictureOf(look: Look, screen: Screen): string {
  return `${look.name}-${screen.name}`;
}

function isWanted(picture: string): boolean {
  return names.length === 0 || names.some((name) => picture.includes(name));
}

/** Somebody's browser, for all pictures that they are asked for. */
class Visitor {
  private refuses = false;
  private readonly look: Look;
  private readonly context: BrowserContext;
  private readonly page: Page;

  private constructor(look: Look, context: BrowserContext, page: Page) {
    this.look = look;
    this.context = context;
    this.page = page;
  }

  static async open(
    browser: Browser,
    look: Look,
    by: Screen["by"],
    { url }: World,
  ): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: look.size,
      colorScheme: look.scheme,
      locale: look.locale,
      hasTouch: look.touch,
      isMobile: look.touch,
      reducedMotion: "reduce",
    });
    const visitor = new Visitor(look, context, await context.newPage());
    await refuseMessages(visitor.page, () => visitor.refuses);
    if (by !== "guest") await signIn(visitor.page, url, by);
    return visitor;
  }

  async take(screen: Screen, world: World): Promise<void> {
    const { page } = this;
    await page.goto(world.url + screen.path(world));
    await page.locator(screen.shown).first().waitFor();
    await screen.act?.(page, (refuses) => (this.refuses = refuses));
    await page.evaluate(() => document.fonts.ready);
    // Lines are measured before they are shown.
    await page.evaluate(
      () =>
        new Promise((done) => {
          requestAnimationFrame(() => requestAnimationFrame(done));
        }),
    );
    await page.screenshot({ path: join(folder, `${pictureOf(this.look, screen)}.png`) });
    await this.context.setOffline(false);
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

async function takeAll(
  browser: Browser,
  look: Look,
  screens: readonly Screen[],
  world: World,
): Promise<void> {
  const wanted = screens.filter((screen) => isWanted(pictureOf(look, screen)));
  for (const by of ["guest", "nobody", "mia"] as const) {
    const own = wanted.filter((screen) => screen.by === by);
    if (own.length === 0) continue;
    const visitor = await Visitor.open(browser, look, by, world);
    for (const screen of own) await visitor.take(screen, world);
    await visitor.close();
  }
}

async function takeLooks(
  browser: Browser,
  screens: readonly Screen[],
  world: World,
): Promise<void> {
  const waiting = [...LOOKS];
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let look = waiting.shift(); look !== undefined; look = waiting.shift()) {
      await takeAll(browser, look, screens, world);
    }
  });
  await Promise.all(workers);
}

await mkdir(folder, { recursive: true });
const server = await Parleyd.start();
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const done = new AbortController();
try {
  const world = await makeWorld(server);
  const talking = chatter(server.url, done.signal);
  try {
    await takeLooks(browser, SCREENS, world);
    await takeLooks(browser, ADMIN_SCREENS, world);
  } finally {
    done.abort();
    await talking;
  }
} finally {
  await browser.close();
  await server.stop();
}
