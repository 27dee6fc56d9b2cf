import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";

import { useObservable, useParley } from "../../app/context.ts";
import { CopyLink } from "../../design/CopyLink.tsx";
import page from "../../design/page.module.css";
import { dateName, momentName } from "../../design/time.ts";
import type { Person } from "../administration.ts";
import { UserName } from "../UserName.tsx";
import { adminWords } from "../words.ts";
import styles from "./People.module.css";
import { PersonActions } from "./PersonActions.tsx";

interface ResetLink {
  readonly url: string;
  readonly expires_at: number;
}

/** What is known of somebody, what can be done about their account, and what came of it. */
export function PersonPanel(props: { person: Person; onChanged: (next: Person) => void }) {
  const { person, onChanged } = props;
  const { id } = useObservable(useParley().me);
  const [link, setLink] = useState<ResetLink | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  return (
    <>
      <Facts person={person} />
      <PersonActions
        person={person}
        mine={person.user.id === id}
        onChanged={onChanged}
        onLink={setLink}
        onFailure={setFailure}
      />
      {failure !== null && (
        <p role="alert" className={page["problem"]}>
          {adminWords(failure)}
        </p>
      )}
      {link !== null && <NewPasswordLink key={link.url} link={link} person={person} />}
    </>
  );
}

function Facts({ person }: { person: Person }) {
  const { i18n } = useLingui();
  return (
    <dl className={styles["facts"]}>
      <div>
        <dt>
          <Trans>Joined</Trans>
        </dt>
        <dd>{dateName(person.created_at, i18n.locale)}</dd>
      </div>
      {person.invited_by !== null && (
        <div>
          <dt>
            <Trans>Invited by</Trans>
          </dt>
          <dd>
            <UserName id={person.invited_by} />
          </dd>
        </div>
      )}
      <div>
        <dt>
          <Trans>Signed in on</Trans>
        </dt>
        <dd>
          {person.sessions === 0 ? (
            <Trans>no device</Trans>
          ) : (
            <Plural value={person.sessions} one="one device" other="# devices" />
          )}
        </dd>
      </div>
    </dl>
  );
}

function NewPasswordLink({ link, person }: { link: ResetLink; person: Person }) {
  const { i18n } = useLingui();
  // Under the address that this page has: the one that surely leads here.
  const url = window.location.origin + new URL(link.url).pathname;
  return (
    <div className={styles["link"]}>
      <CopyLink url={url}>
        <Trans>
          Shown only now. Give it to <bdi>{person.user.display_name}</bdi> in a way you trust: who
          has it sets a new password. It works once, until{" "}
          {momentName(link.expires_at, i18n.locale)}.
        </Trans>
      </CopyLink>
    </div>
  );
}
