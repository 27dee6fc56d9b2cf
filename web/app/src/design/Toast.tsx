import { type ReactNode, useEffect } from "react";

import styles from "./Toast.module.css";

const SHOWN_MS = 2500;

/** A word about what was just done, which goes away by itself. Its place on the page is there before it, for screen readers. */
export function Toast({ children, onEnd }: { children: ReactNode; onEnd: () => void }) {
  const isShown = children !== null;
  useEffect(() => {
    if (!isShown) return;
    const timer = setTimeout(onEnd, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isShown, onEnd]);
  return (
    <p role="status" className={styles["toast"]}>
      {isShown && <span>{children}</span>}
    </p>
  );
}
