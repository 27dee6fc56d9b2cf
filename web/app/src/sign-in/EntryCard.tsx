import type { ReactNode } from "react";

import styles from "./entry.module.css";

/** The page that a person without a session sees: the mark, a headline, and a form. */
export function EntryCard(props: { title: ReactNode; lead: ReactNode; children: ReactNode }) {
  return (
    <main className={styles["page"]}>
      <div className={styles["card"]}>
        <header className={styles["brand"]}>
          <img src="/favicon.svg" alt="" width={56} height={56} />
          <h1 className={styles["title"]}>{props.title}</h1>
          <p className={styles["lead"]}>{props.lead}</p>
        </header>
        {props.children}
      </div>
    </main>
  );
}
