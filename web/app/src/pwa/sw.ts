/// <reference lib="webworker" />
import { clientsClaim } from "workbox-core";
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
} from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

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

async function openConversation(path: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages[0];
  if (page === undefined) {
    await self.clients.openWindow(path);
    return;
  }
  await page.focus();
  await page.navigate(path);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openConversation(`/c/${event.notification.tag}`));
});
