import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { Dialog } from "../design/Dialog.tsx";
import styles from "./Shortcuts.module.css";

function Line({ keys, children }: { keys: readonly string[]; children: ReactNode }) {
  return (
    <>
      <dt>
        {keys.map((key) => (
          <kbd key={key} className={styles["key"]}>
            {key}
          </kbd>
        ))}
      </dt>
      <dd>{children}</dd>
    </>
  );
}

/** What can be done without a mouse. */
export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={<Trans>Keyboard shortcuts</Trans>} onClose={onClose}>
      <dl className={styles["list"]}>
        <Line keys={["Ctrl", "K"]}>
          <Trans>Search people and conversations</Trans>
        </Line>
        <Line keys={["Alt", "↑"]}>
          <Trans>The conversation above</Trans>
        </Line>
        <Line keys={["Alt", "↓"]}>
          <Trans>The conversation below</Trans>
        </Line>
        <Line keys={["Alt", "N"]}>
          <Trans>New conversation</Trans>
        </Line>
        <Line keys={["Enter"]}>
          <Trans>Send</Trans>
        </Line>
        <Line keys={["Shift", "Enter"]}>
          <Trans>New line</Trans>
        </Line>
        <Line keys={["Shift", "F10"]}>
          <Trans>What to do with a message or conversation</Trans>
        </Line>
        <Line keys={["Esc"]}>
          <Trans>Close, or do not reply</Trans>
        </Line>
        <Line keys={["?"]}>
          <Trans>This list</Trans>
        </Line>
      </dl>
    </Dialog>
  );
}
