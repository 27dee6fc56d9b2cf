import type { Conversation, Message } from "@parley/client";
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { conversation, FakeParley, message, timelineOf, user } from "../../test/fakeParley.ts";
import { list } from "../../test/fakeVirtua.tsx";
import { renderSignedIn } from "../../test/render.tsx";
import { Thread } from "./Thread.tsx";

vi.mock("virtua", () => import("../../test/fakeVirtua.tsx"));

const ME = user("me", "Me");
const BO = user("bo", "Bo");
let parley: FakeParley;

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  list.reset();
  parley = new FakeParley(ME);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** `last` messages of Bo, of which `read` are read. */
function hold(last: number, read: number, fields: Partial<Conversation> = {}): void {
  const numbers = Array.from({ length: last }, (_, index) => index + 1);
  const said = numbers.map((seq) => message({ seq, sender_id: "bo", text: `number ${seq}.` }));
  parley.timeline("c1").set(timelineOf(said));
  parley.hold([
    conversation({
      members: [ME, BO].map((each) => ({ user: each, role: "member" })),
      last_seq: last,
      read_seq: read,
      unread_count: last - read,
      ...fields,
    }),
  ]);
}

function show(): void {
  renderSignedIn(parley, <Thread id="c1" details={false} />);
}

function atEnd(): void {
  list.scrollTo(list.scrollSize - list.viewportSize);
}

/** The text that follows the divider; null where there is none. */
function firstUnread(): string | null {
  const divider = screen.queryByText("New messages", { selector: "p" });
  return divider?.parentElement?.nextElementSibling?.textContent ?? null;
}

describe("opened from what the device remembers", () => {
  beforeEach(() => {
    parley.connection.set({ state: "connecting", attempt: 1 });
  });

  test("it goes to where reading stopped elsewhere, once the server has told", () => {
    hold(3, 1);
    show();
    expect(firstUnread()).toContain("number 2.");
    act(() => {
      parley.connection.set({ state: "syncing" });
      hold(8, 5);
      parley.connection.set({ state: "live" });
    });
    expect(firstUnread()).toContain("number 6.");
    expect(list.scrolledTo.at(-1)).toEqual({ text: "New messages", align: "center" });
  });

  test("what was all read elsewhere has no divider, and is shown at its end", () => {
    hold(3, 1);
    show();
    act(() => {
      hold(8, 8);
      parley.connection.set({ state: "live" });
    });
    expect(firstUnread()).toBeNull();
    expect(list.scrolledTo.at(-1)?.text).toContain("number 8.");
  });

  test("what came meanwhile is divided from what was read, and is not read before it is seen", () => {
    hold(3, 3);
    show();
    atEnd();
    act(() => {
      parley.connection.set({ state: "syncing" });
      hold(8, 3);
    });
    expect(parley.read.size).toBe(0);
    list.scrollOffset = 200;
    act(() => {
      parley.connection.set({ state: "live" });
    });
    expect(firstUnread()).toContain("number 4.");
    expect(parley.read.size).toBe(0);
    atEnd();
    expect(parley.read.get("c1")).toBe(8);
  });

  test("what is known of it counts, also before the page has been told", () => {
    hold(8, 1);
    show();
    const told = parley.conversation("c1");
    const known = told.get();
    if (known !== null) {
      const fresh = { ...known, read_seq: 5, unread_count: 3 };
      told.get = () => fresh;
    }
    act(() => {
      parley.connection.set({ state: "live" });
    });
    expect(firstUnread()).toContain("number 6.");
  });

  test("where reading stopped elsewhere beyond what is loaded, that is loaded first", async () => {
    hold(3, 1);
    parley.timeline("c1").set({ ...parley.timeline("c1").get(), has_newer: true });
    show();
    const asked = vi.fn((_id: string, seq: number) => {
      expect(seq).toBe(50);
      hold(60, 50);
      return Promise.resolve();
    });
    parley.loadAround = asked;
    await act(async () => {
      const [known] = parley.conversations.get() ?? [];
      if (known !== undefined) {
        parley.hold([{ ...known, last_seq: 60, read_seq: 50, unread_count: 10 }]);
      }
      parley.connection.set({ state: "live" });
      await Promise.resolve();
    });
    expect(asked).toHaveBeenCalledOnce();
    expect(firstUnread()).toContain("number 51.");
    expect(list.scrolledTo.at(-1)).toEqual({ text: "New messages", align: "center" });
  });

  test("who has scrolled meanwhile stays there", () => {
    hold(3, 1);
    show();
    fireEvent.wheel(screen.getByRole("region", { name: "Messages" }));
    const before = list.scrolledTo.length;
    act(() => {
      hold(8, 5);
      parley.connection.set({ state: "live" });
    });
    expect(firstUnread()).toContain("number 6.");
    expect(list.scrolledTo).toHaveLength(before);
  });

  test("without a network it is read all the same", () => {
    hold(3, 1);
    parley.connection.set({ state: "waiting", retry_at: 0, offline: true });
    show();
    atEnd();
    expect(parley.read.get("c1")).toBe(3);
  });
});

describe("while one reads", () => {
  test("older lines that come in on the way to the divider do not lead it astray", () => {
    hold(8, 5);
    const whole = parley.timeline("c1").get();
    parley.timeline("c1").set({ ...whole, items: whole.items.slice(3) });
    show();
    list.scrolledTo.length = 0;
    act(() => {
      parley.timeline("c1").set(whole);
    });
    expect(list.scrolledTo).toEqual([{ text: "New messages", align: "center" }]);
  });

  test("the divider stays, and what was opened above its end is read once its end is seen", () => {
    hold(8, 5);
    show();
    expect(parley.read.size).toBe(0);
    atEnd();
    expect(parley.read.get("c1")).toBe(8);
    act(() => {
      hold(9, 8);
    });
    expect(firstUnread()).toContain("number 6.");
    expect(list.scrolledTo.at(-1)?.text).toContain("number 9.");
  });

  test("who reads further up is not moved by a new message, and is told of it", async () => {
    hold(8, 8);
    show();
    list.scrollTo(100);
    const before = list.scrolledTo.length;
    act(() => {
      hold(9, 8);
    });
    expect(list.scrolledTo).toHaveLength(before);
    expect(parley.read.size).toBe(0);
    await userEvent.click(screen.getByRole("button", { name: "1 new message" }));
    expect(list.scrolledTo.at(-1)?.text).toContain("number 9.");
  });

  test("nothing is read while the page is hidden", () => {
    const hidden = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    hold(8, 8);
    show();
    act(() => {
      hold(9, 8);
    });
    expect(parley.read.size).toBe(0);
    hidden.mockReturnValue("visible");
    fireEvent(document, new Event("visibilitychange"));
    expect(parley.read.get("c1")).toBe(9);
    hidden.mockRestore();
  });
});

describe("one's own messages", () => {
  function holdMine(fields: Partial<Message> & { seq: number | null }): void {
    hold(1, 1);
    const mine = message({ sender_id: "me", text: "mine", ...fields });
    parley.timeline("c1").set(timelineOf([mine]));
  }

  test("that failed can be sent again or let go", async () => {
    const retry = vi.spyOn(parley, "retry");
    const discard = vi.spyOn(parley, "discard");
    holdMine({ seq: null, sending: { state: "failed", error: null } });
    show();
    expect(screen.getByRole("alert").textContent).toContain("Not sent.");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(retry).toHaveBeenCalledWith("c1", "client-waiting");
    await userEvent.click(screen.getByRole("button", { name: "Discard" }));
    expect(discard).toHaveBeenCalledWith("c1", "client-waiting");
  });

  test.each([
    ["Waiting to be sent", { seq: null, sending: { state: "queued", error: null } }, 0],
    ["Sending", { seq: null, sending: { state: "sending", error: null } }, 0],
    ["Sent", { seq: 4 }, 3],
    ["Delivered", { seq: 4 }, 4],
  ] as const)("tell how far they came: %s", (label, fields, delivered_seq) => {
    holdMine(fields);
    parley
      .members("c1")
      .set([{ user: BO, role: "member", joined_at: 0, read_seq: 0, delivered_seq }]);
    show();
    expect(screen.getByRole("img", { name: label })).toBeTruthy();
  });

  test("tell who has seen them", () => {
    holdMine({ seq: 4 });
    parley
      .members("c1")
      .set([{ user: BO, role: "member", joined_at: 0, read_seq: 4, delivered_seq: 4 }]);
    show();
    expect(screen.getByRole("img", { name: "Seen by Bo" })).toBeTruthy();
  });
});

test("a reply is written to the message that was chosen, until Escape", async () => {
  hold(2, 2);
  show();
  for (const reply of screen.getAllByRole("button", { name: "Reply" }))
    await userEvent.click(reply);
  expect(document.activeElement).toBe(screen.getByRole("textbox"));
  expect(screen.getByRole("button", { name: "Do not reply" })).toBeTruthy();
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("button", { name: "Do not reply" })).toBeNull();
});

test("in a group, a picture beside the words leads to the card of who wrote them", async () => {
  hold(2, 2, { kind: "group", title: "Club" });
  show();
  await userEvent.click(screen.getByRole("button", { name: "Profile of Bo" }));
  expect(await screen.findByRole("dialog", { name: "Bo" })).toBeTruthy();
});

test("a conversation that is not there says so", () => {
  show();
  expect(screen.getByText("This conversation is not here")).toBeTruthy();
});

test("where nobody has written yet it says so", () => {
  hold(0, 0);
  show();
  expect(screen.getByRole("heading", { name: "No messages yet" })).toBeTruthy();
  act(() => {
    hold(1, 0);
  });
  expect(screen.queryByRole("heading", { name: "No messages yet" })).toBeNull();
});

test("why older messages do not come is said", () => {
  hold(2, 2);
  const error = { code: "network", detail: "", retry_after_ms: null, errors: [] };
  parley.timeline("c1").set({ ...parley.timeline("c1").get(), error });
  show();
  expect(screen.getByRole("alert").textContent).toContain("cannot be reached");
});

describe("the menu of a message", () => {
  function press(text: string): void {
    fireEvent.contextMenu(screen.getByText(text), { clientX: 20, clientY: 20 });
  }

  test("replies, and gives the focus to where one writes", async () => {
    hold(2, 2);
    show();
    press("number 1.");
    await userEvent.click(await screen.findByRole("menuitem", { name: "Reply" }));
    expect(screen.queryByRole("menu")).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole("textbox"));
    expect(screen.getByRole("button", { name: "Do not reply" })).toBeTruthy();
  });

  test("copies the text, and says so", async () => {
    const session = userEvent.setup();
    hold(2, 2);
    show();
    press("number 2.");
    await session.click(await screen.findByRole("menuitem", { name: "Copy the text" }));
    expect(await screen.findByText("Copied.")).toBeTruthy();
    expect(await navigator.clipboard.readText()).toBe("number 2.");
  });

  test("opens by its button too; arrows go round, Escape gives the focus back", async () => {
    hold(1, 1);
    show();
    const button = screen.getByRole("button", { name: "What to do with the message" });
    await userEvent.click(button);
    const items = await screen.findAllByRole("menuitem");
    await userEvent.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(items[0]);
    await userEvent.keyboard("{ArrowUp}");
    expect(document.activeElement).toBe(items.at(-1));
    await userEvent.keyboard("{ArrowDown}{ArrowDown}");
    expect(document.activeElement).toBe(items[1]);
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("menu")).toBeNull();
    expect(document.activeElement).toBe(button);
  });

  test("tells who has seen it, and whom it has not reached", async () => {
    hold(4, 4, { kind: "group", title: "Club" });
    const of = (id: string, name: string, read_seq: number, delivered_seq: number) => ({
      user: user(id, name),
      role: "member" as const,
      joined_at: 0,
      read_seq,
      delivered_seq,
    });
    parley
      .members("c1")
      .set([
        of("me", "Me", 4, 4),
        of("bo", "Bo", 4, 4),
        of("cy", "Cy", 1, 4),
        of("di", "Di", 0, 0),
      ]);
    show();
    press("number 3.");
    await userEvent.click(await screen.findByRole("menuitem", { name: "Seen by, and more" }));
    const dialog = await screen.findByRole("dialog", { name: "Message" });
    const lists = [...dialog.querySelectorAll("section")].map(({ textContent }) => textContent);
    expect(lists).toEqual([
      expect.stringMatching(/^Seen by.*Me$/),
      expect.stringMatching(/^Delivered to.*Cy$/),
      expect.stringMatching(/^Not yet delivered to.*Di$/),
    ]);
  });

  test("opens after a long press, but not while one scrolls", async () => {
    vi.useFakeTimers();
    hold(1, 1);
    show();
    const words = screen.getByText("number 1.");
    const touch = { pointerType: "touch", clientX: 5, clientY: 5 };
    fireEvent.pointerDown(words, touch);
    fireEvent.pointerCancel(words);
    vi.advanceTimersByTime(1000);
    expect(screen.queryByRole("menu")).toBeNull();
    fireEvent.pointerDown(words, touch);
    act(() => {
      vi.advanceTimersByTime(600);
    });
    vi.useRealTimers();
    expect(await screen.findByRole("menu")).toBeTruthy();
  });

  test("leaves links to the browser", () => {
    hold(1, 1);
    const said = message({ seq: 1, sender_id: "bo", text: "https://example.org" });
    parley.timeline("c1").set(timelineOf([said]));
    show();
    expect(fireEvent.contextMenu(screen.getByText("https://example.org"))).toBe(true);
    expect(screen.queryByRole("menu")).toBeNull();
  });
});
