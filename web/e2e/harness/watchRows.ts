import type { JSHandle, Page } from "@playwright/test";

/** How the messages in view have moved, from frame to frame. */
export interface RowMoves {
  /** The furthest that one which stayed in view went in a frame. */
  readonly px: number;
  /** The furthest, in messages, that the first in view changed in a frame. */
  readonly messages: number;
}

/** Watches the thread from now on. */
export async function watchRows(page: Page): Promise<JSHandle<RowMoves>> {
  return page.evaluateHandle(() => {
    const moves = { px: 0, messages: 0 };
    let before = new Map<number, number>();
    function inView(): Map<number, number> {
      const view = document.querySelector("main [role=region]")?.getBoundingClientRect();
      const rows = [...document.querySelectorAll<HTMLElement>("main [data-seq]")];
      const boxes = rows.map(
        (row) => [Number(row.dataset["seq"]), row.getBoundingClientRect()] as const,
      );
      const { top = 0, bottom = 0 } = view ?? {};
      return new Map(
        boxes
          .filter(([, box]) => box.bottom > top && box.top < bottom)
          .map(([seq, box]) => [seq, box.top]),
      );
    }
    function look(): void {
      const now = inView();
      for (const [seq, top] of now) {
        moves.px = Math.max(moves.px, Math.abs(top - (before.get(seq) ?? top)));
      }
      const [first] = now.keys();
      const [earlier] = before.keys();
      if (first !== undefined && earlier !== undefined) {
        moves.messages = Math.max(moves.messages, Math.abs(first - earlier));
      }
      if (now.size > 0) before = now;
      requestAnimationFrame(look);
    }
    look();
    return moves;
  });
}
