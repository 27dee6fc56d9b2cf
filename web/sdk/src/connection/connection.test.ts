import { beforeEach, expect, test } from "vitest";

import { FakeClock, settled } from "../testing/fakeClock.ts";
import type { ServerFrame } from "../wire/types.ts";
import { Connection, type Socket } from "./connection.ts";
import type { State } from "./machine.ts";

class FakeSocket implements Socket {
  readyState = 0;
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  onerror: Socket["onerror"] = null;
  readonly sent: unknown[] = [];
  closedWith: number | undefined;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(code?: number): void {
    this.readyState = 3;
    this.closedWith = code;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  lose(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: "" });
  }
}

let clock: FakeClock;
let sockets: FakeSocket[];
let states: State["is"][];
let frames: ServerFrame[];
let checks: number;
let signedOut: boolean;
let connection: Connection;

const READY = { type: "ready", user_id: "u", session_id: "s", cursor: "c", heartbeat_ms: 25_000 };

beforeEach(() => {
  clock = new FakeClock();
  sockets = [];
  states = [];
  frames = [];
  checks = 0;
  signedOut = false;
  connection = new Connection({
    server: "https://chat.example",
    userId: "u",
    token: "pt_x",
    clock,
    random: () => 0.5,
    makeSocket: (url) => {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      return socket;
    },
    isOffline: () => false,
    isSignedOut: () => Promise.resolve(signedOut),
    onState: (state) => states.push(state.is),
    onFrame: (frame) => frames.push(frame),
    onCheck: () => checks++,
  });
});

function last(): FakeSocket {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error("no socket was opened");
  return socket;
}

function becomeLive(): void {
  connection.start();
  last().open();
  last().say(READY);
  connection.synced();
}

test("the first frame is the token, and what comes is handed on", () => {
  becomeLive();
  expect(last().url).toBe("wss://chat.example/v1/ws?resume=1");
  expect(last().sent).toEqual([{ type: "auth", token: "pt_x" }]);
  expect(frames).toEqual([READY]);
  expect(states).toEqual(["connecting", "syncing", "live"]);
});

test("what is no frame is passed over", () => {
  becomeLive();
  last().onmessage?.({ data: "{" });
  last().onmessage?.({ data: "[]" });
  last().onmessage?.({ data: new ArrayBuffer(1) });
  expect(frames).toEqual([READY]);
  expect(connection.state.is).toBe("live");
});

test("a lost socket is followed by another", async () => {
  becomeLive();
  last().lose();
  expect(connection.state.is).toBe("waiting");
  expect(connection.send({ type: "ping" })).toBe(false);
  await clock.advance(250);
  expect(connection.state.is).toBe("connecting");
  expect(sockets).toHaveLength(2);
});

test("a silent server is asked, and given up when it does not answer", async () => {
  becomeLive();
  await clock.advance(25_000);
  expect(last().sent).toContainEqual({ type: "ping" });
  last().say({ type: "pong" });
  await clock.advance(24_000);
  expect(connection.state.is).toBe("live");
  await clock.advance(40_000);
  expect(sockets[0]?.closedWith).toBe(1000);
  expect(sockets.length).toBeGreaterThan(1);
});

test("a socket that does not open in time is given up", async () => {
  connection.start();
  await clock.advance(20_000);
  expect(connection.state.is).toBe("waiting");
});

test("a refused handshake: is the session over, or the server away?", async () => {
  connection.start();
  last().lose();
  await settled();
  expect(connection.state.is).toBe("waiting");
  await clock.advance(250);
  signedOut = true;
  last().lose();
  await settled();
  expect(connection.state.is).toBe("signed_out");
});

test("live for long, it asks what it missed every five minutes; and at once when somebody looks", async () => {
  becomeLive();
  for (let minute = 0; minute < 5; minute++) {
    last().say({ type: "pong" });
    await clock.advance(20_000);
    last().say({ type: "pong" });
    await clock.advance(20_000);
    last().say({ type: "pong" });
    await clock.advance(20_000);
  }
  expect(checks).toBe(1);
  connection.wake();
  expect(checks).toBe(2);
  expect(last().sent.at(-1)).toEqual({ type: "ping" });
});

test("nothing runs on after a stop", () => {
  becomeLive();
  connection.stop();
  expect(last().closedWith).toBe(1000);
  expect(clock.open).toBe(0);
});

test("a session that is somebody else's is not taken for one's own: nothing of it is heard", () => {
  connection.start();
  sockets[0]?.open();
  sockets[0]?.say({ ...READY, user_id: "another" });
  expect(connection.state.is).toBe("signed_out");
  expect(frames).toEqual([]);
  expect(sockets[0]?.closedWith).toBe(1000);
});
