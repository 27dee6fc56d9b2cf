import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { conversation, FakeParley, user } from "../../test/fakeParley.ts";
import { ParleyContext } from "../app/context.ts";
import { Composer } from "./Composer.tsx";

let parley: FakeParley;
let coarse = false;

beforeEach(() => {
  coarse = false;
  vi.stubGlobal("matchMedia", () => ({ matches: coarse }));
  i18n.loadAndActivate({ locale: "en", messages: {} });
  parley = new FakeParley(user("ann", "Ann"));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(draft = "") {
  render(
    <I18nProvider i18n={i18n}>
      <ParleyContext value={parley}>
        <Composer
          conversation={conversation({ draft })}
          replyTo={null}
          onReplyEnd={() => undefined}
        />
      </ParleyContext>
    </I18nProvider>,
  );
  return screen.getByRole<HTMLTextAreaElement>("textbox");
}

test("Enter sends, and the field and the draft are empty", async () => {
  const field = show();
  await userEvent.type(field, "hello{Enter}");
  expect(parley.sent).toEqual([{ conversation_id: "c1", text: "hello" }]);
  expect(field.value).toBe("");
  expect(parley.drafts.get("c1")).toBe("");
});

test("Shift and Enter, and Enter on a touch screen, start a new line", async () => {
  coarse = true;
  const field = show();
  await userEvent.type(field, "a{Enter}b");
  expect(field.value).toBe("a\nb");
  coarse = false;
  await userEvent.type(field, "{Shift>}{Enter}{/Shift}c");
  expect(field.value).toBe("a\nb\nc");
  expect(parley.sent).toEqual([]);
});

test("Enter that ends a composition does not send", () => {
  const field = show("に");
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  expect(parley.sent).toEqual([]);
});

test("a text over the limit in bytes is kept, and cannot be sent", () => {
  const field = show();
  const long = "ä".repeat(10_001);
  fireEvent.change(field, { target: { value: long } });
  expect(screen.getByRole("alert").textContent).toContain("1 character is too many");
  fireEvent.keyDown(field, { key: "Enter" });
  expect(field.value).toBe(long);
  expect(parley.sent).toEqual([]);
});

test("what could not be kept comes back into the field", async () => {
  parley.sendFailure = new Error("the device is full");
  const field = show();
  await userEvent.type(field, "precious{Enter}");
  expect((await screen.findByRole("alert")).textContent).not.toBe("");
  expect(field.value).toBe("precious");
  expect(parley.drafts.get("c1")).toBe("precious");
});
