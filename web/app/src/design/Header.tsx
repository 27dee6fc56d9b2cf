import { useLingui } from "@lingui/react/macro";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";

import styles from "./Header.module.css";

/** The bar on top of a pane; on a phone with the way back to the list. */
export function Header({ children }: { children: ReactNode }) {
  const { t } = useLingui();
  return (
    <header className={styles["header"]}>
      <Link href="/" className={styles["back"] ?? ""} aria-label={t`Back to the conversations`}>
        <ArrowLeft size={22} />
      </Link>
      {children}
    </header>
  );
}

export function HeaderTitle({ children }: { children: ReactNode }) {
  return (
    <h1 className={styles["title"]}>
      <bdi>{children}</bdi>
    </h1>
  );
}
