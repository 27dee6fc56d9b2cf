import type { Page } from "@playwright/test";

/** What the page's JavaScript holds once everything that can go has gone, in MiB. */
export async function heldMemory(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  await devtools.detach();
  return Math.round((usedSize / 2 ** 20) * 10) / 10;
}
