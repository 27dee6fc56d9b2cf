import { beforeEach, describe, expect, test } from "vitest";

import { ServerTime } from "../clock.ts";
import type { Socket } from "../connection/connection.ts";
import { api } from "../http/api.ts";
import { Replica } from "../replica/replica.ts";
import { Journal } from "../storage/journal.ts";
import { memoryStorage } from "../storage/memory.ts";
import type { Storage } from "../storage/storage.ts";
import { FakeClock, settled } from "../testing/fakeClock.ts";
import { ANN, conversation, held, said, waiting } from "../testing/objects.ts";
import { Engine } from "./engine.ts";
import type { Update } from "./updates.ts";

interface Frame {
  readonly type: string;
}

/** The server's end of a WebSocket. */
class ServerEnd implements Socket {
  readyState = 1;
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  onerror: Socket["onerror"] = null;
  readonly heard: Frame[] = [];

  send(data: string): void {
    this.heard.push(JSON.parse(data) as Frame);
  }
  close(): void {
    this.readyState = 3;
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  lose(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: "" });
  }
  of(type: string): Frame[] {
    return this.heard.filter((frame) => frame.type === type);
  }
}

const DAY_MS = 86_400_000;

let clock: FakeClock;
let serverTime: ServerTime;
let storage: Storage;
let replica: Replica;
let sockets: ServerEnd[];
let updates: Update[];
let engine: Engine;

beforeEach(() => {
  clock = new FakeClock();
  serverTime = new ServerTime(clock);
  storage = memoryStorage();
  replica = new Replica(ANN);
  sockets = [];
  updates = [];
});

/** An engine that holds these conversations and is live. */
function live(...ids: readonly string[]): ServerEnd {
  replica.load({ held: ids.map((id) => held({ id })), users: [] });
  engine = new Engine({
    api: api({ server: "http://server", token: "t", fetch: () => Promise.reject(new Error("no")) }),
    clock,
    serverTime,
    replica,
    cursor: "kept",
    journal: new Journal(storage),
    connection: {
      server: "http://server",
      random: () => 0.5,
      makeSocket: () => {
        const socket = new ServerEnd();
        sockets.push(socket);
        return socket;
      },
      isOffline: () => false,
      isSignedOut: () => Promise.resolve(false),
    },
    onUpdate: (update) => updates.push(update),
  });
  engine.start([]);
  return sync();
}

/** The newest connection is accepted, and nothing was missed. */
function sync(): ServerEnd {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error("no connection");
  socket.onopen?.();
  socket.say({ type: "ready", cursor: "r", heartbeat_ms: 25_000, user_id: "ann", session_id: "s" });
  socket.say({ type: "sync", conversations: [], left: [], cursor: "new", more: false });
  return socket;
}

describe("sending", () => {
  const send = (client_id: string, order: number): void => {
    engine.do({ type: "outbox", entry: waiting(client_id, order) });
  };
  const ack = (ref: string, seq: number) => {
    const sent_at = 1000 + seq;
    return { type: "ack", ref, conversation_id: "c", seq, message_id: `id-${seq}`, sent_at };
  };

  test("what was not acknowledged goes out again, under the same client_id, until it is", async () => {
    const first = live("c");
    send("a", 1);
    send("b", 2);
    expect(first.of("send")).toMatchObject([{ client_id: "a" }]);
    first.lose();
    await clock.advance(500);
    const second = sync();
    expect(second.of("send")).toMatchObject([{ client_id: "a" }]);
    second.say({ ...ack("a", 2), duplicate: true });
    second.say({ ...ack("b", 3), duplicate: false });
    await settled();
    expect(second.of("send")).toMatchObject([{ client_id: "a" }, { client_id: "b" }]);
    expect((await storage.load()).outbox).toEqual([]);
  });

  test("the change is an acknowledgement too", async () => {
    const socket = live("c");
    send("client-2", 1);
    await storage.write({ outbox: [waiting("client-2", 1)] });
    socket.say({ type: "change", ...said(2, "mine", { sender: "ann" }) });
    await settled();
    expect((await storage.load()).outbox).toEqual([]);
    socket.lose();
    await clock.advance(500);
    expect(sync().of("send")).toEqual([]);
  });

  test("rate_limited waits as long as the server says", async () => {
    const socket = live("c");
    send("a", 1);
    const detail = "Too many.";
    socket.say({ type: "error", ref: "a", code: "rate_limited", detail, retry_after_ms: 4_000 });
    send("b", 2);
    await clock.advance(3_999);
    expect(socket.of("send")).toHaveLength(1);
    await clock.advance(1);
    expect(socket.of("send")).toMatchObject([{ client_id: "a" }, { client_id: "a" }]);
  });
});

describe("positions", () => {
  test("move at most once a second, to the highest", async () => {
    const socket = live("c");
    for (let seq = 2; seq <= 21; seq++) {
      socket.say({ type: "change", ...said(seq) });
      engine.do({ type: "read", conversation_id: "c", seq });
      await clock.advance(100);
    }
    await clock.advance(2_000);
    const reads = socket.of("read");
    expect(reads.length).toBeLessThanOrEqual(4);
    expect(reads.at(-1)).toEqual({ type: "read", conversation_id: "c", seq: 21 });
    expect(socket.of("delivered")).toEqual([]);
  });

  test("that were refused are told again, when the server's time is over", async () => {
    const socket = live("c");
    socket.say({ type: "change", ...said(2) });
    await clock.advance(2_000);
    expect(socket.of("delivered")).toHaveLength(1);
    socket.say({ type: "error", code: "rate_limited", detail: "Too many.", retry_after_ms: 5_000 });
    await clock.advance(4_900);
    expect(socket.of("delivered")).toHaveLength(1);
    await clock.advance(2_000);
    expect(socket.of("delivered")).toHaveLength(2);
  });

  test("of hundreds of conversations go out in portions", async () => {
    const ids = Array.from({ length: 250 }, (_, n) => `c${n}`);
    const socket = live(...ids);
    await clock.advance(500);
    expect(socket.of("delivered")).toHaveLength(100);
    await clock.advance(5_000);
    expect(socket.of("delivered")).toHaveLength(250);
  });
});

test("the server's clock is learnt from what it sends, on a device whose own is wrong by a day", () => {
  const socket = live("c");
  const change = said(2);
  const sent_at = clock.now() + DAY_MS;
  socket.say({ type: "change", ...change, message: { ...change.message, sent_at } });
  expect(serverTime.now()).toBe(sent_at);
});

test("what is told is kept: the cursor after what it stands for, a conversation until it is left", async () => {
  const socket = live("c");
  socket.say({ type: "change", ...said(2) });
  socket.say({ type: "inbox", conversation: conversation({ id: "d", last_seq: 4 }) });
  await settled();
  const state = await storage.load();
  expect(state.cursor).toBe("new");
  expect(state.held.map(({ object, head }) => [object.id, head])).toEqual([
    ["c", 2],
    ["d", 4],
  ]);
  socket.say({ type: "inbox", left: "c" });
  await settled();
  expect((await storage.load()).held.map(({ object }) => object.id)).toEqual(["d"]);
});

test("frames of later servers are passed over", () => {
  const socket = live("c");
  const before = updates.length;
  socket.say({ type: "hologram", of: "ann" });
  expect(updates).toHaveLength(before);
});

describe("whom one watches", () => {
  const watch = (...user_ids: string[]): void => {
    engine.do({ type: "watch", tab: "t", user_ids });
  };
  const presence = (user_id: string) => {
    return { type: "presence", user_id, online: true, last_active_at: null };
  };

  test("is asked for again once something is said with somebody of whom nothing was heard", async () => {
    const socket = live("c");
    watch("bob");
    const before = socket.of("watch_presence").length;
    await clock.advance(5_000);
    expect(socket.of("watch_presence")).toHaveLength(before);
    socket.say({ type: "change", ...said(2, "hello") });
    await clock.advance(1_000);
    expect(socket.of("watch_presence").slice(before)).toMatchObject([{ user_ids: ["bob"] }]);
    // Of what follows nobody is introduced.
    socket.say({ type: "change", ...said(3, "and again") });
    await clock.advance(5_000);
    expect(socket.of("watch_presence")).toHaveLength(before + 1);
  });

  test("is not asked for again where all were heard of", async () => {
    const socket = live("c");
    watch("bob");
    socket.say(presence("bob"));
    const before = socket.of("watch_presence").length;
    socket.say({ type: "change", ...said(2, "hello") });
    await clock.advance(5_000);
    expect(socket.of("watch_presence")).toHaveLength(before);
  });
});
