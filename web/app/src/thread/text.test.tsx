import { render } from "@testing-library/react";
import { expect, test } from "vitest";

import { isLargeEmoji, linked } from "./text.tsx";

test.each(["👍", "👩‍👩‍👧‍👦 🎉", "❤️❤️❤️"])("%s alone is large", (text) => {
  expect(isLargeEmoji(text)).toBe(true);
});

test.each(["1", "#", "👍 ok", "👍👍👍👍", ""])("%j is not large", (text) => {
  expect(isLargeEmoji(text)).toBe(false);
});

test("an address becomes a link that tells the page nothing of ours", () => {
  const { container } = render(<p>{linked("see https://example.org/a?b=1, and more")}</p>);
  const link = container.querySelector("a");
  expect(link?.getAttribute("href")).toBe("https://example.org/a?b=1");
  expect(link?.getAttribute("rel")).toContain("noopener");
  expect(container.textContent).toBe("see https://example.org/a?b=1, and more");
});

test.each(["javascript:alert(1)", "data:text/html,x", "ftp://example.org/x"])(
  "%s is no link",
  (text) => {
    const { container } = render(<p>{linked(text)}</p>);
    expect(container.querySelector("a")).toBeNull();
  },
);

test("markup stays text", () => {
  const text = "<img src=x onerror=alert(1)>";
  const { container } = render(<p>{linked(text)}</p>);
  expect(container.querySelector("img")).toBeNull();
  expect(container.textContent).toBe(text);
});
