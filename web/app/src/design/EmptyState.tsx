import type { ReactNode } from "react";

import styles from "./EmptyState.module.css";

/** What stands where there is nothing yet, and what to do about it. */
export function EmptyState(props: {
  icon: ReactNode;
  title: ReactNode;
  text: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className={styles["empty"]}>
      <span className={styles["icon"]} aria-hidden="true">
        {props.icon}
      </span>
      <h2 className={styles["title"]}>{props.title}</h2>
      <p>{props.text}</p>
      {props.children}
    </div>
  );
}
