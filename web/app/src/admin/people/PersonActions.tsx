import { Trans } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";

import { Button } from "../../design/controls.tsx";
import { Confirm } from "../../design/Dialog.tsx";
import page from "../../design/page.module.css";
import type { Administration, Person } from "../administration.ts";
import { useAdministration } from "../context.ts";
import styles from "./People.module.css";

type Link = Awaited<ReturnType<Administration["makePasswordReset"]>>;

/** What is asked before it is done: it reaches far, or cannot be taken back. */
type Question = "promote" | "demote" | "sign_out" | "disable";

interface Props {
  readonly person: Person;
  /** Nobody disables or demotes themself: so there is always an administrator. */
  readonly mine: boolean;
  readonly onChanged: (next: Person) => void;
  readonly onLink: (link: Link | null) => void;
  readonly onFailure: (failure: unknown) => void;
}

/** The buttons about somebody's account. */
export function PersonActions({ person, mine, onChanged, onLink, onFailure }: Props) {
  const administration = useAdministration();
  const [busy, setBusy] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const { id } = person.user;

  async function attempt(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    onFailure(null);
    try {
      await work();
    } catch (error) {
      onFailure(error);
    } finally {
      setBusy(false);
    }
  }
  const update = (change: { disabled?: boolean; admin?: boolean }) =>
    attempt(async () => {
      onChanged(await administration.updatePerson(id, change));
    });
  const makeLink = () =>
    attempt(async () => {
      onLink(null);
      onLink(await administration.makePasswordReset(id));
    });
  const signOut = () =>
    attempt(async () => {
      await administration.signOutEverywhere(id);
      onChanged({ ...person, sessions: 0 });
    });
  const follow: Readonly<Record<Question, () => Promise<void>>> = {
    promote: () => update({ admin: true }),
    demote: () => update({ admin: false }),
    sign_out: signOut,
    disable: () => update({ disabled: true }),
  };
  const ask = (what: Question) => (): void => {
    setQuestion(what);
  };

  return (
    <div className={styles["actions"]}>
      {!person.disabled && (
        <Button disabled={busy} onClick={() => void makeLink()}>
          <Trans>Make a link for a new password</Trans>
        </Button>
      )}
      {person.sessions > 0 && (
        <Button disabled={busy} onClick={ask("sign_out")}>
          <Trans>Sign out everywhere</Trans>
        </Button>
      )}
      {!mine && (
        <>
          <Button disabled={busy} onClick={ask(person.admin ? "demote" : "promote")}>
            {person.admin ? (
              <Trans>Take administration away</Trans>
            ) : (
              <Trans>Make administrator</Trans>
            )}
          </Button>
          {person.disabled ? (
            <Button disabled={busy} onClick={() => void update({ disabled: false })}>
              <Trans>Enable the account</Trans>
            </Button>
          ) : (
            <Button danger disabled={busy} onClick={ask("disable")}>
              <Trans>Disable the account</Trans>
            </Button>
          )}
        </>
      )}
      {mine && (
        <p className={page["small"]}>
          <Trans>Only another administrator can disable you or take administration away.</Trans>
        </p>
      )}
      {question !== null && (
        <Confirm
          {...questionWords(question, person)}
          onClose={() => {
            setQuestion(null);
          }}
          onConfirm={() => void follow[question]()}
        />
      )}
    </div>
  );
}

interface QuestionWords {
  readonly title: ReactNode;
  readonly text: ReactNode;
  readonly action: ReactNode;
}

function questionWords(question: Question, person: Person): QuestionWords {
  const name = <bdi>{person.user.display_name}</bdi>;
  switch (question) {
    case "promote":
      return {
        title: <Trans>Make {name} an administrator?</Trans>,
        text: <Trans>They can do everything that you can do here.</Trans>,
        action: <Trans>Make administrator</Trans>,
      };
    case "demote":
      return {
        title: <Trans>Take administration away from {name}?</Trans>,
        text: <Trans>They keep their account and their conversations.</Trans>,
        action: <Trans>Take away</Trans>,
      };
    case "sign_out":
      return {
        title: <Trans>Sign {name} out everywhere?</Trans>,
        text: <Trans>They have to sign in again on each of their devices.</Trans>,
        action: <Trans>Sign out</Trans>,
      };
    case "disable":
      return {
        title: <Trans>Disable the account of {name}?</Trans>,
        text: (
          <Trans>
            They are signed out at once, and cannot sign in or be found. What they wrote stays, and
            you can enable the account again.
          </Trans>
        ),
        action: <Trans>Disable</Trans>,
      };
  }
}
