import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Link } from "wouter";

import { useServices } from "../app/context.ts";
import { errorCode, fieldErrors, inPlainWords } from "../app/errors.ts";
import { Button, TextField } from "../design/controls.tsx";
import styles from "./entry.module.css";
import { EntryCard } from "./EntryCard.tsx";

/** Sets a new password, by the link that an administrator gave. */
export function Reset({ token }: { token: string }) {
  const { t } = useLingui();
  const { backend } = useServices();
  const [password, setPassword] = useState("");
  const [state, setState] = useState<"asking" | "busy" | "done">("asking");
  const [failure, setFailure] = useState<unknown>(null);
  const atField = fieldErrors(failure)["password"];

  async function reset(): Promise<void> {
    setState("busy");
    setFailure(null);
    try {
      await backend.resetPassword({ token, password });
      setState("done");
    } catch (error) {
      setFailure(error);
      setState("asking");
    }
  }

  if (state === "done") {
    return (
      <EntryCard
        title={<Trans>Your password is changed</Trans>}
        lead={<Trans>All your devices are signed out.</Trans>}
      >
        <p className={styles["other"]}>
          <Link href="/sign-in">
            <Trans>Sign in</Trans>
          </Link>
        </p>
      </EntryCard>
    );
  }
  return (
    <EntryCard
      title={<Trans>A new password</Trans>}
      lead={<Trans>Choose one, and sign in with it.</Trans>}
    >
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          void reset();
        }}
      >
        {failure !== null && atField === undefined && (
          <p role="alert" className={styles["problem"]}>
            {errorCode(failure) === "not_found"
              ? t`This link is not good any more. Ask for a new one.`
              : inPlainWords(failure)}
          </p>
        )}
        <TextField
          label={<Trans>New password</Trans>}
          hint={<Trans>At least 8 characters.</Trans>}
          error={atField}
          type="password"
          autoComplete="new-password"
          autoFocus
          required
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
          }}
        />
        <Button primary type="submit" disabled={state === "busy"}>
          <Trans>Set the password</Trans>
        </Button>
      </form>
    </EntryCard>
  );
}
