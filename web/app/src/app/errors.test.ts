import { i18n } from "@lingui/core";
import { ParleyError } from "@parley/client";
import { beforeEach, expect, test } from "vitest";

import { atField, fieldErrors, inPlainWords } from "./errors.ts";

beforeEach(() => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
});

test("what is no answer of the server is not shown in its own words", () => {
  expect(inPlainWords(new TypeError("x is undefined"))).toContain("Something went wrong");
  expect(inPlainWords(new ParleyError("network", "ECONNREFUSED"))).toContain("cannot be reached");
});

test("the server's own words are shown where one speaks its language", () => {
  const error = new ParleyError("conflict", "a group has at most 500 members");
  expect(inPlainWords(error)).toBe("a group has at most 500 members");
  i18n.loadAndActivate({ locale: "ar", messages: {} });
  expect(inPlainWords(error)).not.toContain("500");
});

test("a field says what it takes; one that is not known here says it as the server does", () => {
  const errors = [
    { field: "new", detail: "at least 8 and at most 1024 bytes" },
    { field: "colour", detail: "must be blue" },
  ];
  const error = new ParleyError("invalid", "refused", { errors });
  expect(fieldErrors(error)).toEqual({
    new: expect.stringContaining("at least 8 characters") as string,
    colour: "must be blue",
  });
  expect(atField(error, "new")).toContain("at least 8 characters");
  expect(atField(new ParleyError("network", ""), "new")).toContain("cannot be reached");
});
