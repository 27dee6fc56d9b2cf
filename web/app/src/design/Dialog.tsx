import { Trans } from "@lingui/react/macro";
import { type ReactNode, useEffect, useId, useRef } from "react";

import { Button } from "./controls.tsx";
import styles from "./Dialog.module.css";

/** A window over the page. The browser's own: it holds the focus, and Escape closes it. `above` stands over the title. */
export function Dialog(props: {
  above?: ReactNode;
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles["dialog"]}
      aria-labelledby={titleId}
      closedby="any"
      onClose={props.onClose}
    >
      {props.above !== undefined && <div className={styles["above"]}>{props.above}</div>}
      <h2 id={titleId} className={styles["title"]}>
        {props.title}
      </h2>
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
