import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FakeParley, user } from "../../test/fakeParley.ts";
import { renderSignedIn } from "../../test/render.tsx";
import { type Backend } from "../app/backend.ts";
import { ServicesContext } from "../app/context.ts";
import { Session } from "../app/session.ts";
import { Claim } from "./Claim.tsx";
import { takeClaimFromAddress, waitingClaim } from "./claimToken.ts";

const claimAdmin = vi.fn<Backend["claimAdmin"]>();

beforeEach(() => {
  claimAdmin.mockReset();
  sessionStorage.clear();
  window.history.replaceState(null, "", "/#admin=s3cret");
  takeClaimFromAddress();
});
afterEach(cleanup);

function show(): void {
  const backend = { claimAdmin } as unknown as Backend;
  renderSignedIn(
    new FakeParley(user("me", "Me")),
    <ServicesContext value={{ backend, session: new Session(backend) }}>
      <Claim />
    </ServicesContext>,
  );
}

function refusal(code: string) {
  return Object.assign(new Error(code), { code, detail: code, retry_after_ms: null, errors: [] });
}

async function claim(): Promise<void> {
  await userEvent.click(screen.getByRole("button", { name: "Become the administrator" }));
}

test("the token leaves the address at once, and waits", () => {
  expect(window.location.href).not.toContain("s3cret");
  expect(window.location.pathname).toBe("/claim");
  expect(waitingClaim()).toBe("s3cret");
});

test("who says so becomes the administrator, and the token is forgotten", async () => {
  claimAdmin.mockResolvedValue();
  show();
  expect(claimAdmin).not.toHaveBeenCalled();
  await claim();
  expect(claimAdmin).toHaveBeenCalledExactlyOnceWith("s3cret");
  expect(await screen.findByText("You are the administrator now")).toBeTruthy();
  expect(waitingClaim()).toBeNull();
});

test("a link that was used up says so, and is forgotten", async () => {
  claimAdmin.mockRejectedValue(refusal("not_found"));
  show();
  await claim();
  expect((await screen.findByRole("alert")).textContent).toContain("not good any more");
  expect(waitingClaim()).toBeNull();
});

test("a server that is not reached leaves the token for another try", async () => {
  claimAdmin.mockRejectedValueOnce(refusal("network")).mockResolvedValueOnce();
  show();
  await claim();
  expect((await screen.findByRole("alert")).textContent).toContain("cannot be reached");
  expect(waitingClaim()).toBe("s3cret");
  await claim();
  expect(await screen.findByText("You are the administrator now")).toBeTruthy();
});

test("without a token there is nothing to press", () => {
  sessionStorage.clear();
  show();
  expect(screen.queryByRole("button", { name: "Become the administrator" })).toBeNull();
});
