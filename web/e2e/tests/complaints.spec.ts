import { test as plain } from "@playwright/test";

import { Complaints, NO_NETWORK } from "../harness/complaints.ts";
import { expect, test } from "../harness/test.ts";

test("whatever context a test opens is watched", async ({ browser, complaints, server }) => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.url}/sign-in`);
  const heard = page.waitForEvent("console");
  await page.evaluate(() => {
    console.error("planted error");
  });
  await heard;
  await page.route("https://elsewhere.invalid/**", (route) => route.abort());
  await page.evaluate(() => fetch("https://elsewhere.invalid/x").catch(() => undefined));
  expect(complaints.left().console.join()).toContain("planted error");
  // The policy stops it before it becomes a request.
  expect(complaints.left().console.join()).toContain("Content Security Policy");
  expect(complaints.left().foreign).toEqual([]);
  complaints.provoke(/planted error|Content Security Policy|Refused to connect|elsewhere\.invalid/);
  expect(complaints.left().console).toEqual([]);
  await page.context().close();
});

plain("a request to somebody else is noticed, on any page of the context", async ({ browser }) => {
  const complaints = new Complaints();
  const context = await browser.newContext();
  complaints.watch(context);
  await context.route("https://elsewhere.invalid/**", (route) => route.fulfill({ body: "" }));
  await (await context.newPage()).goto("about:blank");
  await (await context.newPage()).goto("https://elsewhere.invalid/");
  expect(complaints.left().foreign).toContain("https://elsewhere.invalid/");
  await context.close();
});

plain("what a test provokes is no complaint", () => {
  const complaints = new Complaints();
  complaints.console.push("Failed to load resource: net::ERR_INTERNET_DISCONNECTED", "boom");
  complaints.provoke(NO_NETWORK);
  expect(complaints.left().console).toEqual(["boom"]);
});
