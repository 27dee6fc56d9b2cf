import "fake-indexeddb/auto";

import { IDBFactory } from "fake-indexeddb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { indexedDbStorage, type OpenParley, type SignedIn } from "../src/index.ts";
import { FakeBrowser } from "../src/testing/fakeTabs.ts";
import { fastClock } from "./fastClock.ts";
import { loggedMessages, shownMessages, untilQuiet } from "./log.ts";
import { Proxy } from "./proxy.ts";
import { open, PARLEYD, RealServer } from "./server.ts";
import { until, untilLive, untilTexts } from "./until.ts";

describe.skipIf(PARLEYD === "")("several tabs of one browser", () => {
  let server: RealServer;
  let proxy: Proxy;
  let ann: SignedIn;
  let bob: SignedIn;
  let browser: FakeBrowser;
  let sockets = 0;
  const opened: OpenParley[] = [];

  class CountedSocket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      sockets++;
    }
  }

  beforeAll(async () => {
    server = await RealServer.start();
    proxy = await Proxy.start(server.origin);
    [ann, bob] = await Promise.all([server.account("ann"), server.account("bob")]);
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });
  beforeEach(() => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    browser = new FakeBrowser();
    sockets = 0;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((parley) => parley.close()));
    vi.unstubAllGlobals();
  });

  async function openTab(account = ann) {
    const platform = browser.tab();
    const page = new EventTarget();
    const parley = await open(account, proxy.origin, {
      storage: indexedDbStorage(account.user.id),
      tabs: true,
      platform,
      events: page,
      clock: fastClock(10),
      WebSocket: CountedSocket as never,
    });
    opened.push(parley);
    return { parley, platform, page };
  }

  async function group(parley: OpenParley): Promise<string> {
    const { id } = await parley.createGroup({ title: "Tabs", member_ids: [bob.user.id] });
    return id;
  }

  test("one connection for all; all show the same and can send", async () => {
    const first = await openTab();
    await untilLive(first.parley);
    const second = await openTab();
    await untilLive(second.parley);
    expect([first.parley.leads(), second.parley.leads(), sockets]).toEqual([true, false, 1]);

    const id = await group(second.parley);
    await until(first.parley.conversation(id), "the group", (c) => c !== null);
    await first.parley.send(id, { text: "from the first" });
    await untilTexts(second.parley, id, 1);
    await second.parley.send(id, { text: "from the second" });
    for (const { parley } of [first, second]) {
      expect(await untilTexts(parley, id, 2)).toEqual(["from the first", "from the second"]);
      await untilQuiet(parley, id, 3);
    }
    expect(sockets).toBe(1);
  });

  test("read positions, drafts and typing agree", async () => {
    const [first, second] = [(await openTab()).parley, (await openTab()).parley];
    const other = await open(bob, server.origin);
    opened.push(other);
    await Promise.all([first, second, other].map(untilLive));
    const id = await group(first);
    await until(second.conversation(id), "the group", (c) => c !== null);
    await until(other.conversation(id), "the group", (c) => c !== null);
    await other.send(id, { text: "unread" });
    await until(first.conversation(id), "unread", (c) => c?.unread_count === 1);
    await until(second.conversation(id), "unread", (c) => c?.unread_count === 1);
    second.markRead(id, 2);
    await until(first.conversation(id), "read", (c) => c?.unread_count === 0);
    first.setDraft(id, "half a");
    await until(second.conversation(id), "the draft", (c) => c?.draft === "half a");
    second.typing(id, true);
    await until(other.conversation(id), "typing", (c) => c?.typing[0] === ann.user.id);
    other.typing(id, true);
    await until(second.conversation(id), "typing", (c) => c?.typing[0] === bob.user.id);
  });

  test("the leader dies in the middle of a send: the next one goes on, nothing lost or twice", async () => {
    const first = await openTab();
    await untilLive(first.parley);
    const second = await openTab();
    await untilLive(second.parley);
    const id = await group(first.parley);
    await until(second.parley.conversation(id), "the group", (c) => c !== null);
    const texts = Array.from({ length: 10 }, (_, n) => `message ${n}`);
    const [ours, theirs] = [texts.slice(0, 5), texts.slice(5)];
    await Promise.all(ours.map((text) => second.parley.send(id, { text })));
    first.platform.die();
    proxy.cutAll();
    for (const text of theirs) await second.parley.send(id, { text });
    await until(second.parley.connection, "leading", () => second.parley.leads());
    await untilQuiet(second.parley, id, 11);
    const log = await loggedMessages(ann, server.origin, id);
    expect(log.map(({ text }) => text)).toEqual(texts);
    expect(await shownMessages(second.parley, id)).toEqual(log);
  });

  test("a leader that is closed hands over", async () => {
    const first = await openTab();
    await untilLive(first.parley);
    const second = await openTab();
    await untilLive(second.parley);
    const id = await group(first.parley);
    await until(second.parley.conversation(id), "the group", (c) => c !== null);
    await first.parley.close();
    await second.parley.send(id, { text: "after" });
    expect(await untilTexts(second.parley, id, 1)).toEqual(["after"]);
    await untilQuiet(second.parley, id, 2);
    expect(second.parley.leads()).toBe(true);
  });

  test("a leader that is frozen is deposed, and follows when it comes back", async () => {
    const first = await openTab();
    await untilLive(first.parley);
    const second = await openTab();
    await untilLive(second.parley);
    const id = await group(first.parley);
    await until(second.parley.conversation(id), "the group", (c) => c !== null);
    first.platform.freeze();
    const sent = second.parley.send(id, { text: "while it is frozen" });
    second.page.dispatchEvent(new Event("visibilitychange"));
    await sent;
    await untilQuiet(second.parley, id, 2);
    expect(second.parley.leads()).toBe(true);
    first.platform.thaw();
    expect(first.parley.leads()).toBe(false);
    first.page.dispatchEvent(new Event("visibilitychange"));
    expect(await untilTexts(first.parley, id, 1)).toEqual(["while it is frozen"]);
    await first.parley.send(id, { text: "and after" });
    expect(await untilTexts(second.parley, id, 2)).toEqual(["while it is frozen", "and after"]);
    await untilQuiet(first.parley, id, 3);
    const log = await loggedMessages(ann, server.origin, id);
    expect(log).toHaveLength(2);
  });

  test("what was discarded in one tab is not sent by another that did not hear of it", async () => {
    const first = await openTab();
    await untilLive(first.parley);
    const second = await openTab();
    await untilLive(second.parley);
    const id = await group(first.parley);
    await until(second.parley.conversation(id), "the group", (c) => c !== null);
    proxy.refuse();
    await until(second.parley.connection, "waiting", ({ state }) => state === "waiting");
    await second.parley.send(id, { text: "regretted" });
    await second.parley.send(id, { text: "meant" });
    await untilTexts(first.parley, id, 2);
    const [regretted] = first.parley.timeline(id).get().items.slice(-2);
    second.platform.freeze();
    await first.parley.discard(id, regretted?.key ?? "");
    second.platform.thaw();
    first.platform.die();
    proxy.accept();
    await until(second.parley.connection, "leading", () => second.parley.leads());
    await untilQuiet(second.parley, id, 2);
    const log = await loggedMessages(ann, server.origin, id);
    expect(log.map(({ text }) => text)).toEqual(["meant"]);
    expect(await shownMessages(second.parley, id)).toEqual(log);
  });

  test("signing out in one tab ends it in all, and leaves nothing on the device", async () => {
    const account = await server.account("cyd");
    const first = await openTab(account);
    const second = await openTab(account);
    await Promise.all([untilLive(first.parley), untilLive(second.parley)]);
    const id = await group(first.parley);
    first.parley.setDraft(id, "secret");
    await second.parley.signOut();
    for (const { parley } of [first, second]) {
      await until(parley.connection, "signed out", ({ state }) => state === "signed_out");
    }
    expect(await indexedDB.databases()).toEqual([]);
  });
});
