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

  test("removed and added again while away: what was held is forgotten, the new place is shown", async () => {
    const [eve, fay] = [await server.account("eve"), await server.account("fay")];
    const clock = fastClock(10);
    const owner = await open(eve, server.origin, { clock });
    const away = await open(fay, proxy.origin, { clock });
    await Promise.all([untilLive(owner), untilLive(away)]);
    const { id } = await owner.createGroup({ title: "Door", member_ids: [fay.user.id] });
    await owner.send(id, { text: "before" });
    expect(await untilTexts(away, id, 1)).toEqual(["before"]);
    away.setDraft(id, "half a thought");

    proxy.refuse();
    await until(away.connection, "waiting", ({ state }) => state === "waiting");
    await owner.removeMember(id, fay.user.id);
    await owner.send(id, { text: "not for fay" });
    await untilQuiet(owner, id, 4);
    await owner.addMembers(id, [fay.user.id]);
    await owner.send(id, { text: "after" });
    await untilQuiet(owner, id, 6);
    proxy.accept();
    await untilQuiet(away, id, 6);
    await until(away.timeline(id), "the new stretch only", ({ items, has_older }) => {
      const texts = items.flatMap((item) => (item.type === "message" ? item.message.text : []));
      return !has_older && texts.join() === "after";
    });
    expect(away.conversation(id).get()).toMatchObject({ first_seq: 5, draft: "half a thought" });
    await until(away.members(id), "both members", (members) => members?.length === 2);
    await Promise.all([owner.close(), away.close()]);
  });

  test("removed while away: it is gone", async () => {
    const [gil, hal] = [await server.account("gil"), await server.account("hal")];
    const clock = fastClock(10);
    const owner = await open(gil, server.origin, { clock });
    const away = await open(hal, proxy.origin, { clock });
    await Promise.all([untilLive(owner), untilLive(away)]);
    const { id } = await owner.createGroup({ title: "Gone", member_ids: [hal.user.id] });
    await until(away.conversation(id), "the group", Boolean);
    proxy.refuse();
    await until(away.connection, "waiting", ({ state }) => state === "waiting");
    await owner.removeMember(id, hal.user.id);
    proxy.accept();
    await until(away.conversation(id), "gone", (c) => c === null);
    await Promise.all([owner.close(), away.close()]);
  });

  test("far behind: the newest is shown, all of it can be read", { timeout: 60_000 }, async () => {
    const [ida, joe] = [await server.account("ida"), await server.account("joe")];
    const clock = fastClock(10);
    const talker = await open(ida, server.origin, { clock });
    const away = await open(joe, proxy.origin, { clock });
    await Promise.all([untilLive(talker), untilLive(away)]);
    const { id } = await talker.createGroup({ title: "Much", member_ids: [joe.user.id] });
    await talker.send(id, { text: "first" });
    await untilTexts(away, id, 1);
    proxy.refuse();
    await until(away.connection, "waiting", ({ state }) => state === "waiting");
    for (let n = 0; n < 600; n++) await talker.send(id, { text: `much ${n}` });
    await untilQuiet(talker, id, 602);
    proxy.accept();
    await untilQuiet(away, id, 602);
    expect(away.conversation(id).get()?.unread_count).toBe(601);
    const log = await loggedMessages(ida, server.origin, id);
    expect(await shownMessages(away, id)).toEqual(log);
    await Promise.all([talker.close(), away.close()]);
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
