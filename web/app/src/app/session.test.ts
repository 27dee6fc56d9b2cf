import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FakeParley, user } from "../../test/fakeParley.ts";
import { FOREVER, mute, mutes } from "../notifications/mutes.ts";
import type { Backend } from "./backend.ts";
import { Session } from "./session.ts";

const ANN = user("ann", "Ann");
let parley: FakeParley;
let endSession: Backend["endSession"];

beforeEach(() => {
  localStorage.clear();
  parley = new FakeParley(ANN);
  endSession = () => Promise.resolve();
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function opened(): Promise<Session> {
  const backend = { open: () => Promise.resolve(parley), endSession: () => endSession() };
  const session = new Session(backend as unknown as Backend);
  await session.start();
  return session;
}

function unreachable(): Promise<never> {
  return Promise.reject(new Error("the server cannot be reached"));
}

test("who was here last is let in at once", async () => {
  const first = await opened();
  expect(first.get()).toEqual({ state: "signed_out", parting: null });
  await first.enter(ANN);
  expect((await opened()).get().state).toBe("signed_in");
});

test.each([
  "",
  "not JSON",
  "null",
  "7",
  '{"id":"ann"}',
  '{"id":1,"username":"a","display_name":"A"}',
])("what is not a person is nobody: %j", async (kept) => {
  localStorage.setItem("parley.user", kept);
  expect((await opened()).get().state).toBe("signed_out");
});

test("a browser that keeps nothing lets one in all the same", async () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new DOMException("no", "SecurityError");
  });
  const session = await opened();
  await session.enter(ANN);
  expect(session.get().state).toBe("signed_in");
});

test("signing out leaves nothing of the person in the browser", async () => {
  const session = await opened();
  await session.enter(ANN);
  mute("c1", FOREVER);
  await session.signOut();
  expect(session.get()).toEqual({ state: "signed_out", parting: null });
  expect(localStorage).toHaveLength(0);
  expect(mutes.get().size).toBe(0);
});

test("a session that ended elsewhere is told of", async () => {
  const session = await opened();
  await session.enter(ANN);
  parley.connection.set({ state: "signed_out", reason: "signed out" });
  expect(session.get()).toEqual({ state: "signed_out", parting: "ended" });
  expect((await opened()).get()).toEqual({ state: "signed_out", parting: null });
});

test("a sign-out that the server did not hear is told of, and told to it once there is a network", async () => {
  const session = await opened();
  await session.enter(ANN);
  parley.signOut = () => {
    parley.connection.set({ state: "signed_out", reason: "signed out" });
    return Promise.resolve({ session_ended: false });
  };
  endSession = unreachable;
  await session.signOut();
  expect(session.get()).toEqual({ state: "signed_out", parting: "untold" });
  const later = await opened();
  expect(later.get()).toEqual({ state: "signed_out", parting: "untold" });
  endSession = vi.fn(() => Promise.resolve());
  window.dispatchEvent(new Event("online"));
  await expect.poll(() => later.get()).toEqual({ state: "signed_out", parting: null });
  expect(endSession).toHaveBeenCalled();
  expect(localStorage).toHaveLength(0);
});

test("a new sign-in is not ended by an old sign-out", async () => {
  const session = await opened();
  await session.enter(ANN);
  parley.signOut = () => Promise.resolve({ session_ended: false });
  endSession = unreachable;
  await session.signOut();
  await session.enter(ANN);
  endSession = vi.fn(() => Promise.resolve());
  await session.tellServer();
  expect(endSession).not.toHaveBeenCalled();
  expect(session.get().state).toBe("signed_in");
});
