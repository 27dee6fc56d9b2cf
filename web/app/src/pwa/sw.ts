/// <reference lib="webworker" />
import { clientsClaim } from "workbox-core";
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
} from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

import { type Pushed, pushedOf } from "./pushed.ts";

declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[];
};

// The app's own files, so that it opens without a network. What is not the app's is the server's alone.
precacheAndRoute([...self.__WB_MANIFEST]);
cleanupOutdatedCaches();
// A new version waits until the last page of the old one is closed: two at once would disagree about their files.
clientsClaim();
registerRoute(
  new NavigationRoute(createHandlerBoundToURL("index.html"), {
    denylist: [/^\/(?:v1|media|docs)(?:\/|$)/],
  }),
);

/** Leads a page of the app there without loading it anew; opens one where there is none. */
async function open(path: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find(({ focused }) => focused) ?? pages[0];
  if (page === undefined) {
    await self.clients.openWindow(path);
    return;
  }
  page.postMessage({ type: "open", path });
  await page.focus().catch(() => {
    // A browser that does not let it come to the front shows where it has gone when one looks.
  });
}

self.addEventListener("notificationclick", (event) => {
  const { tag } = event.notification;
  event.notification.close();
  event.waitUntil(open(tag === "" ? "/" : `/c/${tag}`));
});

async function show({ title, body, conversationId, unread }: Pushed): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  // A page that is in view tells by itself.
  if (pages.some(({ visibilityState }) => visibilityState === "visible")) return;
  if (unread !== null && "setAppBadge" in self.navigator) {
    await self.navigator.setAppBadge(unread).catch(() => undefined);
  }
  // With the same tag as the page's own: each conversation has one.
  const tag = conversationId === null ? {} : { tag: conversationId };
  await self.registration.showNotification(title, { body, icon: "/icon-192.png", ...tag });
}

self.addEventListener("push", (event) => {
  event.waitUntil(show(pushedOf(event.data?.text() ?? "")));
});
