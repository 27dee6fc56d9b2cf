import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";

import {
  api,
  currentUser,
  endSession,
  memoryStorage,
  type OpenOptions,
  openParley,
  signIn,
} from "../src/index.ts";
import { fastClock } from "./fastClock.ts";
import { Proxy } from "./proxy.ts";
import { PARLEYD, RealServer } from "./server.ts";
import { until, untilLive } from "./until.ts";

/** What a browser adds by itself: the cookie that it was given, and where the page comes from. */
class Browser {
  private cookie = "";
  private readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    request.headers.set("Origin", this.origin);
    request.headers.set("Cookie", this.cookie);
    const response = await fetch(request);
    const given = response.headers.get("Set-Cookie");
    if (given !== null) this.cookie = given.split(";", 1)[0] ?? "";
    return response;
  };

  get socket(): NonNullable<OpenOptions["WebSocket"]> {
    const headers = () => ({ Origin: this.origin, Cookie: this.cookie });
    class CookieSocket extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol, { headers: headers() });
        // Without a listener Node ends the program; what is wrong is told by the close.
        this.on("error", () => undefined);
      }
    }
    return CookieSocket as unknown as NonNullable<OpenOptions["WebSocket"]>;
  }
}

describe.skipIf(PARLEYD === "")("with the session in a browser's cookie", () => {
  let server: RealServer;
  let proxy: Proxy;

  beforeAll(async () => {
    server = await RealServer.start();
    proxy = await Proxy.start(server.origin);
    await server.account("ann");
    await server.account("bob");
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  async function signedIn(username: string) {
    const browser = new Browser(proxy.origin);
    const common = { server: proxy.origin, fetch: browser.fetch };
    expect(await currentUser(common)).toBeNull();
    const credentials = { username, password: "correct horse", cookie: true };
    const { user, token, session } = await signIn({ ...common, ...credentials });
    expect(token).toBeNull();
    const storage = memoryStorage();
    const parley = await openParley({
      ...common,
      user,
      storage,
      WebSocket: browser.socket,
      clock: fastClock(10),
    });
    await untilLive(parley);
    return { common, parley, session, storage };
  }

  test("calls and the WebSocket work, and signing out ends it", async () => {
    const { common, parley } = await signedIn("ann");
    const { id } = await parley.createGroup({ title: "Mine", member_ids: [] });
    await parley.send(id, { text: "hello" });
    await until(parley.conversation(id), "the message", (c) => c?.last_seq === 2);
    expect(await currentUser(common)).toMatchObject({ username: "ann" });
    expect(await parley.signOut()).toEqual({ session_ended: true });
    expect(parley.connection.get().state).toBe("signed_out");
    expect(await currentUser(common)).toBeNull();
  });

  test("who signs out without a network leaves the device clean, and ends the session later", async () => {
    const { common, parley, storage } = await signedIn("ann");
    await parley.createGroup({ title: "Mine", member_ids: [] });
    parley.setDraft("anywhere", "secret");
    proxy.refuse();
    expect(await parley.signOut()).toEqual({ session_ended: false });
    expect(parley.connection.get().state).toBe("signed_out");
    expect(await storage.load()).toMatchObject({ held: [], users: [], cursor: null });
    expect((await storage.load()).drafts.size).toBe(0);
    proxy.accept();
    expect(await currentUser(common)).toMatchObject({ username: "ann" });
    await endSession(common);
    expect(await currentUser(common)).toBeNull();
    // Once more is well.
    await endSession(common);
  });

  test("where the cookie has become somebody else's, nothing of theirs is taken in", async () => {
    const { common, parley, storage } = await signedIn("ann");
    await signIn({ ...common, username: "bob", password: "correct horse", cookie: true });
    proxy.cutAll();
    await until(parley.connection, "signed out", ({ state }) => state === "signed_out");
    expect((await storage.load()).users).toEqual([]);
    expect(await currentUser(common)).toMatchObject({ username: "bob" });
  });

  test("a session that ended while there was no connection is found to be over", async () => {
    const { parley, session } = await signedIn("bob");
    const { origin } = server;
    const elsewhere = await signIn({ server: origin, username: "bob", password: "correct horse" });
    proxy.refuse();
    await until(parley.connection, "waiting", ({ state }) => state === "waiting");
    const calls = api({ server: origin, token: elsewhere.token ?? "" });
    await calls.DELETE("/v1/sessions/{id}", { params: { path: { id: session.id } } });
    proxy.accept();
    await until(parley.connection, "signed out", ({ state }) => state === "signed_out");
  });
});
