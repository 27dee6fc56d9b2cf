import { type MouseEvent, type PointerEvent, useRef } from "react";

import type { MenuPlace } from "./Menu.tsx";

/** So long a finger rests before it means the menu: Safari on phones tells of no such press by itself. */
const LONG_PRESS_MS = 500;
const STILL_PX = 8;

/**
 * What asks for a menu, to be put on what holds the things that have one: the right button, the keyboard's menu key, and a
 * long press. `open` answers whether what was pressed has one.
 */
export function useMenuPress(open: (pressed: Element, at: MenuPlace) => boolean) {
  const press = useRef<(MenuPlace & { timer: ReturnType<typeof setTimeout> }) | null>(null);

  /** A long press has opened it: what the release would click on is not meant. */
  const opened = useRef(false);

  function release(): void {
    clearTimeout(press.current?.timer);
    press.current = null;
  }

  return {
    onContextMenu: (event: MouseEvent): void => {
      release();
      const { target, clientX: x, clientY: y } = event;
      if (!(target instanceof Element)) return;
      // From the keyboard it may have no place of its own.
      const { left, bottom } = target.getBoundingClientRect();
      const at = x === 0 && y === 0 ? { x: left, y: bottom } : { x, y };
      if (open(target, at)) event.preventDefault();
    },
    onPointerDown: (event: PointerEvent): void => {
      release();
      opened.current = false;
      const { target, pointerType, clientX: x, clientY: y } = event;
      if (pointerType !== "touch" || !(target instanceof Element)) return;
      const timer = setTimeout(() => {
        opened.current = open(target, { x, y });
      }, LONG_PRESS_MS);
      press.current = { x, y, timer };
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent): void => {
      const from = press.current;
      if (from !== null && Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) release();
    },
    onClickCapture: (event: MouseEvent): void => {
      if (!opened.current) return;
      opened.current = false;
      event.preventDefault();
      event.stopPropagation();
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
}
