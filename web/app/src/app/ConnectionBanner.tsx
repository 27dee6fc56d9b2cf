import { Trans } from "@lingui/react/macro";
import { useEffect, useState } from "react";

import { useObservable, useParley } from "./context.ts";
import styles from "./Shell.module.css";

/** A short stumble is nobody's business. */
const WORTH_TELLING_MS = 1500;

/** Says what the connection is doing, where that lasts. */
export function ConnectionBanner() {
  const parley = useParley();
  const connection = useObservable(parley.connection);
  const fine = connection.state === "live" || connection.state === "signed_out";
  if (fine) return null;
  return (
    <Trouble
      offline={connection.state === "waiting" && connection.offline}
      waits={connection.state === "waiting"}
      onTry={() => {
        parley.wake();
      }}
    />
  );
}

function Trouble(props: { offline: boolean; waits: boolean; onTry: () => void }) {
  const { offline, waits, onTry } = props;
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
        <div className={styles["banner"]}>
          <p>
            {offline ? (
              <Trans>You are offline. What you write is kept, and sent when you are back.</Trans>
            ) : (
              <Trans>Connecting… What you write is kept.</Trans>
            )}
          </p>
          {/* It keeps its place while it is tried, so that nothing jumps. */}
          <button type="button" disabled={!waits} onClick={onTry}>
            <Trans>Try now</Trans>
          </button>
        </div>
      )}
    </div>
  );
}
