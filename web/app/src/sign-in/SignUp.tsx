import type { User } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useContext, useEffect, useState } from "react";
import { Link } from "wouter";

import { ServerInfoContext, useServices } from "../app/context.ts";
import { errorCode, fieldErrors, inPlainWords } from "../app/errors.ts";
import { Avatar } from "../design/Avatar.tsx";
import { Button, TextField } from "../design/controls.tsx";
import { conversationWith } from "../people/conversationWith.ts";
import styles from "./entry.module.css";
import { EntryCard } from "./EntryCard.tsx";
import { useEntry } from "./useEntry.ts";

const FIELDS = ["username", "password", "display_name"];

/** Makes an account, by itself or with an invitation's token. */
export function SignUp({ invite }: { invite?: string }) {
  const { t } = useLingui();
  const { backend } = useServices();
  const info = useContext(ServerInfoContext);
  const { busy, failure, enter } = useEntry();
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");

  const [inviter, setInviter] = useState<User | null>(null);
  const [expired, setExpired] = useState(false);

  useEffect(() => {
    if (invite === undefined) return;
    let current = true;
    backend.inviter(invite).then(
      (user) => {
        if (!current) return;
        setInviter(user);
        setExpired(user === null);
      },
      () => {
        // The server says so again when the form is sent.
      },
    );
    return () => {
      current = false;
    };
  }, [backend, invite]);

  const atFields = fieldErrors(failure);
  const taken = errorCode(failure) === "conflict" ? t`Somebody has that name already.` : undefined;
  const shownAtField = taken !== undefined || FIELDS.some((field) => field in atFields);
  const needsInvitation = invite === undefined && info !== null && info.registration !== "open";

  return (
    <EntryCard
      title={invite === undefined ? <Trans>Make an account</Trans> : <Trans>You are invited</Trans>}
      lead={<Trans>A name and a password, and you can talk.</Trans>}
    >
      {inviter !== null && (
        <p className={styles["inviter"]}>
          <Avatar id={inviter.id} name={inviter.display_name} url={inviter.avatar_url} size={32} />
          <span>
            <Trans>
              <bdi>{inviter.display_name}</bdi> would like to talk with you.
            </Trans>
          </span>
        </p>
      )}
      {expired && (
        <p role="alert" className={styles["problem"]}>
          <Trans>This invitation has expired or was used up. Ask for a new one.</Trans>
        </p>
      )}
      {needsInvitation && (
        <p className={styles["problem"]}>
          {info.registration === "invitation" ? (
            <Trans>This server takes new people by invitation only. Ask somebody for a link.</Trans>
          ) : (
            <Trans>This server takes no new people at present.</Trans>
          )}
        </p>
      )}
      <form
        className={styles["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          const display_name = name.trim();
          void enter(
            () =>
              backend.signUp({
                username: username.trim(),
                password,
                ...(display_name === "" ? {} : { display_name }),
                ...(invite === undefined ? {} : { invite }),
              }),
            inviter === null ? undefined : (parley) => conversationWith(parley, inviter),
          );
        }}
      >
        {failure !== null && !shownAtField && (
          <p role="alert" className={styles["problem"]}>
            {inPlainWords(failure)}
          </p>
        )}
        <TextField
          label={<Trans>Your name</Trans>}
          hint={<Trans>As others see it. It can be changed later.</Trans>}
          error={atFields["display_name"]}
          autoComplete="name"
          dir="auto"
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <TextField
          label={<Trans>Username</Trans>}
          hint={<Trans>3 to 32 of a to z, digits, dots, dashes and underscores.</Trans>}
          error={taken ?? atFields["username"]}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          dir="ltr"
          value={username}
          onChange={(event) => {
            setUsername(event.target.value);
          }}
        />
        <TextField
          label={<Trans>Password</Trans>}
          hint={<Trans>At least 8 characters.</Trans>}
          error={atFields["password"]}
          type="password"
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => {
            setPassword(event.target.value);
          }}
        />
        <Button primary type="submit" disabled={busy}>
          {busy ? <Trans>Making your account…</Trans> : <Trans>Make account</Trans>}
        </Button>
      </form>
      <p className={styles["other"]}>
        <Trans>
          Here before? <Link href="/sign-in">Sign in</Link>
        </Trans>
      </p>
    </EntryCard>
  );
}
