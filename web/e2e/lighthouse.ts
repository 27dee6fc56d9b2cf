// Lighthouse's marks of the screens that one meets first, as a phone sees them: `npm run lighthouse`. Fails where a mark is
// too low. The program under test serves its own app, compressed and cached as everywhere.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { type BrowserContext, chromium } from "@playwright/test";
import lighthouse, { type Result } from "lighthouse";

import { signIn } from "./harness/app.ts";
import { fillAccount, times } from "./harness/filled.ts";
import { Parleyd } from "./harness/parleyd.ts";

const FOLDER = process.argv[2] ?? "results/lighthouse";
const RUNS = 3;
/** What is there to be shown. */
const CONVERSATIONS = 40;
const MESSAGES = 200;
const LEAST = { performance: 90, accessibility: 95, "best-practices": 95 } as const;
type Category = keyof typeof LEAST;
const CATEGORIES = Object.keys(LEAST) as Category[];

interface Screen {
  readonly name: string;
  readonly path: string;
  readonly signedIn: boolean;
}

function markOf(report: Result, category: Category): number {
  return Math.round((report.categories[category]?.score ?? 0) * 100);
}

function shown(report: Result, audit: string): string {
  return report.audits[audit]?.displayValue ?? "";
}

/** Pictures, and the words of Lighthouse's own page. */
const LEFT_OUT = new Set([
  "fullPageScreenshot",
  "screenshot-thumbnails",
  "final-screenshot",
  "i18n",
]);

/** The report as Lighthouse's viewer opens it, once unpacked. */
function packed(report: Result): Buffer {
  const json = JSON.stringify(report, (key, value: unknown) =>
    LEFT_OUT.has(key) ? undefined : value,
  );
  return gzipSync(json, { level: 9 });
}

/** Where Chromium listens, which it writes into its folder. */
async function debuggingPort(profile: string): Promise<number> {
  const [port] = (await readFile(join(profile, "DevToolsActivePort"), "utf8")).split("\n");
  return Number(port);
}

/** In a browser of its own: what earlier pages left in the process, Lighthouse's tools go through while the clock runs. */
async function examine(url: string, profile: string, screen: Screen): Promise<Result> {
  const context = await openBrowser(profile);
  try {
    return await report(url, await debuggingPort(profile), screen);
  } finally {
    await context.close();
  }
}

async function report(url: string, port: number, screen: Screen): Promise<Result> {
  const answer = await lighthouse(url + screen.path, {
    port,
    output: "json",
    logLevel: "error",
    onlyCategories: CATEGORIES,
    disableFullPageScreenshot: true,
    // Who is signed in stays so; a first visit finds nothing.
    disableStorageReset: screen.signedIn,
  });
  if (answer === undefined) throw new Error(`no report of ${screen.name}`);
  const { runtimeError } = answer.lhr;
  if (runtimeError !== undefined) throw new Error(`${screen.name}: ${runtimeError.message}`);
  return answer.lhr;
}

/** The run in the middle, by performance. */
function median(reports: readonly Result[]): Result {
  const sorted = reports.toSorted((a, b) => markOf(a, "performance") - markOf(b, "performance"));
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no runs");
  return middle;
}

async function examineAll(url: string, profile: string, screen: Screen): Promise<boolean> {
  const reports: Result[] = [];
  for (let run = 1; run <= RUNS; run++) {
    const made = await examine(url, profile, screen);
    reports.push(made);
    await writeFile(join(FOLDER, `${screen.name}-${run}.json.gz`), packed(made));
  }
  const middle = median(reports);
  const marks = CATEGORIES.map((category) => markOf(middle, category));
  const times = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"];
  const cells = [screen.name, ...marks, ...times.map((id) => shown(middle, id))];
  console.log(`| ${cells.join(" | ")} |`);
  return CATEGORIES.every((category) => markOf(middle, category) >= LEAST[category]);
}

async function openBrowser(profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    chromiumSandbox: false,
    args: ["--disable-gpu", "--disable-quic", "--remote-debugging-port=0"],
  });
}

async function run(server: Parleyd, profile: string): Promise<boolean> {
  const { person, friend, conversations } = await fillAccount(server.url, CONVERSATIONS);
  const thread = conversations.at(-1) ?? "";
  await times(MESSAGES, (index) => {
    const who = index % 7 < 4 ? friend : person;
    return who.say(thread, `number ${index + 1}. ${"and so on ".repeat((index * 13) % 20)}`);
  });
  const screens: readonly Screen[] = [
    { name: "sign-in", path: "/sign-in", signedIn: false },
    { name: "list", path: "/", signedIn: true },
    { name: "thread", path: `/c/${thread}`, signedIn: true },
  ];
  console.log(`| screen | ${CATEGORIES.join(" | ")} | first paint | largest paint | blocked |`);
  console.log("|---|---|---|---|---|---|---|");
  let isGood = true;
  for (const screen of screens) {
    if (screen.name === "list") await signInWith(profile, server.url, person.username);
    isGood = (await examineAll(server.url, profile, screen)) && isGood;
  }
  return isGood;
}

async function signInWith(profile: string, url: string, username: string): Promise<void> {
  const context = await openBrowser(profile);
  await signIn(await context.newPage(), url, username);
  await context.close();
}

await mkdir(FOLDER, { recursive: true });
const profile = await mkdtemp(join(tmpdir(), "parley-lighthouse-"));
const server = await Parleyd.start();
try {
  if (!(await run(server, profile))) {
    console.error(
      `too low: at least ${CATEGORIES.map((each) => `${LEAST[each]} ${each}`).join(", ")}`,
    );
    process.exitCode = 1;
  }
} finally {
  await server.stop();
  await rm(profile, { recursive: true, force: true });
}
