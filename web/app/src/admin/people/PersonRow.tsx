import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronDown } from "lucide-react";
import { useId } from "react";

import { useObservable, useParley } from "../../app/context.ts";
import { Avatar } from "../../design/Avatar.tsx";
import page from "../../design/page.module.css";
import { shortTime } from "../../design/time.ts";
import { useNow } from "../../design/useNow.ts";
import type { Person } from "../administration.ts";
import styles from "./People.module.css";
import { PersonPanel } from "./PersonPanel.tsx";

/** Somebody in the list; opened, with what is known of them and what can be done. */
export function PersonRow(props: {
  person: Person;
  open: boolean;
  onToggle: () => void;
  onChanged: (next: Person) => void;
}) {
  const { person, open, onToggle, onChanged } = props;
  const { user } = person;
  const panel = useId();
  return (
    <li className={styles["person"]} data-open={open} data-disabled={person.disabled}>
      <button
        type="button"
        className={styles["row"]}
        aria-expanded={open}
        aria-controls={open ? panel : undefined}
        onClick={onToggle}
      >
        <Avatar id={user.id} name={user.display_name} url={user.avatar_url} size={44} />
        <span className={styles["who"]}>
          <span className={styles["name"]}>
            <bdi>{user.display_name}</bdi>
            <Badges person={person} />
          </span>
          <span className={page["small"]}>
            <bdi dir="ltr">@{user.username}</bdi> · <LastActive person={person} />
          </span>
        </span>
        <ChevronDown size={20} className={styles["chevron"]} aria-hidden="true" />
      </button>
      {open && (
        <div id={panel} className={styles["panel"]}>
          <PersonPanel person={person} onChanged={onChanged} />
        </div>
      )}
    </li>
  );
}

function LastActive({ person }: { person: Person }) {
  const { i18n } = useLingui();
  const now = useNow();
  if (person.last_active_at === null) return <Trans>never was here</Trans>;
  return <Trans>last active {shortTime(person.last_active_at, now, i18n.locale)}</Trans>;
}

function Badges({ person }: { person: Person }) {
  const me = useObservable(useParley().me);
  return (
    <>
      {person.user.id === me.id && (
        <span className={styles["badge"]}>
          <Trans>You</Trans>
        </span>
      )}
      {person.admin && (
        <span className={styles["badge"]} data-kind="admin">
          <Trans>Administrator</Trans>
        </span>
      )}
      {person.disabled && (
        <span className={styles["badge"]} data-kind="disabled">
          <Trans>Disabled</Trans>
        </span>
      )}
    </>
  );
}
