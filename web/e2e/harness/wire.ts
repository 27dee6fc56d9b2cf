import type { BrowserContext, Page } from "@playwright/test";

/** Counts the connections to the server that the pages of a context have open. Of pages that come from now on. */
export function countConnections(context: BrowserContext): () => number {
  const open = new Map<Page, number>();
  context.on("page", (page: Page) => {
    const add = (by: number): void => {
      open.set(page, (open.get(page) ?? 0) + by);
    };
    page.on("websocket", (socket) => {
      add(1);
      socket.on("close", () => {
        add(-1);
      });
    });
    // Those of a page that is closed end without a word.
    page.on("close", () => open.delete(page));
  });
  return () => [...open.values()].reduce((sum, each) => sum + each, 0);
}

/** Answers each message that the page sends with a refusal, as long as `refuses` says so. */
export async function refuseMessages(page: Page, refuses: () => boolean): Promise<void> {
  await page.routeWebSocket(/\/v1\/ws/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const frame = JSON.parse(String(text)) as { readonly type: string; readonly ref?: string };
      if (frame.type !== "send" || !refuses()) {
        server.send(text);
        return;
      }
      const { ref } = frame;
      const detail = "This group is only read at present.";
      socket.send(JSON.stringify({ type: "error", ref, code: "forbidden", detail }));
    });
  });
}
