import { Trans, useLingui } from "@lingui/react/macro";
import { useId, useState } from "react";

import type { Invitation } from "../app/backend.ts";
import { useServices } from "../app/context.ts";
import { errorCode, fieldErrors, inPlainWords } from "../app/errors.ts";
import { Button, TextField } from "../design/controls.tsx";
import page from "../design/page.module.css";
import styles from "./Settings.module.css";

const DAY_MS = 86_400_000;
const LIVES_DAYS = [1, 7, 30] as const;
/** As the server has it where nothing is said. */
const USUAL_DAYS = 7;
const MOST_PEOPLE = 1000;

/** Asks for an invitation; with `choices` for how many people, and for how long. */
export function InviteForm(props: {
  choices: boolean;
  onMade: (made: Invitation & { readonly url: string }) => void;
}) {
  const { t } = useLingui();
  const { backend } = useServices();
  const [people, setPeople] = useState("1");
  const [days, setDays] = useState<number>(USUAL_DAYS);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const wanted = Number(people);
  const refused = fieldErrors(failure)["max_uses"];
  const possible = Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_PEOPLE;

  async function invite(): Promise<void> {
    setFailure(null);
    setBusy(true);
    try {
      props.onMade(
        await backend.createInvitation({ max_uses: wanted, expires_in_ms: days * DAY_MS }),
      );
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      className={page["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (possible) void invite();
      }}
    >
      {props.choices && (
        <div className={styles["choices"]}>
          <TextField
            label={<Trans>For how many people</Trans>}
            type="number"
            inputMode="numeric"
            min={1}
            max={MOST_PEOPLE}
            required
            value={people}
            error={
              refused ?? (possible ? undefined : t`A number from 1 to ${MOST_PEOPLE}, please.`)
            }
            onChange={(event) => {
              setPeople(event.target.value);
            }}
          />
          <DaysChoice days={days} onChange={setDays} />
        </div>
      )}
      <Button type="submit" disabled={busy}>
        <Trans>Make an invitation link</Trans>
      </Button>
      {failure !== null && refused === undefined && (
        <p role="alert" className={page["problem"]}>
          <Refusal failure={failure} />
        </p>
      )}
    </form>
  );
}

function DaysChoice({ days, onChange }: { days: number; onChange: (days: number) => void }) {
  const { i18n } = useLingui();
  const id = useId();
  const inWords = new Intl.NumberFormat(i18n.locale, {
    style: "unit",
    unit: "day",
    unitDisplay: "long",
  });
  return (
    <div className={styles["select"]}>
      <label htmlFor={id}>
        <Trans>For how long</Trans>
      </label>
      <select
        id={id}
        value={days}
        onChange={(event) => {
          onChange(Number(event.target.value));
        }}
      >
        {LIVES_DAYS.map((each) => (
          <option key={each} value={each}>
            {inWords.format(each)}
          </option>
        ))}
      </select>
    </div>
  );
}

function Refusal({ failure }: { failure: unknown }) {
  switch (errorCode(failure)) {
    case "forbidden":
      return <Trans>On this server only administrators invite. Ask one of them.</Trans>;
    case "conflict":
      return <Trans>You have as many open invitations as one may have. Take one back first.</Trans>;
    case null:
    default:
      return inPlainWords(failure);
  }
}
