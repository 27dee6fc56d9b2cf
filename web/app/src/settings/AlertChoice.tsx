import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useObservable } from "../app/context.ts";
import page from "../design/page.module.css";
import { alerts, changeAlerts } from "../notifications/preferences.ts";

/** How one is told of new messages on this device. */
export function AlertChoice() {
  const { sound, notifications } = useObservable(alerts);
  const [refused, setRefused] = useState(false);

  async function choose(wanted: boolean): Promise<void> {
    const allowed = !wanted || (await Notification.requestPermission()) === "granted";
    setRefused(!allowed);
    changeAlerts({ notifications: wanted && allowed });
  }

  return (
    <fieldset className={page["fieldset"]}>
      <legend>
        <Trans>New messages</Trans>
      </legend>
      <label>
        <input
          type="checkbox"
          checked={sound}
          onChange={(event) => {
            changeAlerts({ sound: event.target.checked });
          }}
        />
        <Trans>Sound</Trans>
      </label>
      {"Notification" in window && (
        <label>
          <input
            type="checkbox"
            checked={notifications}
            onChange={(event) => void choose(event.target.checked)}
          />
          <Trans>Notifications while the page is not in view</Trans>
        </label>
      )}
      <p role="status" className={page["small"]}>
        {refused && <Trans>The browser does not allow it. Its settings for this page do.</Trans>}
      </p>
    </fieldset>
  );
}
