import { badgeFavicon } from "./favicon.ts";

/** What is read as it arrives is not counted, and a flood costs a picture now and then. */
const TELL_EVERY_MS = 250;

/** "(3) Parley": how many messages wait unread, in the tab's title, on its picture and on that of the installed app. */
export class UnreadTitle {
  private wanted = 0;
  private shown = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  set(unread: number): void {
    this.wanted = unread;
    if (this.wanted === this.shown) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.show(this.wanted);
    }, TELL_EVERY_MS);
  }

  /** Nobody is there any more who could read. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.show(0);
  }

  private show(unread: number): void {
    if (unread === this.shown) return;
    this.shown = unread;
    document.title = unread > 0 ? `(${unread}) Parley` : "Parley";
    const badges = [badgeFavicon(unread, () => this.shown === unread)];
    // On the app's picture where it is installed; 0 takes it away.
    if ("setAppBadge" in navigator) badges.push(navigator.setAppBadge(unread));
    Promise.all(badges).catch(() => {
      // A picture without its number is no harm; the title tells the same.
    });
  }
}
