import type { DeviceSession } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { MonitorSmartphone } from "lucide-react";
import { useCallback, useEffect, useState } from "react";

import { useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { Button } from "../design/controls.tsx";
import page from "../design/page.module.css";
import { shortTime } from "../design/time.ts";
import { useNow } from "../design/useNow.ts";
import styles from "./Settings.module.css";

/** Where one is signed in, and how to end that. */
export function Devices() {
  const { i18n, t } = useLingui();
  const now = useNow();
  const parley = useParley();
  const [sessions, setSessions] = useState<readonly DeviceSession[]>([]);
  const [failure, setFailure] = useState<unknown>(null);

  const load = useCallback(async () => {
    try {
      setSessions(await parley.sessions());
      setFailure(null);
    } catch (error) {
      setFailure(error);
    }
  }, [parley]);
  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the answer comes later, not while this is drawn
    void load();
  }, [load]);

  async function end(work: Promise<void>): Promise<void> {
    try {
      await work;
      await load();
    } catch (error) {
      setFailure(error);
    }
  }

  return (
    <section className={page["form"]}>
      <h2 className={styles["heading"]}>
        <Trans>Devices</Trans>
      </h2>
      {failure !== null && (
        <p role="alert" className={page["problem"]}>
          {inPlainWords(failure)}
        </p>
      )}
      <ul className={page["list"]}>
        {sessions.map((session) => (
          <li key={session.id} className={styles["device"]}>
            <MonitorSmartphone size={22} aria-hidden="true" />
            <span className={page["grow"]}>
              <span>
                <bdi>{session.device_name === "" ? t`Unnamed device` : session.device_name}</bdi>
              </span>
              <span className={page["small"]}>
                {session.current ? (
                  <Trans>This device</Trans>
                ) : (
                  <Trans>last used {shortTime(session.last_used_at, now, i18n.locale)}</Trans>
                )}
              </span>
            </span>
            {!session.current && (
              <Button
                aria-label={t`Sign out ${session.device_name}`}
                onClick={() => void end(parley.revokeSession(session.id))}
              >
                <Trans>Sign out</Trans>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <Button onClick={() => void end(parley.revokeOtherSessions())}>
          <Trans>Sign out all other devices</Trans>
        </Button>
      )}
    </section>
  );
}
