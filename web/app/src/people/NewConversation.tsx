import type { User } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { fieldErrors, inPlainWords } from "../app/errors.ts";
import { Button, TextField } from "../design/controls.tsx";
import { Header, HeaderTitle } from "../design/Header.tsx";
import styles from "../design/page.module.css";
import { PersonChoice } from "./PersonChoice.tsx";
import { usePeopleSearch } from "./usePeopleSearch.ts";

/** Find people by name; one makes a direct conversation, several a group. */
export function NewConversation() {
  const { t } = useLingui();
  const parley = useParley();
  const me = useObservable(parley.me);
  const [, navigate] = useLocation();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const [title, setTitle] = useState("");
  const [failure, setFailure] = useState<unknown>(null);

  const search = usePeopleSearch(query);
  const found = search.people.filter(({ id }) => id !== me.id);
  const first = chosen[0];

  async function start(): Promise<void> {
    if (first === undefined) return;
    setFailure(null);
    try {
      const conversation =
        chosen.length === 1
          ? await parley.openDirect(first.id)
          : await parley.createGroup({
              title: title.trim(),
              member_ids: chosen.map(({ id }) => id),
            });
      navigate(`/c/${conversation.id}`);
    } catch (error) {
      setFailure(error);
    }
  }

  function toggle(user: User): void {
    const without = chosen.filter(({ id }) => id !== user.id);
    setChosen(without.length < chosen.length ? without : [...chosen, user]);
  }

  const isOfTitle = "title" in fieldErrors(failure);
  const problem = (isOfTitle ? null : failure) ?? search.failure;
  const shown = [...chosen, ...found.filter(({ id }) => chosen.every((user) => user.id !== id))];
  return (
    <>
      <Header>
        <HeaderTitle>
          <Trans>New conversation</Trans>
        </HeaderTitle>
      </Header>
      <div className={styles["page"]}>
        <TextField
          label={<Trans>Who with?</Trans>}
          hint={<Trans>Type at least two letters of a name.</Trans>}
          type="search"
          autoFocus
          dir="auto"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
          }}
        />
        {problem !== null && (
          <p role="alert" className={styles["problem"]}>
            {inPlainWords(problem)}
          </p>
        )}
        <ul className={styles["list"]} aria-label={t`People`}>
          {shown.map((user) => (
            <PersonChoice
              key={user.id}
              user={user}
              chosen={chosen.some(({ id }) => id === user.id)}
              onToggle={() => {
                toggle(user);
              }}
            />
          ))}
        </ul>
        {search.answered && shown.length === 0 && (
          <p className={styles["small"]}>
            <Trans>Nobody is called that.</Trans>
          </p>
        )}
        {chosen.length > 1 && (
          <TextField
            label={<Trans>Name of the group</Trans>}
            dir="auto"
            maxLength={200}
            value={title}
            error={fieldErrors(failure)["title"]}
            onChange={(event) => {
              setTitle(event.target.value);
            }}
          />
        )}
        {first !== undefined && (
          <Button primary onClick={() => void start()}>
            {chosen.length === 1 ? <Trans>Start talking</Trans> : <Trans>Make the group</Trans>}
          </Button>
        )}
      </div>
    </>
  );
}
