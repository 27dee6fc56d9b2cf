import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from "react";

import styles from "./Menu.module.css";

export interface MenuItem {
  readonly key: string;
  readonly icon: ReactNode;
  readonly label: ReactNode;
  readonly onSelect: () => void;
}

/** Where on the screen a menu opens, in pixels of the window. */
export interface MenuPlace {
  readonly x: number;
  readonly y: number;
}

const EDGE_PX = 8;

/** Beside its place where there is room, else as far in as is needed. */
function put(menu: HTMLElement, { x, y }: MenuPlace): void {
  const { width, height } = menu.getBoundingClientRect();
  const wanted = document.documentElement.dir === "rtl" ? x - width : x;
  const left = Math.max(EDGE_PX, Math.min(wanted, window.innerWidth - width - EDGE_PX));
  const top = Math.max(EDGE_PX, Math.min(y, window.innerHeight - height - EDGE_PX));
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

/** What can be done with something, over everything else on the page. It has the focus, and gives it back. */
export function Menu(props: {
  label: string;
  at: MenuPlace;
  items: readonly MenuItem[];
  onClose: () => void;
}) {
  const { label, at, items, onClose } = props;
  const menu = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);

  useLayoutEffect(() => {
    before.current = document.activeElement;
  }, []);
  useLayoutEffect(() => {
    const box = menu.current;
    if (box === null) return;
    box.showPopover();
    put(box, at);
    box.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [at]);
  useEffect(() => {
    const onOutside = ({ target }: Event): void => {
      if (!(target instanceof Node && menu.current?.contains(target) === true)) onClose();
    };
    document.addEventListener("pointerdown", onOutside);
    document.addEventListener("wheel", onOutside, { passive: true });
    window.addEventListener("resize", onClose);
    return () => {
      document.removeEventListener("pointerdown", onOutside);
      document.removeEventListener("wheel", onOutside);
      window.removeEventListener("resize", onClose);
    };
  }, [onClose]);

  function close(): void {
    if (before.current instanceof HTMLElement) before.current.focus();
    onClose();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const entries = [...(menu.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const index = entries.findIndex((entry) => entry === document.activeElement);
    if (event.key === "ArrowDown") (entries[index + 1] ?? entries[0])?.focus();
    else if (event.key === "ArrowUp") entries.at(index <= 0 ? -1 : index - 1)?.focus();
    else if (event.key === "Home") entries[0]?.focus();
    else if (event.key === "End") entries.at(-1)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    // Manual: the release of the very press that opened it would end an automatic one.
    <div
      ref={menu}
      popover="manual"
      role="menu"
      aria-label={label}
      className={styles["menu"]}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => {
        event.preventDefault();
      }}
    >
      {items.map(({ key, icon, label: words, onSelect }) => (
        <button
          key={key}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={styles["item"]}
          onClick={() => {
            close();
            onSelect();
          }}
        >
          <span className={styles["icon"]} aria-hidden="true">
            {icon}
          </span>
          {words}
        </button>
      ))}
    </div>
  );
}
