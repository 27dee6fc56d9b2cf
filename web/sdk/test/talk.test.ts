import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { currentUser, type OpenParley, serverInfo, signIn, type SignedIn } from "../src/index.ts";
import { open, PARLEYD, RealServer } from "./server.ts";
import { until, untilLive, untilTexts } from "./until.ts";

describe.skipIf(PARLEYD === "")("against the real server", () => {
  let server: RealServer;
  let accounts: Record<"ann" | "bob" | "cyd", SignedIn>;
  const opened: OpenParley[] = [];

  beforeAll(async () => {
    server = await RealServer.start();
    const [ann, bob, cyd] = await Promise.all(
      ["ann", "bob", "cyd"].map((name) => server.account(name)),
    );
    if (!ann || !bob || !cyd) throw new Error("unreachable");
    accounts = { ann, bob, cyd };
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((parley) => parley.close()));
  });

  async function live(name: keyof typeof accounts): Promise<OpenParley> {
    const parley = await open(accounts[name], server.origin);
    opened.push(parley);
    await untilLive(parley);
    return parley;
  }

  function group(parley: OpenParley, ...names: (keyof typeof accounts)[]) {
    const member_ids = names.map((name) => accounts[name].user.id);
    return parley.createGroup({ title: "Trip", member_ids });
  }

  test("what the server is, and who one is", async () => {
    expect((await serverInfo({ server: server.origin })).registration).toBe("open");
    const token = accounts.ann.token ?? "";
    expect(await currentUser({ server: server.origin, token })).toMatchObject({ username: "ann" });
    expect(await currentUser({ server: server.origin, token: "wrong" })).toBeNull();
  });

  test("refusals bear the server's code and words", async () => {
    const wrong = signIn({ server: server.origin, username: "ann", password: "not that one" });
    await expect(wrong).rejects.toMatchObject({ name: "ParleyError", code: "unauthenticated" });
    const nowhere = serverInfo({ server: "http://127.0.0.1:1" });
    await expect(nowhere).rejects.toMatchObject({ code: "network" });
  });

  test("two people talk: each message once, with unread counts, typing and marks", async () => {
    const [ann, bob] = [await live("ann"), await live("bob")];
    const { id } = await ann.openDirect(accounts.bob.user.id);
    const arrived = new Promise<string>((resolve) => {
      bob.onArrival(({ message, conversation }) => {
        expect(conversation.id).toBe(id);
        resolve(message.text);
      });
    });
    await ann.send(id, { text: "Hello" });
    expect(await arrived).toBe("Hello");
    const seen = await until(bob.conversation(id), "an unread one", (c) => c?.unread_count === 1);
    expect(seen?.last_message?.text).toBe("Hello");
    bob.typing(id, true);
    await until(ann.conversation(id), "typing", (c) => c?.typing[0] === accounts.bob.user.id);
    expect(await untilTexts(bob, id, 1)).toEqual(["Hello"]);
    await bob.send(id, { text: "And hello", reply_to: seen?.last_seq ?? 0 });
    expect(await untilTexts(ann, id, 2)).toEqual(["Hello", "And hello"]);
    const timeline = await until(ann.timeline(id), "all acknowledged", ({ items }) =>
      items.every((item) => item.type === "notice" || item.message.sending === null),
    );
    expect(timeline.items.at(-1)).toMatchObject({ message: { reply_to: { excerpt: "Hello" } } });
    expect(ann.conversation(id).get()?.typing).toEqual([]);
    // Their own message comes back to them when it comes to ann: before or after.
    await until(bob.conversation(id), "none unread", (c) => c?.unread_count === 0);
    const last = ann.conversation(id).get()?.last_seq ?? 0;
    const read = until(bob.members(id), "ann has read", (members) =>
      (members ?? []).every(({ read_seq }) => read_seq === last),
    );
    ann.markRead(id, last);
    await read;
    expect(ann.conversation(id).get()?.unread_count).toBe(0);
  });

  test("one's other device is told what was read, and shows what was sent", async () => {
    const [phone, laptop, bob] = [await live("ann"), await live("ann"), await live("bob")];
    const { id } = await group(bob, "ann");
    await bob.send(id, { text: "one" });
    await until(phone.conversation(id), "unread", (c) => c?.unread_count === 1);
    await until(laptop.conversation(id), "unread", (c) => c?.unread_count === 1);
    phone.markRead(id, phone.conversation(id).get()?.last_seq ?? 0);
    await until(laptop.conversation(id), "read", (c) => c?.unread_count === 0);
    await phone.send(id, { text: "two" });
    expect(await untilTexts(laptop, id, 2)).toEqual(["one", "two"]);
  });

  test("presence of those whom somebody looks at", async () => {
    const ann = await live("ann");
    await group(ann, "bob");
    const bob = await live("bob");
    const presence = ann.presence(accounts.bob.user.id);
    await until(presence, "online", (p) => p?.online === true);
    const gone = until(presence, "offline", (p) => p?.online === false);
    await bob.close();
    await gone;
  });

  test("a group: renamed, roles, left and added again; who joins sees from there", async () => {
    const [ann, bob, cy] = [await live("ann"), await live("bob"), await live("cyd")];
    const { id } = await group(ann, "bob");
    await ann.send(id, { text: "before" });
    await untilTexts(bob, id, 1);
    await ann.updateConversation(id, { title: "Tents" });
    await until(bob.conversation(id), "the new name", (c) => c?.title === "Tents");
    await ann.addMembers(id, [accounts.cyd.user.id]);
    await until(cy.conversation(id), "the group", (c) => c !== null);
    await ann.send(id, { text: "after" });
    expect(await untilTexts(cy, id, 1)).toEqual(["after"]);
    expect(cy.timeline(id).get().has_older).toBe(false);

    await bob.leave(id);
    await until(bob.conversation(id), "gone", (c) => c === null);
    const two = await until(ann.conversation(id), "two members", (c) => c?.member_count === 2);
    expect(two?.members.map(({ user }) => user.username)).toEqual(["ann", "cyd"]);
    await ann.send(id, { text: "without bob" });
    await untilTexts(ann, id, 3);
    await ann.addMembers(id, [accounts.bob.user.id]);
    const again = await until(bob.conversation(id), "back", (c) => c !== null);
    await ann.send(id, { text: "with bob" });
    expect(await untilTexts(bob, id, 1)).toEqual(["with bob"]);
    expect(bob.timeline(id).get().has_older).toBe(false);
    expect(again?.first_seq).toBeGreaterThan(1);

    await ann.setRole(id, accounts.cyd.user.id, "admin");
    await until(cy.conversation(id), "admin", (c) => c?.role === "admin");
    await cy.removeMember(id, accounts.ann.user.id);
    await until(ann.conversation(id), "removed", (c) => c === null);
  });

  test("history of all is read from the beginning, both ways, around a place", async () => {
    const [ann, bob] = [await live("ann"), await live("bob")];
    const member_ids: string[] = [];
    const { id } = await ann.createGroup({ title: "Long", member_ids, history: "all" });
    for (let n = 1; n <= 150; n++) await ann.send(id, { text: `line ${n}` });
    await until(ann.conversation(id), "all sent", (c) => c?.last_seq === 151);
    await ann.addMembers(id, [accounts.bob.user.id]);
    await until(bob.conversation(id), "the group", (c) => c !== null);
    await untilTexts(bob, id, 50);
    while (bob.timeline(id).get().has_older) await bob.loadOlder(id);
    const texts = await untilTexts(bob, id, 150);
    expect(texts).toEqual(Array.from({ length: 150 }, (_, n) => `line ${n + 1}`));

    await ann.close();
    const fresh = await live("ann");
    await fresh.loadAround(id, 40);
    expect(fresh.timeline(id).get()).toMatchObject({ has_older: true, has_newer: true });
    expect(
      fresh
        .timeline(id)
        .get()
        .items.map(({ key }) => key),
    ).toHaveLength(60);
    while (fresh.timeline(id).get().has_newer) await fresh.loadNewer(id);
    await fresh.loadLatest(id);
    expect(fresh.timeline(id).get().has_newer).toBe(false);
  });

  test("a refused message stays, with the reason, until it is sent anew or discarded", async () => {
    const ann = await live("ann");
    const { id } = await group(ann);
    await ann.send(id, { text: "x".repeat(20_001) });
    const failed = await until(ann.timeline(id), "a failed one", ({ items }) => {
      const last = items.at(-1);
      return last?.type === "message" && last.message.sending?.state === "failed";
    });
    const last = failed.items.at(-1);
    if (last?.type !== "message") throw new Error("unreachable");
    expect(last.message.sending?.error).toMatchObject({ code: "invalid" });
    // Others are not held up by it.
    await ann.send(id, { text: "short" });
    await until(ann.conversation(id), "the other", (c) => c?.last_message?.text === "short");
    await ann.discard(id, last.message.client_id);
    expect(await untilTexts(ann, id, 1)).toEqual(["short"]);
  });

  test("signed out elsewhere: it is over, and nothing is tried any more", async () => {
    const other = await signIn({
      server: server.origin,
      username: "cyd",
      password: "correct horse",
    });
    const cy = await live("cyd");
    const stolen = await open(other, server.origin);
    opened.push(stolen);
    await untilLive(stolen);
    await cy.revokeSession(other.session.id);
    await until(stolen.connection, "signed out", ({ state }) => state === "signed_out");
  });

  test("people are found, and named by their ids", async () => {
    const ann = await live("ann");
    const [bob] = await ann.searchPeople("bob");
    expect(bob?.display_name).toBe("Bob");
    const cy = await live("cyd");
    const named = await until(cy.user(accounts.bob.user.id), "bob", (user) => user !== null);
    expect(named?.username).toBe("bob");
    await ann.updateProfile({ display_name: "Ann B." });
    expect(ann.me.get().display_name).toBe("Ann B.");
  });
});
