import type { Page } from "@playwright/test";

/** What a page did to make itself noticed. */
interface Alerts {
  readonly tones: number;
  /** Of the system's windows, what they say. */
  readonly windows: readonly string[];
}

/** Notes the tones and windows of a page, from its next load on. */
export async function recordAlerts(page: Page): Promise<() => Promise<Alerts>> {
  await page.addInitScript(() => {
    const alerts = { tones: 0, windows: [] as string[] };
    Object.assign(window, { alerts });
    window.AudioContext = class extends AudioContext {
      override createOscillator(): OscillatorNode {
        const oscillator = super.createOscillator();
        const start = oscillator.start.bind(oscillator);
        oscillator.start = (when) => {
          start(when);
          alerts.tones += 1;
        };
        return oscillator;
      }
    };
    const note = (title: string, options?: NotificationOptions): void => {
      alerts.windows.push(`${title}: ${options?.body ?? ""}`);
    };
    window.Notification = class extends Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        note(title, options);
      }
    };
    // Of the service worker, once it is there.
    const workers = ServiceWorkerRegistration.prototype;
    const show = Reflect.get(workers, "showNotification");
    workers.showNotification = async function (title, options) {
      await show.call(this, title, options);
      note(title, options);
    };
  });
  return () => page.evaluate(() => (window as unknown as { alerts: Alerts }).alerts);
}

/** Another tab in front does not hide a page that a test drives: so it is told to be hidden. */
export async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((is) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => is });
    Object.defineProperty(document, "visibilityState", {
      configurable: true,
      get: () => (is ? "hidden" : "visible"),
    });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
