import type { StorageStatus } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useState } from "react";

import { IconButton } from "../design/controls.tsx";
import { useObservable, useParley } from "./context.ts";
import styles from "./Shell.module.css";

type Why = Extract<StorageStatus, { durable: false }>["why"];

function Reason({ why }: { why: Why }) {
  switch (why) {
    case "full":
      return <Trans>This device has no room left.</Trans>;
    case "cleared":
      return <Trans>What was kept on this device has been cleared.</Trans>;
    case "newer":
      return <Trans>A newer version of the app is at work here: load this page again.</Trans>;
    case "blocked":
      return (
        <Trans>
          An older version of the app is open in another tab: close it, and load this page again.
        </Trans>
      );
    case "unavailable":
    case "memory":
      return <Trans>This browser lets the page keep nothing on this device.</Trans>;
  }
}

/** Why what is written here does not outlive the page, and what that means. */
export function StorageTrouble({ why }: { why: Why }) {
  return (
    <>
      <Reason why={why} /> <Trans>What is not sent yet is lost when you close this page.</Trans>
    </>
  );
}

/** Says so over the page, until one has taken note. */
export function StorageBanner() {
  const { t } = useLingui();
  const status = useObservable(useParley().storage);
  const [noted, setNoted] = useState<Why | null>(null);
  return (
    <div role="status">
      {!status.durable && noted !== status.why && (
        <div className={styles["banner"]}>
          <p>
            <StorageTrouble why={status.why} />
          </p>
          <IconButton
            label={t`Close`}
            onClick={() => {
              setNoted(status.why);
            }}
          >
            <X size={18} />
          </IconButton>
        </div>
      )}
    </div>
  );
}
