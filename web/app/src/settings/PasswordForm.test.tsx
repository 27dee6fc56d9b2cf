import { ParleyError } from "@parley/client";
import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { FakeParley, user } from "../../test/fakeParley.ts";
import { renderSignedIn } from "../../test/render.tsx";
import { PasswordForm } from "./PasswordForm.tsx";

afterEach(cleanup);

test.each([
  [new ParleyError("forbidden", "no"), "Present password", /not your present password/],
  [
    new ParleyError("invalid", "no", { errors: [{ field: "new", detail: "bytes" }] }),
    "New password",
    /at least 8 characters/,
  ],
])(
  "what was refused is said at the field, and what was typed stays: %s",
  async (error, label, words) => {
    const parley = new FakeParley(user("ann", "Ann"));
    vi.spyOn(parley, "changePassword").mockRejectedValue(error);
    renderSignedIn(parley, <PasswordForm />);
    await userEvent.type(screen.getByLabelText("Present password"), "one");
    await userEvent.type(screen.getByLabelText("New password"), "two");
    await userEvent.click(screen.getByRole("button", { name: "Change password" }));
    expect((await screen.findByRole("alert")).textContent).toMatch(words);
    const field = screen.getByLabelText<HTMLInputElement>(label);
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(field.value).not.toBe("");
  },
);
