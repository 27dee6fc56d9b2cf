import type { BrowserContext, Page } from "@playwright/test";

import { Parleyd } from "./parleyd.ts";

/** The browser's words for a network or a server that is gone. */
export const NO_NETWORK = /net::ERR_|WebSocket connection to|status of 502/;

/** The browser's words for an answer that says no, where a test is after one. */
export const REFUSED = /status of 4\d\d/;

/** Whether an address is of a server under test, or of the page itself. */
function isOwn(url: string): boolean {
  if (/^(?:blob|data|about):/.test(url)) return true;
  return Parleyd.urls.has(new URL(url.replace(/^ws/, "http")).origin);
}

/** What the pages of a test did that no page of Parley may do. */
export class Complaints {
  /** Errors and warnings of their consoles, exceptions that nobody caught. */
  readonly console: string[] = [];
  /** Requests to anywhere but the servers under test. */
  readonly foreign: string[] = [];
  private readonly provoked: RegExp[] = [];

  /** Errors that the test itself brings about. */
  provoke(words: RegExp): void {
    this.provoked.push(words);
  }

  /** Watches all pages and workers that a context has and will have. */
  watch(context: BrowserContext): void {
    context.on("console", (message) => {
      const isComplaint = message.type() === "error" || message.type() === "warning";
      if (isComplaint) this.console.push(`${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.console.push(String(error.error())));
    context.on("request", (request) => {
      this.note(request.url());
    });
    context.on("page", (page: Page) => {
      page.on("websocket", (socket) => {
        this.note(socket.url());
      });
    });
  }

  /** All that was not provoked. */
  left(): { readonly console: readonly string[]; readonly foreign: readonly string[] } {
    const console = this.console.filter((text) => !this.provoked.some((words) => words.test(text)));
    return { console, foreign: this.foreign };
  }

  private note(url: string): void {
    if (!isOwn(url)) this.foreign.push(url);
  }
}
