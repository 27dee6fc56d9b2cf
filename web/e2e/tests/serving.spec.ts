import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Page } from "@playwright/test";

import { expect, test } from "../harness/test.ts";

/** The directives of the policy that the browser says were broken, as they come. */
async function watchPolicy(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const broken: string[] = [];
    Object.assign(window, { brokenDirectives: broken });
    document.addEventListener("securitypolicyviolation", (event) => {
      broken.push(event.effectiveDirective);
    });
  });
  return () =>
    page.evaluate(() => (window as unknown as { brokenDirectives: string[] }).brokenDirectives);
}

/** Another server of this machine, and its address. */
async function startOther(listener: RequestListener): Promise<[Server, string]> {
  const other = createServer(listener).listen(0, "127.0.0.1");
  await once(other, "listening");
  return [other, `127.0.0.1:${String((other.address() as AddressInfo).port)}`];
}

/** How a WebSocket ends that a page opens, asking for our subprotocol. */
function openSocket(page: Page, url: string): Promise<string> {
  return page.evaluate(
    (address) =>
      new Promise<string>((resolve) => {
        try {
          const socket = new WebSocket(address, "parley.v1");
          socket.addEventListener("open", () => {
            socket.close();
            resolve("open");
          });
          socket.addEventListener("error", () => {
            resolve("refused");
          });
        } catch {
          resolve("refused");
        }
      }),
    url,
  );
}

test("the app loads, from this server alone, and the browser has no complaint", async ({
  page,
}) => {
  const broken = await watchPolicy(page);
  const answer = await page.goto("/");
  expect(answer?.status()).toBe(200);
  await page.waitForLoadState("networkidle");
  await expect(page).toHaveTitle(/Parley/);
  expect(await broken()).toEqual([]);
});

test("an address of the app is the app, and stays so when it is loaded again", async ({ page }) => {
  await page.goto("/sign-in");
  expect((await page.reload())?.status()).toBe(200);
  await expect(page).toHaveTitle(/Parley/);
});

test("scripts come packed and are not asked for a second time", async ({ page }) => {
  test.skip(process.env["PARLEY_APP_DIST"] !== undefined, "the stand-in packs nothing");
  const codings: string[] = [];
  page.on("response", (answer) => {
    if (new URL(answer.url()).pathname.startsWith("/assets/")) {
      codings.push(answer.headers()["content-encoding"] ?? "as it is");
    }
  });
  await page.goto("/");
  await page.waitForLoadState("networkidle");
  expect(codings).toContain("br");

  await page.goto("/sign-in");
  await page.waitForLoadState("networkidle");
  const loaded = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map((entry) => entry as PerformanceResourceTiming)
      .filter((entry) => new URL(entry.name).pathname.startsWith("/assets/"))
      .map(({ name, transferSize }) => ({ name, transferSize })),
  );
  expect(loaded).not.toEqual([]);
  expect(loaded.filter(({ transferSize }) => transferSize > 0)).toEqual([]);
});

test("the policy lets the page open a WebSocket here", async ({ page, server }) => {
  const broken = await watchPolicy(page);
  await page.goto("/");
  expect(await openSocket(page, `${server.url.replace("http", "ws")}/v1/ws`)).toBe("open");
  expect(await broken()).toEqual([]);
});

test("the policy stops scripts that were slipped in, and all that leads elsewhere", async ({
  page,
  complaints,
}) => {
  const reached: string[] = [];
  const [elsewhere, address] = await startOther((request, answer) => {
    reached.push(request.url ?? "");
    answer.end("here");
  });
  elsewhere.on("upgrade", (request, socket) => {
    reached.push(request.url ?? "");
    socket.destroy();
  });
  const broken = await watchPolicy(page);
  await page.goto("/");

  await page.evaluate((host) => {
    document.body.insertAdjacentHTML("beforeend", `<img src="http://${host}/a.png">`);
    const script = document.createElement("script");
    script.textContent = "window.slippedIn = true";
    document.body.append(script);
    const frame = document.createElement("iframe");
    frame.src = `http://${host}/`;
    document.body.append(frame);
  }, address);
  const fetched = await page.evaluate(
    (host) => fetch(`http://${host}/`).then(String, () => "refused"),
    address,
  );
  expect(fetched).toBe("refused");
  expect(await openSocket(page, `ws://${address}/`)).toBe("refused");

  await expect
    .poll(async () => [...new Set(await broken())].sort())
    .toEqual(["connect-src", "frame-src", "img-src", "script-src-elem"]);
  expect(await page.evaluate(() => "slippedIn" in window)).toBe(false);
  expect(reached).toEqual([]);
  elsewhere.close();
  complaints.console.length = 0;
  complaints.foreign.length = 0;
});

test("no other page can put it into a frame", async ({ page, server, complaints }) => {
  const [other, address] = await startOther((_, answer) => {
    answer.setHeader("Content-Type", "text/html");
    answer.end(`<link rel="icon" href="data:,"><iframe src="${server.url}/"></iframe>`);
  });
  await page.goto(`http://${address}/`);
  await expect.poll(() => complaints.console.join(" ")).toContain("frame-ancestors");
  other.close();
  complaints.console.length = 0;
  complaints.foreign.length = 0;
});
