export interface Told {
  readonly title: string;
  readonly body: string;
  /** The conversation: each has one notification, whichever tab shows it. */
  readonly conversationId: string;
}

/** The service worker where there is one: a phone's browser shows no other notifications. */
async function worker(): Promise<ServiceWorkerRegistration | undefined> {
  if (!("serviceWorker" in navigator)) return undefined;
  return navigator.serviceWorker.getRegistration().catch(() => undefined);
}

/** Tells by a window of the system; a press on it leads to the conversation by `open`. */
export async function notify(told: Told, open: (path: string) => void): Promise<void> {
  const { title, body, conversationId: tag } = told;
  const options = { body, tag, icon: "/icon-192.png" };
  const registration = await worker();
  if (registration?.active != null) {
    // Where it leads is the worker's to say: see pwa/sw.ts.
    await registration.showNotification(title, options);
    return;
  }
  const notification = new Notification(title, options);
  notification.onclick = () => {
    window.focus();
    open(`/c/${tag}`);
    notification.close();
  };
}

/** Takes away those that the system still shows, of one conversation or all. */
export async function closeNotifications(conversationId?: string): Promise<void> {
  const registration = await worker();
  const filter = conversationId === undefined ? {} : { tag: conversationId };
  for (const shown of (await registration?.getNotifications(filter)) ?? []) shown.close();
}
