import { ParleyError } from "@parley/client";
import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";

import { FakeAdministration, person } from "../../test/fakeAdministration.ts";
import { FakeParley, user } from "../../test/fakeParley.ts";
import { renderSignedIn } from "../../test/render.tsx";
import { AdministrationContext, servicesOf } from "./context.ts";
import { RegistrationForm } from "./joining/RegistrationForm.tsx";
import { LogPage } from "./log/LogPage.tsx";
import { NumbersPage } from "./numbers/NumbersPage.tsx";
import { PeoplePage } from "./people/PeoplePage.tsx";

let administration: FakeAdministration;

beforeEach(() => {
  administration = new FakeAdministration();
  administration.everybody = [
    person("ann", "Ann", { admin: true }),
    person("ben", "Ben"),
    person("cleo", "Cleo"),
  ];
});

afterEach(cleanup);

function show(part: ReactNode): void {
  renderSignedIn(
    new FakeParley(user("ann", "Ann")),
    <AdministrationContext value={servicesOf(administration)}>{part}</AdministrationContext>,
  );
}

async function open(name: RegExp): Promise<void> {
  await userEvent.click(await screen.findByRole("button", { name }));
}

test("people come page by page, and are narrowed by what is typed", async () => {
  show(<PeoplePage />);
  await screen.findByText("Ben");
  expect(screen.queryByText("Cleo")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Show more" }));
  await screen.findByText("Cleo");
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  await userEvent.type(screen.getByRole("searchbox"), "cl");
  await expect.poll(() => screen.queryByText("Ben")).toBeNull();
  await userEvent.type(screen.getByRole("searchbox"), "x");
  await screen.findByText("Nobody is called that.");
});

test("an account is disabled only once that is confirmed", async () => {
  show(<PeoplePage />);
  await open(/Ben/);
  await userEvent.click(screen.getByRole("button", { name: "Disable the account" }));
  expect(administration.done).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Disable" }));
  await screen.findByRole("button", { name: "Enable the account" });
  expect(administration.done).toEqual(['ben {"disabled":true}']);
});

test("nobody is offered to disable or demote themself", async () => {
  show(<PeoplePage />);
  await open(/Ann/);
  expect(screen.queryByRole("button", { name: "Disable the account" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Take administration away" })).toBeNull();
});

test("a link for a new password is shown under the page's own address", async () => {
  show(<PeoplePage />);
  await open(/Ben/);
  await userEvent.click(screen.getByRole("button", { name: "Make a link for a new password" }));
  await screen.findByText(`${window.location.origin}/reset/pr_ben`);
});

test("what is refused is said in plain words with the person, and changes nothing", async () => {
  show(<PeoplePage />);
  await open(/Ben/);
  administration.failure = new ParleyError("forbidden", "no");
  await userEvent.click(screen.getByRole("button", { name: "Make administrator" }));
  const dialog = within(screen.getByRole("dialog"));
  await userEvent.click(dialog.getByRole("button", { name: "Make administrator" }));
  expect((await screen.findByRole("alert")).textContent).toContain("not an administrator any more");
  screen.getByRole("button", { name: "Make administrator" });
});

test("a list that failed can be asked for again", async () => {
  administration.failure = new ParleyError("network", "gone");
  show(<PeoplePage />);
  await screen.findByRole("alert");
  administration.failure = null;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("Ben");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("who may join holds once it is saved; a choice that failed stays chosen", async () => {
  show(<RegistrationForm />);
  await expect
    .poll(() => screen.getByRole<HTMLInputElement>("radio", { name: /Everybody/ }).checked)
    .toBe(true);
  const nobody = screen.getByRole<HTMLInputElement>("radio", { name: /Nobody/ });
  await userEvent.click(nobody);
  expect(administration.mode).toBe("open");
  administration.failure = new ParleyError("network", "gone");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByRole("alert");
  expect(nobody.checked).toBe(true);
  administration.failure = null;
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText(/Saved/);
  expect(administration.mode).toBe("closed");
});

test("each number is also told in words", async () => {
  const sample = (at: number, connections: number) => ({
    at,
    connections,
    messages_per_second: 0,
    commit_p50_ms: null,
    commit_p99_ms: null,
    storage_bytes: 2_000_000,
    memory_bytes: 1,
  });
  const history = [sample(0, 3), sample(5000, 9), sample(10_000, 4)];
  administration.numbers = { now: { ...sample(10_000, 4), uptime_ms: 0, version: "1" }, history };
  show(<NumbersPage />);
  await screen.findByRole("img", { name: "Now 4; in the last ten minutes from 3 to 9." });
  await screen.findByRole("img", { name: "Nothing was measured in the last ten minutes." });
});

test("the value at each time is told to the keyboard and the pointer", async () => {
  const sample = (at: number, connections: number) => ({
    at,
    connections,
    messages_per_second: 0,
    commit_p50_ms: null,
    commit_p99_ms: null,
    storage_bytes: 2_000_000,
    memory_bytes: 1,
  });
  const history = [sample(0, 3), sample(5000, 9), sample(10_000, 4)];
  administration.numbers = { now: { ...sample(10_000, 4), uptime_ms: 0, version: "1" }, history };
  show(<NumbersPage />);
  const reader = await screen.findByRole<HTMLInputElement>("slider", { name: "Connections" });
  expect(reader.getAttribute("aria-valuetext")).toMatch(/:10.*: 4$/);
  fireEvent.change(reader, { target: { value: "1" } });
  expect(reader.getAttribute("aria-valuetext")).toMatch(/:05.*: 9$/);
  expect(screen.getByText("9", { selector: "b" })).toBeTruthy();
  fireEvent.blur(reader);
  expect(screen.queryByText("9", { selector: "b" })).toBeNull();
});

test("before anything was measured no number is shown", async () => {
  const nothing = {
    at: 0,
    connections: 0,
    messages_per_second: 0,
    commit_p50_ms: null,
    commit_p99_ms: null,
    storage_bytes: 0,
    memory_bytes: 1,
  };
  const now = { ...nothing, uptime_ms: 0, version: "1" };
  administration.numbers = { now, history: [nothing] };
  show(<NumbersPage />);
  await screen.findByText(/has just started/);
  expect(screen.queryByText("0")).toBeNull();
  cleanup();
  administration.numbers = { now, history: [] };
  show(<NumbersPage />);
  await screen.findByText(/has just started/);
  expect(screen.queryByRole("slider")).toBeNull();
});

test("the log says who did what to whom, also what a newer server tells", async () => {
  const line = { at: 0, admin: user("ann", "Ann"), target: "ben", detail: {} };
  administration.log = [
    { ...line, id: "1", action: "person.disable" },
    { ...line, id: "2", action: "person.praise", target: null, detail: { why: "kind" } },
  ];
  show(<LogPage />);
  const [disabled, praised] = await screen.findAllByRole("listitem");
  await expect.poll(() => disabled?.textContent).toContain("Ann disabled the account of Ben");
  expect(praised?.textContent).toContain("person.praise · why: kind");
});
