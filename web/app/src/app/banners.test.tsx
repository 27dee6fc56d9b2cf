import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { FakeParley, user } from "../../test/fakeParley.ts";
import { renderSignedIn } from "../../test/render.tsx";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { StorageBanner } from "./StorageTrouble.tsx";

afterEach(cleanup);

test.each([
  ["full", /no room left/],
  ["cleared", /has been cleared/],
  ["newer", /newer version/],
  ["blocked", /older version/],
  ["unavailable", /keep nothing/],
] as const)("a device that is %s is told of, until one has taken note", async (why, words) => {
  const parley = new FakeParley(user("ann", "Ann"));
  parley.storage.set({ durable: false, why });
  renderSignedIn(parley, <StorageBanner />);
  expect(screen.getByRole("status").textContent).toMatch(words);
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  expect(screen.getByRole("status").textContent).toBe("");
});

test("what the device keeps is nothing to tell of", () => {
  renderSignedIn(new FakeParley(user("ann", "Ann")), <StorageBanner />);
  expect(screen.getByRole("status").textContent).toBe("");
});

test("who does not want to wait has it tried at once", async () => {
  const parley = new FakeParley(user("ann", "Ann"));
  const wake = vi.spyOn(parley, "wake");
  parley.connection.set({ state: "waiting", retry_at: 0, offline: false });
  renderSignedIn(parley, <ConnectionBanner />);
  await userEvent.click(await screen.findByRole("button", { name: "Try now" }));
  expect(wake).toHaveBeenCalledOnce();
});
