import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { memoryStorage, type OpenParley, type SignedIn, type Storage } from "../src/index.ts";
import { fastClock } from "./fastClock.ts";
import { loggedMessages, shownMessages, untilQuiet } from "./log.ts";
import { Proxy, seeded } from "./proxy.ts";
import { open, PARLEYD, RealServer } from "./server.ts";
import { until, untilLive } from "./until.ts";

const NAMES = ["ann", "bob", "cyd", "dee"];
const MESSAGES = 40;
/** Connections are cut after up to so many bytes. */
const BYTES_TO_CUT = 12_000;
const SPEED = 20;

interface Talker {
  readonly account: SignedIn;
  readonly storage: Storage;
  readonly texts: readonly string[];
  parley: OpenParley;
}

describe.skipIf(PARLEYD === "")("connections that are cut at random", () => {
  let server: RealServer;
  let proxy: Proxy;

  beforeAll(async () => {
    server = await RealServer.start();
    proxy = await Proxy.start(server.origin);
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  function reopen(account: SignedIn, storage: Storage): Promise<OpenParley> {
    return open(account, proxy.origin, { storage, clock: fastClock(SPEED) });
  }

  async function talkers(seed: number): Promise<Talker[]> {
    return Promise.all(
      NAMES.map(async (name) => {
        const account = await server.account(`${name}-${seed}`);
        const storage = memoryStorage();
        const texts = Array.from({ length: MESSAGES }, (_, n) => `${name} ${n}`);
        return { account, storage, texts, parley: await reopen(account, storage) };
      }),
    );
  }

  /** Says everything, with random pauses; in the middle the program ends and is started again on what it kept. */
  async function talk(talker: Talker, id: string, random: () => number): Promise<void> {
    const clock = fastClock(SPEED);
    for (const [n, text] of talker.texts.entries()) {
      await talker.parley.send(id, { text });
      await new Promise<void>((resolve) => clock.after(random() * 1500, resolve));
      if (n !== Math.floor(MESSAGES / 2)) continue;
      await talker.parley.close();
      talker.parley = await reopen(talker.account, talker.storage);
    }
  }

  test.each([1, 2, 3])(
    "what each client holds equals the log, each message once (seed %i)",
    { timeout: 90_000 },
    async (seed) => {
      const random = seeded(seed);
      const all = await talkers(seed);
      const [first] = all;
      if (first === undefined) throw new Error("unreachable");
      await Promise.all(all.map(({ parley }) => untilLive(parley)));
      const member_ids = all.slice(1).map(({ account }) => account.user.id);
      const { id } = await first.parley.createGroup({ title: "Storm", member_ids });
      await Promise.all(
        all.map(({ parley }) => until(parley.conversation(id), "the group", Boolean)),
      );

      const cutsBefore = proxy.cuts;
      proxy.cutAtRandom(random, BYTES_TO_CUT);
      proxy.cutAll();
      await Promise.all(all.map((talker) => talk(talker, id, random)));
      expect(proxy.cuts - cutsBefore).toBeGreaterThan(20);
      proxy.calm();
      for (const { parley } of all) parley.wake();

      const last = 1 + NAMES.length * MESSAGES;
      await Promise.all(all.map(({ parley }) => untilQuiet(parley, id, last)));
      const log = await loggedMessages(first.account, server.origin, id);
      for (const { account, texts, parley } of all) {
        const mine = log.filter(({ sender_id }) => sender_id === account.user.id);
        expect(mine.map(({ text }) => text)).toEqual(texts);
        expect(await shownMessages(parley, id)).toEqual(log);
      }
      for (const { account, storage, parley } of all) {
        await parley.close();
        // What the device keeps is as true: read without any network.
        const offline = await open(account, "http://127.0.0.1:1", { storage });
        expect(await shownMessages(offline, id)).toEqual(log);
        await offline.close();
      }
    },
  );
});
