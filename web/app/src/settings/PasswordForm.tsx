import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";

import { useObservable, useParley } from "../app/context.ts";
import { atField, errorCode } from "../app/errors.ts";
import { Button, TextField } from "../design/controls.tsx";
import styles from "../design/page.module.css";
import own from "./Settings.module.css";

/** Changes the password; what was typed stays until it worked. */
export function PasswordForm() {
  const { t } = useLingui();
  const parley = useParley();
  const me = useObservable(parley.me);
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [failure, setFailure] = useState<unknown>(null);
  const [done, setDone] = useState(false);
  // What is forbidden is to go on without the right one.
  const isWrong = errorCode(failure) === "forbidden";

  async function change(): Promise<void> {
    setFailure(null);
    setDone(false);
    try {
      await parley.changePassword({ old, new: next });
      setOld("");
      setNext("");
      setDone(true);
    } catch (error) {
      setFailure(error);
    }
  }

  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        void change();
      }}
    >
      <h2 className={own["heading"]}>
        <Trans>Password</Trans>
      </h2>
      {/* Tells what keeps passwords whose these are. */}
      <input hidden readOnly autoComplete="username" value={me.username} />
      <TextField
        label={<Trans>Present password</Trans>}
        type="password"
        autoComplete="current-password"
        required
        value={old}
        error={isWrong ? t`That is not your present password.` : undefined}
        onChange={(event) => {
          setOld(event.target.value);
        }}
      />
      <TextField
        label={<Trans>New password</Trans>}
        type="password"
        autoComplete="new-password"
        required
        value={next}
        error={failure === null || isWrong ? undefined : atField(failure, "new")}
        onChange={(event) => {
          setNext(event.target.value);
        }}
      />
      <Button type="submit">
        <Trans>Change password</Trans>
      </Button>
      <p role="status" className={styles["small"]}>
        {done && <Trans>Changed. Your other devices are signed out.</Trans>}
      </p>
    </form>
  );
}
