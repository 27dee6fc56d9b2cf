import type { Conversation, Member } from "@parley/client";
import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { conversation, FakeParley, user } from "../../test/fakeParley.ts";
import { renderSignedIn } from "../../test/render.tsx";
import { forgetMutes, mutes } from "../notifications/mutes.ts";
import { Details } from "./Details.tsx";

const ME = user("me", "Me");
const BO = user("bo", "Bo");
let parley: FakeParley;

beforeEach(() => {
  window.history.replaceState(null, "", "/c/c1/details");
  parley = new FakeParley(ME);
});
afterEach(cleanup);

function member(person: typeof BO, role: Member["role"]): Member {
  return { user: person, role, joined_at: 0, read_seq: 0, delivered_seq: 0 };
}

function show(fields: Partial<Conversation>): void {
  const mine = fields.role ?? "member";
  parley.hold([
    conversation({
      members: [
        { user: ME, role: mine },
        { user: BO, role: "member" },
      ],
      ...fields,
    }),
  ]);
  parley.members("c1").set([member(ME, mine), member(BO, "member")]);
  renderSignedIn(parley, <Details id="c1" />);
}

async function openActions(): Promise<void> {
  await userEvent.click(screen.getByRole("button", { name: "What to do with Bo" }));
}

describe("of a group, for an administrator of it", () => {
  const GROUP = { kind: "group", title: "Club", role: "admin" } as const;

  test("a new name is sent once it differs", async () => {
    const update = vi.spyOn(parley, "updateConversation");
    show(GROUP);
    const rename = screen.getByRole<HTMLButtonElement>("button", { name: "Rename" });
    expect(rename.disabled).toBe(true);
    const name = screen.getByRole("textbox", { name: "Name of the group" });
    await userEvent.clear(name);
    await userEvent.type(name, " Society {Enter}");
    expect(update).toHaveBeenCalledExactlyOnceWith("c1", { title: "Society" });
  });

  test("what new members read is changed at once", async () => {
    const update = vi.spyOn(parley, "updateConversation");
    show(GROUP);
    await userEvent.click(screen.getByRole("radio", { name: "everything" }));
    expect(update).toHaveBeenCalledExactlyOnceWith("c1", { history: "all" });
  });

  test("roles are given, and members removed; oneself has no such buttons", async () => {
    const setRole = vi.spyOn(parley, "setRole");
    const remove = vi.spyOn(parley, "removeMember");
    show(GROUP);
    expect(screen.queryByRole("button", { name: "What to do with Me" })).toBeNull();
    await openActions();
    await userEvent.click(screen.getByRole("button", { name: "Make administrator" }));
    expect(setRole).toHaveBeenCalledExactlyOnceWith("c1", "bo", "admin");
    await userEvent.click(screen.getByRole("button", { name: "Remove from the group" }));
    expect(remove).toHaveBeenCalledExactlyOnceWith("c1", "bo");
  });

  test("people who are in it are not offered to be added", async () => {
    const add = vi.spyOn(parley, "addMembers");
    parley.people = [BO, user("cy", "Cy")];
    show(GROUP);
    await userEvent.click(screen.getByRole("button", { name: "Add people" }));
    await userEvent.type(screen.getByRole("searchbox"), "some");
    await userEvent.click(await screen.findByRole("checkbox", { name: /Cy/ }));
    expect(screen.queryByRole("checkbox", { name: /Bo/ })).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Add to the group" }));
    expect(add).toHaveBeenCalledExactlyOnceWith("c1", ["cy"]);
  });

  test("what the server refuses is said", async () => {
    vi.spyOn(parley, "setRole").mockRejectedValue(new Error("no"));
    show(GROUP);
    await openActions();
    await userEvent.click(screen.getByRole("button", { name: "Make administrator" }));
    expect((await screen.findByRole("alert")).textContent).not.toBe("");
  });
});

describe("of a group, for a member", () => {
  const GROUP = { kind: "group", title: "Club", role: "member" } as const;

  test("nothing of it can be changed", async () => {
    show(GROUP);
    expect(screen.queryByRole("button", { name: "Rename" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Add people" })).toBeNull();
    await openActions();
    expect(screen.queryByRole("button", { name: "Make administrator" })).toBeNull();
    expect(screen.getByRole("button", { name: "Write a message" })).toBeTruthy();
  });

  test("it is left after one is asked, and the list is shown", async () => {
    const leave = vi.spyOn(parley, "leave");
    show(GROUP);
    await userEvent.click(screen.getByRole("button", { name: "Leave the group" }));
    expect(leave).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: "Leave" }));
    expect(leave).toHaveBeenCalledExactlyOnceWith("c1");
    expect(window.location.pathname).toBe("/");
  });

  test("a member leads to their card", async () => {
    show(GROUP);
    await userEvent.click(screen.getByRole("button", { name: /^Bo/ }));
    expect(await screen.findByRole("dialog", { name: "Bo" })).toBeTruthy();
  });
});

test("of a direct conversation: who it is with", () => {
  parley.presence("bo").set({ online: true, last_active_at: null });
  show({ kind: "direct" });
  expect(screen.getByRole("heading", { name: "Bo" })).toBeTruthy();
  expect(screen.getByText("online")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Leave the group" })).toBeNull();
});

test("a conversation is muted for a time, and unmuted", async () => {
  forgetMutes();
  show({ kind: "direct" });
  await userEvent.click(screen.getByRole("button", { name: "Mute…" }));
  await userEvent.click(screen.getByRole("menuitem", { name: "Mute for an hour" }));
  const until = mutes.get().get("c1") ?? 0;
  expect(Math.round((until - Date.now()) / 60_000)).toBe(60);
  expect(screen.getByText(/^Muted on this device until/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Unmute" }));
  expect(mutes.get().size).toBe(0);
});
