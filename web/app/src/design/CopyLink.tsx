import { Trans, useLingui } from "@lingui/react/macro";
import { Check, Copy } from "lucide-react";
import { type ReactNode, useState } from "react";

import { IconButton } from "./controls.tsx";
import { copyText } from "./copy.ts";
import styles from "./CopyLink.module.css";

/** An address to pass on, whole to read and one press to copy; `children` say what it is good for. */
export function CopyLink({ url, children }: { url: string; children: ReactNode }) {
  const { t } = useLingui();
  const [copied, setCopied] = useState<"yes" | "no" | null>(null);
  const copy = (): void => {
    void copyText(url).then((done) => {
      setCopied(done ? "yes" : "no");
    });
  };
  return (
    <>
      <div className={styles["link"]}>
        <code dir="ltr">{url}</code>
        <IconButton label={t`Copy the link`} onClick={copy}>
          {copied === "yes" ? <Check size={19} /> : <Copy size={19} />}
        </IconButton>
      </div>
      <p role="status" className={styles["copied"]}>
        {copied === "yes" && <Trans>Copied.</Trans>}
        {copied === "no" && (
          <Trans>The browser does not let the page copy. Please select the link yourself.</Trans>
        )}
        {copied === null && children}
      </p>
    </>
  );
}
