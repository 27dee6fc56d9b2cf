import { useLingui } from "@lingui/react/macro";
import { Smile } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";

import { IconButton } from "../design/controls.tsx";
import styles from "./EmojiButton.module.css";

const EmojiPicker = lazy(async () => ({
  default: (await import("./EmojiPicker.tsx")).EmojiPicker,
}));

/** Opens the emoji over the composer; they are loaded when first asked for. */
export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) return;
    const onPointerDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) === true) return;
      setOpen(false);
    };
    document.addEventListener("pointerdown", onPointerDown);
    return () => {
      document.removeEventListener("pointerdown", onPointerDown);
    };
  }, [open]);

  return (
    <div
      ref={box}
      className={styles["box"]}
      onKeyDown={(event) => {
        if (event.key === "Escape") setOpen(false);
      }}
    >
      <IconButton
        label={t`Emoji`}
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <Smile size={22} />
      </IconButton>
      {open && (
        <div className={styles["over"]}>
          <Suspense>
            <EmojiPicker
              onPick={(emoji) => {
                setOpen(false);
                onPick(emoji);
              }}
            />
          </Suspense>
        </div>
      )}
    </div>
  );
}
