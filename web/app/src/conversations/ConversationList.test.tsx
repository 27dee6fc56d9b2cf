import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";

import { conversation, FakeParley, message, user } from "../../test/fakeParley.ts";
import { renderSignedIn } from "../../test/render.tsx";
import { forgetMutes, mutes } from "../notifications/mutes.ts";
import { ConversationList } from "./ConversationList.tsx";

const ME = user("me", "Me");
const BEN = user("ben", "Ben Okafor");
const MIA = user("mia", "Mia Lindqvist");
let parley: FakeParley;

function member(person: typeof BEN) {
  return { user: person, role: "member" as const };
}

beforeEach(() => {
  window.history.replaceState(null, "", "/");
  forgetMutes();
  parley = new FakeParley(ME);
  parley.hold([
    conversation({
      id: "group",
      kind: "group",
      title: "Boats",
      members: [member(ME), member(MIA)],
    }),
    conversation({ id: "direct", members: [member(ME), member(BEN)] }),
  ]);
});
afterEach(cleanup);

function show() {
  renderSignedIn(parley, <ConversationList />);
  return screen.getByRole("searchbox", { name: "Search people and conversations" });
}

function entries() {
  return screen
    .getAllByRole("listitem")
    .map((item) => item.querySelector("[dir=auto]")?.textContent);
}

test("one field finds conversations, then people, known and found", async () => {
  parley.people = [BEN, user("bea", "Bea")];
  const field = show();
  expect(entries()).toEqual(["Boats", "Ben Okafor"]);
  await userEvent.type(field, "b");
  expect(screen.getAllByRole("heading", { level: 2 }).map((each) => each.textContent)).toEqual([
    "Conversations",
  ]);
  await userEvent.type(field, "e");
  const people = await screen.findByRole("region", { name: "People" });
  expect(within(people).getAllByRole("listitem")).toHaveLength(1);
  expect(entries()).toEqual(["Ben Okafor", "Bea"]);
});

test("arrows go through the results and back to the field, Enter opens the first, Escape ends it", async () => {
  const field = show();
  await userEvent.type(field, "b");
  await userEvent.keyboard("{ArrowDown}");
  expect(document.activeElement?.textContent).toContain("Boats");
  await userEvent.keyboard("{ArrowDown}{ArrowDown}");
  expect(document.activeElement?.textContent).toContain("Ben Okafor");
  await userEvent.keyboard("{ArrowUp}{ArrowUp}");
  expect(document.activeElement).toBe(field);
  await userEvent.keyboard("{Escape}");
  expect(field).toHaveProperty("value", "");
  await userEvent.type(field, "boat{Enter}");
  expect(window.location.pathname).toBe("/c/group");
  expect(field).toHaveProperty("value", "");
});

test("a person who is found has a card, from which one writes to them", async () => {
  parley.people = [MIA];
  const field = show();
  await userEvent.type(field, "mia");
  await userEvent.click(await screen.findByRole("button", { name: /Mia Lindqvist/ }));
  await screen.findByText("Write a message");
  expect(screen.getByRole("heading", { name: "Mia Lindqvist", hidden: true })).toBeTruthy();
});

test("where nothing is found it says so; where the server cannot be asked, that", async () => {
  const field = show();
  await userEvent.type(field, "z");
  expect(screen.getByText("Type at least two letters to find people.")).toBeTruthy();
  await userEvent.type(field, "z");
  expect(await screen.findByText("Nobody and no conversation is called that.")).toBeTruthy();
  parley.searchPeople = () =>
    Promise.reject(
      Object.assign(new Error(), { code: "network", detail: "", retry_after_ms: null, errors: [] }),
    );
  await userEvent.type(field, "z");
  expect(await screen.findByText(/cannot be reached/)).toBeTruthy();
});

test("who has nobody to talk to yet can search people all the same", async () => {
  parley.hold([]);
  parley.people = [MIA];
  const field = show();
  expect(screen.getByText("Nobody to talk to yet")).toBeTruthy();
  await userEvent.type(field, "mia");
  expect(await screen.findByRole("button", { name: /Mia Lindqvist/ })).toBeTruthy();
});

test("a group's line says whose the last words are, and who types", () => {
  const group = {
    id: "group",
    kind: "group" as const,
    title: "Boats",
    members: [member(ME), member(MIA)],
    last_message: message({ seq: 2, sender_id: "mia", text: "Ahoy" }),
  };
  parley.hold([
    conversation(group),
    conversation({
      id: "direct",
      members: [member(ME), member(MIA)],
      last_message: message({ seq: 3, sender_id: "mia", text: "Only you" }),
    }),
    conversation({
      ...group,
      id: "typing",
      typing: ["mia"],
    }),
  ]);
  show();
  const lines = screen.getAllByRole("listitem").map((item) => item.textContent);
  expect(lines[0]).toContain("Mia Lindqvist: Ahoy");
  expect(lines[1]).not.toContain("Mia Lindqvist: ");
  expect(lines[2]).toContain("Mia Lindqvist is typing…");
});

test("a conversation is muted by its menu, and says so; the same menu ends it", async () => {
  show();
  fireEvent.contextMenu(screen.getByText("Boats"));
  await userEvent.click(screen.getByRole("menuitem", { name: "Mute until I unmute it" }));
  expect([...mutes.get().keys()]).toEqual(["group"]);
  expect(screen.getByRole("img", { name: "Muted" }).closest("li")?.textContent).toContain("Boats");
  fireEvent.contextMenu(screen.getByText("Boats"));
  await userEvent.click(screen.getByRole("menuitem", { name: "Unmute" }));
  expect(screen.queryByRole("img", { name: "Muted" })).toBeNull();
});

test("what is unread is marked as read by the menu", async () => {
  const [, direct] = parley.conversations.get() ?? [];
  if (direct !== undefined) parley.hold([{ ...direct, unread_count: 3, last_seq: 9 }]);
  show();
  fireEvent.contextMenu(screen.getByText("Ben Okafor"));
  await userEvent.click(screen.getByRole("menuitem", { name: "Mark as read" }));
  expect(parley.read.get("direct")).toBe(9);
});
