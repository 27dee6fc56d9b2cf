import { Trans } from "@lingui/react/macro";

import { useObservable, useServices } from "../app/context.ts";
import styles from "./entry.module.css";

/** What whoever was here last should know. */
export function PartingNote() {
  const state = useObservable(useServices().session);
  const parting = state.state === "signed_out" ? state.parting : null;
  return (
    <div role="status">
      {parting === "ended" && (
        <p className={styles["note"]}>
          <Trans>You have been signed out on this device. Sign in to go on.</Trans>
        </p>
      )}
      {parting === "untold" && (
        <p className={styles["note"]}>
          <Trans>
            You are signed out, and nothing of yours is left here. But the server could not be
            reached, and does not know it yet: it is told as soon as this browser reaches it. Until
            then, do not leave this browser to somebody you do not trust.
          </Trans>
        </p>
      )}
    </div>
  );
}
