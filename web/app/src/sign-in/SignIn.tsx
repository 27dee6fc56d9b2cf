import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Link } from "wouter";

import { useServices } from "../app/context.ts";
import { errorCode, inPlainWords } from "../app/errors.ts";
import { Button, TextField } from "../design/controls.tsx";
import styles from "./entry.module.css";
import { EntryCard } from "./EntryCard.tsx";
import { PartingNote } from "./PartingNote.tsx";
import { useEntry } from "./useEntry.ts";

export function SignIn() {
  const { t } = useLingui();
  const { backend } = useServices();
  const { busy, failure, enter } = useEntry();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const problem =
    errorCode(failure) === "unauthenticated"
      ? t`That username and password do not belong together.`
      : inPlainWords(failure);

  return (
    <EntryCard title={<Trans>Welcome back</Trans>} lead={<Trans>Sign in to go on talking.</Trans>}>
      <PartingNote />
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          void enter(() => backend.signIn({ username: username.trim(), password }));
        }}
      >
        {failure !== null && (
          <p role="alert" className={styles["problem"]}>
            {problem}
          </p>
        )}
        <TextField
          label={<Trans>Username</Trans>}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
          dir="ltr"
          value={username}
          onChange={(event) => {
            setUsername(event.target.value);
          }}
        />
        <TextField
          label={<Trans>Password</Trans>}
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
          }}
        />
        <Button primary type="submit" disabled={busy}>
          {busy ? <Trans>Signing in…</Trans> : <Trans>Sign in</Trans>}
        </Button>
      </form>
      <p className={styles["other"]}>
        <Trans>
          New here? <Link href="/sign-up">Make an account</Link>
        </Trans>
      </p>
    </EntryCard>
  );
}
