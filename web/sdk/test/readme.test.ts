import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

import { open, PARLEYD, RealServer } from "./server.ts";
import { until, untilLive } from "./until.ts";

const EXAMPLE = new URL("../examples/hello.ts", import.meta.url);

test("the README shows the example as it is", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const shown = /```ts\n(.*?)```/s.exec(readme)?.[1];
  expect(shown).toBe(await readFile(EXAMPLE, "utf8"));
});

describe.skipIf(PARLEYD === "")("the example", () => {
  test("says hello, and shows what is answered", async () => {
    const server = await RealServer.start();
    await server.account("ann");
    const bobsAccount = await server.account("bob");
    const bob = await open(bobsAccount, server.origin);
    await untilLive(bob);
    const args = [fileURLToPath(EXAMPLE), server.origin, "ann", "correct horse", "bob"];
    const example = promisify(execFile)(process.execPath, args);
    const greeted = new Promise<string>((resolve) => {
      bob.onArrival(({ conversation: { id }, message: { text, seq } }) => {
        resolve(text);
        bob.markRead(id, seq ?? 0);
        void bob.send(id, { text: "Hello yourself" });
      });
    });
    expect(await greeted).toBe("Hello!");
    expect((await example).stdout).toBe("Bob: Hello yourself\n");
    await until(bob.conversations, "nothing unread", (all) => all?.[0]?.unread_count === 0);
    await bob.close();
    await server.stop();
  });
});
