import { Trans } from "@lingui/react/macro";
import { type ReactNode, useEffect, useRef } from "react";

import { Button } from "./controls.tsx";
import styles from "./Dialog.module.css";

/** A window over the page. The browser's own: it holds the focus, and Escape closes it. */
export function Dialog(props: { title: ReactNode; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={styles["dialog"]} onClose={props.onClose}>
      <h2 className={styles["title"]}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}

/** Asks before something that cannot be taken back. */
export function Confirm(props: {
  title: ReactNode;
  text: ReactNode;
  action: ReactNode;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { title, text, action, onConfirm, onClose } = props;
  return (
    <Dialog title={title} onClose={onClose}>
      <p className={styles["text"]}>{text}</p>
      <div className={styles["buttons"]}>
        <Button onClick={onClose} autoFocus>
          <Trans>Cancel</Trans>
        </Button>
        <Button
          danger
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
