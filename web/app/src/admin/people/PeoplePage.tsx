import { Trans, useLingui } from "@lingui/react/macro";
import { Search } from "lucide-react";
import { useCallback, useState } from "react";
import { useSearchParams } from "wouter";

import page from "../../design/page.module.css";
import { More } from "../../paging/More.tsx";
import { usePages } from "../../paging/usePages.ts";
import shell from "../Admin.module.css";
import type { Person } from "../administration.ts";
import { useAdministration } from "../context.ts";
import { adminWords } from "../words.ts";
import styles from "./People.module.css";
import { PersonRow } from "./PersonRow.tsx";
import { useSettled } from "./useSettled.ts";

const TYPING_PAUSE_MS = 200;

/** Everybody with an account, narrowed by what is typed; `?query=` starts with a search. */
export function PeoplePage() {
  const { t } = useLingui();
  const administration = useAdministration();
  const [params] = useSearchParams();
  const [typed, setTyped] = useState(params.get("query") ?? "");
  const query = useSettled(typed.trim(), TYPING_PAUSE_MS);
  const load = useCallback(
    (cursor: string | null) => administration.people(query, cursor),
    [administration, query],
  );
  const pages = usePages<Person>(load);
  const { items, change, failure } = pages;
  const [open, setOpen] = useState<string | null>(null);
  const onChanged = useCallback(
    (next: Person) => {
      change((known) => known.map((person) => (person.user.id === next.user.id ? next : person)));
    },
    [change],
  );

  return (
    <>
      <div className={styles["search"]}>
        <Search size={19} aria-hidden="true" />
        <input
          type="search"
          aria-label={t`Search people`}
          placeholder={t`Search people`}
          dir="auto"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
      </div>
      <ul className={page["list"]}>
        {items?.map((person) => (
          <PersonRow
            key={person.user.id}
            person={person}
            open={open === person.user.id}
            onToggle={() => {
              setOpen(open === person.user.id ? null : person.user.id);
            }}
            onChanged={onChanged}
          />
        ))}
      </ul>
      <div role="status">
        {items?.length === 0 && failure === null && (
          <p className={shell["none"]}>
            <Trans>Nobody is called that.</Trans>
          </p>
        )}
      </div>
      <More pages={pages} words={adminWords} />
    </>
  );
}
