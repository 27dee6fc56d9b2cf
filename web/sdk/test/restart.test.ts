import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { memoryStorage, type OpenParley } from "../src/index.ts";
import { fastClock } from "./fastClock.ts";
import { loggedMessages, shownMessages, untilQuiet } from "./log.ts";
import { Proxy } from "./proxy.ts";
import { open, PARLEYD, RealServer } from "./server.ts";
import { until, untilLive, untilTexts } from "./until.ts";

describe.skipIf(PARLEYD === "")("a server that goes and comes back", () => {
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

  async function restart(): Promise<void> {
    await server.run();
    proxy.leadTo(server.origin);
  }

  function untilQueued(parley: OpenParley, id: string, text: string): Promise<unknown> {
    return until(parley.timeline(id), `"${text}" queued`, ({ items }) => {
      const last = items.at(-1);
      if (last?.type !== "message" || last.message.text !== text) return false;
      return last.message.sending?.state === "queued";
    });
  }

  test("killed in the middle of a talk: nothing is lost, nothing twice", async () => {
    const [annAccount, bobAccount] = [await server.account("ann"), await server.account("bob")];
    const clock = fastClock(10);
    const ann = await open(annAccount, proxy.origin, { clock });
    const bob = await open(bobAccount, proxy.origin, { clock });
    await Promise.all([untilLive(ann), untilLive(bob)]);
    const { id } = await ann.createGroup({ title: "Trip", member_ids: [bobAccount.user.id] });
    await ann.send(id, { text: "before" });
    await untilTexts(bob, id, 1);

    const sent = Array.from({ length: 20 }, (_, n) => `in the crash ${n}`);
    const sending = sent.map((text) => ann.send(id, { text }));
    await until(bob.conversation(id), "some of them", (c) => (c?.last_seq ?? 0) >= 5);
    await server.kill();
    await Promise.all(sending);
    await bob.send(id, { text: "while it is gone" });
    await untilQueued(bob, id, "while it is gone");
    await restart();
    await Promise.all([untilQuiet(ann, id, 23), untilQuiet(bob, id, 23)]);

    const log = await loggedMessages(annAccount, server.origin, id);
    const mine = log.filter(({ sender_id }) => sender_id === annAccount.user.id);
    expect(mine.map(({ text }) => text)).toEqual(["before", ...sent]);
    expect(await shownMessages(ann, id)).toEqual(log);
    expect(await shownMessages(bob, id)).toEqual(log);
    await Promise.all([ann.close(), bob.close()]);
  });

  test("opened without a server: the last state at once, and what is written goes out later", async () => {
    const [account, other] = [await server.account("cyd"), await server.account("dee")];
    const storage = memoryStorage();
    const clock = fastClock(10);
    const first = await open(account, proxy.origin, { storage, clock });
    await untilLive(first);
    const { id } = await first.createGroup({ title: "Quiet", member_ids: [other.user.id] });
    await first.send(id, { text: "kept" });
    await untilQuiet(first, id, 2);
    first.setDraft(id, "half a thought");
    await first.close();
    await server.kill();

    const offline = await open(account, proxy.origin, { storage, clock });
    expect(offline.conversations.get()?.[0]).toMatchObject({
      title: "Quiet",
      draft: "half a thought",
    });
    expect(await untilTexts(offline, id, 1)).toEqual(["kept"]);
    await offline.send(id, { text: "written without a server" });
    await untilQueued(offline, id, "written without a server");
    await offline.close();

    await restart();
    const again = await open(account, proxy.origin, { storage, clock });
    await untilQuiet(again, id, 3);
    const log = await loggedMessages(account, server.origin, id);
    expect(log.map(({ text }) => text)).toEqual(["kept", "written without a server"]);
    expect(await shownMessages(again, id)).toEqual(log);
    await again.close();
  });
});
