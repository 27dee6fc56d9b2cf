import { ParleyError } from "@parley/client";
import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";

import { FakeParley, user } from "../../test/fakeParley.ts";
import { renderSignedIn } from "../../test/render.tsx";
import type { Backend, Invitation } from "../app/backend.ts";
import { ServicesContext } from "../app/context.ts";
import { Session } from "../app/session.ts";
import { Invitations } from "./Invitations.tsx";

afterEach(cleanup);

const held: Invitation = { id: "i1", created_at: 0, expires_at: 1, max_uses: 3, used: 1 };
const unused = () => Promise.reject(new Error("nobody asks for this here"));

function show(parts: Partial<Backend>): void {
  const backend: Backend = {
    serverInfo: unused,
    signIn: unused,
    signUp: unused,
    open: unused,
    claimAdmin: unused,
    resetPassword: unused,
    endSession: unused,
    inviter: unused,
    isAdministrator: unused,
    createInvitation: unused,
    invitations: () => Promise.resolve({ items: [held], next_cursor: null }),
    revokeInvitation: () => Promise.resolve(),
    ...parts,
  };
  renderSignedIn(
    new FakeParley(user("ann", "Ann")),
    <ServicesContext value={{ backend, session: new Session(backend) }}>
      <Invitations title="Invite" />
    </ServicesContext>,
  );
}

async function takeBack(): Promise<void> {
  await userEvent.click(await screen.findByRole("button", { name: /Take back the invitation/ }));
  const dialog = within(screen.getByRole("dialog"));
  await userEvent.click(dialog.getByRole("button", { name: "Take back" }));
}

test("a new invitation's link has the page's own address, and is in the list", async () => {
  const made = { ...held, id: "i2", max_uses: 1, used: 0, url: "http://inside:1/invite/pi_x" };
  show({ createInvitation: () => Promise.resolve(made) });
  await screen.findByText("For 3 people");
  await userEvent.click(screen.getByRole("button", { name: "Make an invitation link" }));
  await screen.findByText(`${window.location.origin}/invite/pi_x`);
  expect(screen.getAllByRole("listitem")).toHaveLength(2);
});

test("an invitation that is taken back leaves the list; one that could not be stays, with the reason", async () => {
  let failure: Error | null = new ParleyError("network", "gone");
  show({ revokeInvitation: () => (failure ? Promise.reject(failure) : Promise.resolve()) });
  await takeBack();
  const item = screen.getByRole("listitem");
  expect((await within(item).findByRole("alert")).textContent).toContain("cannot be reached");
  failure = null;
  await takeBack();
  await expect.poll(() => screen.queryByRole("listitem")).toBeNull();
});

test("where only administrators invite, that is said", async () => {
  show({ createInvitation: () => Promise.reject(new ParleyError("forbidden", "no")) });
  await userEvent.click(screen.getByRole("button", { name: "Make an invitation link" }));
  expect((await screen.findByRole("alert")).textContent).toContain("only administrators invite");
});
