/** Makes the app open without a network. A browser that has no service workers does without. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {
    // Private windows and full disks refuse it; everything works but the start without a network.
  });
}
