import type { User } from "@parley/client";
import { useEffect, useState } from "react";

import { useParley } from "../app/context.ts";

export const SHORTEST_QUERY = 2;

export interface PeopleSearch {
  /** Who was found for what is typed now. */
  readonly people: readonly User[];
  /** The answer to what is typed now is there. */
  readonly answered: boolean;
  readonly failure: unknown;
}

/** Looks people up while one types; an answer to an earlier text is never shown for a later one. */
export function usePeopleSearch(query: string): PeopleSearch {
  const parley = useParley();
  const [answer, setAnswer] = useState<{ query: string; people: readonly User[] } | null>(null);
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

  const answered = answer?.query === wanted;
  return { people: answered ? answer.people : [], answered, failure };
}
