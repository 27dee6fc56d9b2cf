import { Trans } from "@lingui/react/macro";
import { type ReactNode, useCallback, useEffect, useState } from "react";

import { Button } from "../../design/controls.tsx";
import page from "../../design/page.module.css";
import { type Registration, REGISTRATIONS } from "../administration.ts";
import { useAdministration } from "../context.ts";
import { adminWords } from "../words.ts";
import styles from "./Joining.module.css";

const CHOICES: Readonly<
  Record<Registration, { readonly name: ReactNode; readonly meaning: ReactNode }>
> = {
  open: {
    name: <Trans>Everybody</Trans>,
    meaning: <Trans>Whoever finds this server can make an account.</Trans>,
  },
  invitation: {
    name: <Trans>Who is invited</Trans>,
    meaning: <Trans>An account is made with the link of an invitation.</Trans>,
  },
  closed: {
    name: <Trans>Nobody</Trans>,
    meaning: <Trans>No new accounts, also not with an invitation.</Trans>,
  },
};

/** Who may make an account. It holds once it is saved, not while one looks through the choices. */
export function RegistrationForm() {
  const administration = useAdministration();
  const [held, setHeld] = useState<Registration | null>(null);
  const [chosen, setChosen] = useState<Registration | null>(null);
  const [state, setState] = useState<"asking" | "busy" | "saved">("asking");
  const [failure, setFailure] = useState<unknown>(null);

  const load = useCallback(
    () => administration.registration().then(setHeld, setFailure),
    [administration],
  );
  useEffect(() => {
    void load();
  }, [load]);

  async function save(wanted: Registration): Promise<void> {
    setState("busy");
    setFailure(null);
    try {
      setHeld(await administration.setRegistration(wanted));
      setChosen(null);
      setState("saved");
    } catch (error) {
      setFailure(error);
      setState("asking");
    }
  }

  const current = chosen ?? held;
  return (
    <form
      className={page["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen !== null) void save(chosen);
      }}
    >
      <fieldset className={styles["choices"]} disabled={held === null || state === "busy"}>
        <legend>
          <Trans>Who may join</Trans>
        </legend>
        {REGISTRATIONS.map((each) => (
          <Choice
            key={each}
            value={each}
            checked={current === each}
            onChoose={() => {
              setChosen(each);
              setState("asking");
            }}
          />
        ))}
      </fieldset>
      {failure !== null && (
        <p role="alert" className={page["problem"]}>
          {adminWords(failure)}
        </p>
      )}
      {held === null && failure !== null && (
        <Button
          onClick={() => {
            setFailure(null);
            void load();
          }}
        >
          <Trans>Try again</Trans>
        </Button>
      )}
      {held !== null && chosen !== null && chosen !== held && (
        <Button primary type="submit" disabled={state === "busy"}>
          <Trans>Save</Trans>
        </Button>
      )}
      <p role="status" className={page["small"]}>
        {state === "saved" && <Trans>Saved. It holds from now on.</Trans>}
      </p>
    </form>
  );
}

function Choice(props: { value: Registration; checked: boolean; onChoose: () => void }) {
  const { name, meaning } = CHOICES[props.value];
  return (
    <label className={styles["choice"]}>
      <input type="radio" name="registration" checked={props.checked} onChange={props.onChoose} />
      <span className={page["grow"]}>
        <span>{name}</span>
        <span className={page["small"]}>{meaning}</span>
      </span>
    </label>
  );
}
