import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";

import {
  api,
  currentUser,
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
    const parley = await openParley({
      ...common,
      user,
      storage: memoryStorage(),
      WebSocket: browser.socket,
      clock: fastClock(10),
    });
    await untilLive(parley);
    return { common, parley, session };
  }

  test("calls and the WebSocket work, and signing out ends it", async () => {
    const { common, parley } = await signedIn("ann");
    const { id } = await parley.createGroup({ title: "Mine", member_ids: [] });
    await parley.send(id, { text: "hello" });
    await until(parley.conversation(id), "the message", (c) => c?.last_seq === 2);
    expect(await currentUser(common)).toMatchObject({ username: "ann" });
    await parley.signOut();
    expect(parley.connection.get().state).toBe("signed_out");
    expect(await currentUser(common)).toBeNull();
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
