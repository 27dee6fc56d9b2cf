import { DropdownMenu } from "radix-ui";
import { useRef, useState } from "react";

import type { MenuProps } from "./Menu.tsx";
import styles from "./Menu.module.css";

const EDGE_PX = 8;

/** The menu itself, in a chunk of its own. Not modal: what holds the page still writes styles, which the page's policy forbids. */
export function OpenMenu({ label, at, items, onClose }: MenuProps) {
  const [before] = useState(() => document.activeElement);
  const chosen = useRef<(() => void) | null>(null);
  const dir = document.documentElement.dir === "rtl" ? "rtl" : "ltr";
  return (
    <DropdownMenu.Root
      open
      modal={false}
      dir={dir}
      onOpenChange={(open) => {
        if (open) return;
        // It is gone by the time that something takes its place.
        onClose();
        chosen.current?.();
      }}
    >
      <DropdownMenu.Trigger asChild>
        <span className={styles["place"]} style={{ left: at.x, top: at.y }} aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={styles["menu"]}
          aria-label={label}
          align="start"
          loop
          collisionPadding={EDGE_PX}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // What was chosen may have taken the focus already.
            const isFree = document.activeElement === document.body;
            if (isFree && before instanceof HTMLElement) before.focus();
          }}
          onContextMenu={(event) => {
            event.preventDefault();
          }}
        >
          {items.map(({ key, icon, label: words, onSelect }) => (
            <DropdownMenu.Item
              key={key}
              className={styles["item"]}
              onSelect={() => {
                chosen.current = onSelect;
              }}
            >
              <span className={styles["icon"]} aria-hidden="true">
                {icon}
              </span>
              {words}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
