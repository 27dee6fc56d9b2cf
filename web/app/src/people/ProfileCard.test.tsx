import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { conversation, FakeParley, user } from "../../test/fakeParley.ts";
import { renderSignedIn } from "../../test/render.tsx";
import { ProfileCard } from "./ProfileCard.tsx";

const ME = user("me", "Me");
const BEN = { ...user("ben", "Ben Okafor"), username: "ben.o" };
let parley: FakeParley;
const onClose = vi.fn();

beforeEach(() => {
  window.history.replaceState(null, "", "/");
  onClose.mockClear();
  parley = new FakeParley(ME);
});
afterEach(cleanup);

function show(person = BEN) {
  renderSignedIn(parley, <ProfileCard user={person} onClose={onClose} />);
}

test("it tells the name, the username and that somebody is there", () => {
  parley.presence("ben").set({ online: true, last_active_at: null });
  show();
  expect(screen.getByRole("dialog", { name: "Ben Okafor" })).toBeTruthy();
  expect(screen.getByText("@ben.o")).toBeTruthy();
  expect(screen.getByText("online")).toBeTruthy();
});

test("a name that changes meanwhile is the one that is shown", () => {
  parley.user("ben").set({ ...BEN, display_name: "Benjamin" });
  show();
  expect(screen.getByRole("dialog", { name: "Benjamin" })).toBeTruthy();
});

test("without word of their presence, when they last were there as far as is known", () => {
  parley.user("ben").set({ ...BEN, last_active_at: new Date(2020, 0, 2).getTime() });
  show();
  expect(screen.getByText(/last active .*20$/)).toBeTruthy();
});

test("writing opens the conversation that there is, without asking the server", async () => {
  const members = [ME, BEN].map((each) => ({ user: each, role: "member" as const }));
  parley.hold([conversation({ id: "known", members })]);
  parley.openDirect = () => Promise.reject(new Error("asked"));
  show();
  await userEvent.click(screen.getByRole("button", { name: "Write a message" }));
  expect(window.location.pathname).toBe("/c/known");
  expect(onClose).toHaveBeenCalledOnce();
});

test("writing makes a conversation where there is none", async () => {
  parley.openDirect = (id) => Promise.resolve(conversation({ id: `with-${id}` }));
  show();
  await userEvent.click(screen.getByRole("button", { name: "Write a message" }));
  expect(window.location.pathname).toBe("/c/with-ben");
});

test("what keeps it from being made is said in the card, and one may try again", async () => {
  parley.openDirect = () => Promise.reject(new Error("down"));
  show();
  const write = screen.getByRole<HTMLButtonElement>("button", { name: "Write a message" });
  await userEvent.click(write);
  expect((await screen.findByRole("alert")).textContent).not.toBe("");
  expect(write.disabled).toBe(false);
  expect(onClose).not.toHaveBeenCalled();
});

test("one's own card leads to the settings", async () => {
  show({ ...ME });
  expect(screen.queryByRole("button", { name: "Write a message" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Change it in the settings" }));
  expect(window.location.pathname).toBe("/settings");
});
