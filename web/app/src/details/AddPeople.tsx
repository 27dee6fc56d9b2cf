import type { Conversation, User } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { UserPlus } from "lucide-react";
import { useState } from "react";

import { useObservable, useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { Button, TextField } from "../design/controls.tsx";
import page from "../design/page.module.css";
import { PersonChoice } from "../people/PersonChoice.tsx";
import { usePeopleSearch } from "../people/usePeopleSearch.ts";

/** Brings people into a group. */
export function AddPeople({ conversation }: { conversation: Conversation }) {
  const [open, setOpen] = useState(false);
  if (!open) {
    return (
      <Button
        onClick={() => {
          setOpen(true);
        }}
      >
        <UserPlus size={18} aria-hidden="true" />
        <Trans>Add people</Trans>
      </Button>
    );
  }
  return (
    <AddForm
      conversation={conversation}
      onDone={() => {
        setOpen(false);
      }}
    />
  );
}

function AddForm({ conversation, onDone }: { conversation: Conversation; onDone: () => void }) {
  const { t } = useLingui();
  const parley = useParley();
  const members = useObservable(parley.members(conversation.id));
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const [failure, setFailure] = useState<unknown>(null);
  const search = usePeopleSearch(query);
  const inside = new Set((members ?? []).map(({ user }) => user.id));
  const found = search.people.filter(
    ({ id }) => !inside.has(id) && chosen.every((user) => user.id !== id),
  );
  const problem = failure ?? search.failure;

  async function add(): Promise<void> {
    try {
      await parley.addMembers(
        conversation.id,
        chosen.map(({ id }) => id),
      );
      onDone();
    } catch (error) {
      setFailure(error);
    }
  }

  return (
    <form
      className={page["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <TextField
        label={<Trans>Who is to join?</Trans>}
        hint={<Trans>Type at least two letters of a name.</Trans>}
        type="search"
        autoFocus
        dir="auto"
        value={query}
        error={problem === null ? undefined : inPlainWords(problem)}
        onChange={(event) => {
          setQuery(event.target.value);
        }}
      />
      <ul className={page["list"]} aria-label={t`People`}>
        {[...chosen, ...found].map((user) => (
          <PersonChoice
            key={user.id}
            user={user}
            chosen={chosen.includes(user)}
            onToggle={() => {
              const without = chosen.filter((each) => each !== user);
              setChosen(without.length < chosen.length ? without : [...chosen, user]);
            }}
          />
        ))}
      </ul>
      {search.answered && found.length === 0 && chosen.length === 0 && (
        <p className={page["small"]}>
          <Trans>Nobody else is called that.</Trans>
        </p>
      )}
      <Button primary type="submit" disabled={chosen.length === 0}>
        <Trans>Add to the group</Trans>
      </Button>
      <Button onClick={onDone}>
        <Trans>Cancel</Trans>
      </Button>
    </form>
  );
}
