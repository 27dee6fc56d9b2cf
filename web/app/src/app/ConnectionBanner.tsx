import { Trans } from "@lingui/react/macro";
import { useEffect, useState } from "react";

import { useObservable, useParley } from "./context.ts";
import styles from "./Shell.module.css";

/** A short stumble is nobody's business. */
const WORTH_TELLING_MS = 1500;

/** Says what the connection is doing, where that lasts. */
export function ConnectionBanner() {
  const connection = useObservable(useParley().connection);
  const fine = connection.state === "live" || connection.state === "signed_out";
  return fine ? null : <Trouble offline={connection.state === "waiting" && connection.offline} />;
}

function Trouble({ offline }: { offline: boolean }) {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setLasting(true);
    }, WORTH_TELLING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div role="status">
      {lasting && (
        <p className={styles["banner"]}>
          {offline ? (
            <Trans>You are offline. What you write is kept, and sent when you are back.</Trans>
          ) : (
            <Trans>Connecting… What you write is kept.</Trans>
          )}
        </p>
      )}
    </div>
  );
}
