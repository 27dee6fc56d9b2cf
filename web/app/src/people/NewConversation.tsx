import type { User } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { Avatar } from "../design/Avatar.tsx";
import { Button, TextField } from "../design/controls.tsx";
import { Header, HeaderTitle } from "../design/Header.tsx";
import styles from "../design/page.module.css";

const SHORTEST_QUERY = 2;

/** Find people by name; one makes a direct conversation, several a group. */
export function NewConversation() {
  const { t } = useLingui();
  const parley = useParley();
  const me = useObservable(parley.me);
  const [, navigate] = useLocation();
  const [query, setQuery] = useState("");
  const [answer, setAnswer] = useState<{ query: string; people: readonly User[] } | null>(null);
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const [title, setTitle] = useState("");
  const [failure, setFailure] = useState<unknown>(null);
  const wanted = query.trim();

  useEffect(() => {
    if (wanted.length < SHORTEST_QUERY) return;
    const abort = new AbortController();
    parley.searchPeople(wanted, abort.signal).then(
      (people) => {
        if (abort.signal.aborted) return;
        setAnswer({ query: wanted, people });
        setFailure(null);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setFailure(error);
      },
    );
    return () => {
      abort.abort();
    };
  }, [wanted, parley]);

  const found = answer?.query === wanted ? answer.people.filter(({ id }) => id !== me.id) : [];
  const first = chosen[0];

  async function start(): Promise<void> {
    if (first === undefined) return;
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
        {failure !== null && (
          <p role="alert" className={styles["problem"]}>
            {inPlainWords(failure)}
          </p>
        )}
        <ul className={styles["list"]} aria-label={t`People`}>
          {shown.map((user) => (
            <li key={user.id}>
              <label className={styles["choice"]}>
                <Avatar id={user.id} name={user.display_name} url={user.avatar_url} size={40} />
                <span className={styles["grow"]}>
                  <bdi>{user.display_name}</bdi>
                  <span className={styles["small"]} dir="ltr">
                    @{user.username}
                  </span>
                </span>
                <input
                  type="checkbox"
                  checked={chosen.some(({ id }) => id === user.id)}
                  onChange={() => {
                    toggle(user);
                  }}
                />
              </label>
            </li>
          ))}
        </ul>
        {answer?.query === wanted && shown.length === 0 && (
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
