import { type Clock, systemClock } from "./clock.ts";
import type { Socket, SocketMaker } from "./connection/connection.ts";
import type { User } from "./parley.ts";
import type { Storage } from "./storage/storage.ts";
import { type TabPlatform, tabPlatform } from "./tabs/platform.ts";

type SocketClass = new (url: string, protocol: string) => Socket;

export interface OpenOptions {
  /** Where the server is reached: its origin. */
  readonly server: string;
  /** Without it a browser's cookie tells who asks. */
  readonly token?: string;
  readonly user: User;
  readonly storage: Storage;
  /** Several tabs of one browser share one connection. */
  readonly tabs?: boolean;

  // For tests, and for places that have these under other names.
  readonly clock?: Clock;
  /** From 0 up to 1. */
  readonly random?: () => number;
  readonly WebSocket?: SocketClass;
  readonly fetch?: typeof globalThis.fetch;
  /** What tabs find each other by. */
  readonly platform?: TabPlatform;
  /** Where `online`, `offline`, `visibilitychange` and `pagehide` are heard. */
  readonly events?: Pick<EventTarget, "addEventListener" | "removeEventListener">;
}

export function socketMaker(options: OpenOptions): SocketMaker {
  return (url, protocol) => {
    const Made = options.WebSocket ?? (globalThis.WebSocket as unknown as SocketClass);
    return new Made(url, protocol);
  };
}

export function clockOf(options: OpenOptions): Clock {
  return options.clock ?? systemClock;
}

/** null where tabs are not to be shared, or cannot be. */
export function platformOf(options: OpenOptions): TabPlatform | null {
  if (options.tabs !== true) return null;
  return options.platform ?? tabPlatform();
}

/** Whether the device says that it has no network. */
export function isOffline(): boolean {
  return "onLine" in navigator && !navigator.onLine;
}

export interface DeviceListeners {
  readonly online: () => void;
  readonly offline: () => void;
  /** The page came to the foreground. */
  readonly shown: () => void;
  /** It went out of sight, and may never come back. */
  readonly hidden: () => void;
  /** It is closed or left, though it may come back. */
  readonly left: () => void;
}

/** Hears what a browser tells of its network and of the page; a program has neither. Answers how to stop. */
export function listenToDevice(options: OpenOptions, listeners: DeviceListeners): () => void {
  const page = options.events ?? pageEvents();
  if (page === null) return () => undefined;
  const onVisibility = (): void => {
    const isHidden = "document" in globalThis && document.visibilityState === "hidden";
    if (isHidden) listeners.hidden();
    else listeners.shown();
  };
  page.addEventListener("online", listeners.online);
  page.addEventListener("offline", listeners.offline);
  // It bubbles from the document to the window.
  page.addEventListener("visibilitychange", onVisibility);
  page.addEventListener("pagehide", listeners.left);
  return () => {
    page.removeEventListener("online", listeners.online);
    page.removeEventListener("offline", listeners.offline);
    page.removeEventListener("visibilitychange", onVisibility);
    page.removeEventListener("pagehide", listeners.left);
  };
}

function pageEvents(): NonNullable<OpenOptions["events"]> | null {
  return "document" in globalThis ? globalThis : null;
}
