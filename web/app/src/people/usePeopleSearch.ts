import type { User } from "@parley/client";
import { useEffect, useState } from "react";

import { useParley } from "../app/context.ts";

export const SHORTEST_QUERY = 2;
/** A word that is being typed is asked for once, not with each of its letters. */
const PAUSE_MS = 120;

export interface PeopleSearch {
  /** Who was found for what is typed now. */
  readonly people: readonly User[];
  /** The answer to what is typed now is there. */
  readonly answered: boolean;
  /** Why what is typed now could not be looked up. */
  readonly failure: unknown;
}

/** Looks people up while one types; an answer to an earlier text is never shown for a later one. */
export function usePeopleSearch(query: string): PeopleSearch {
  const parley = useParley();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const wanted = query.trim();

  useEffect(() => {
    if (wanted.length < SHORTEST_QUERY) return;
    const abort = new AbortController();
    const { signal } = abort;
    const take = (found: Omit<Answer, "query">): void => {
      if (!signal.aborted) setAnswer({ query: wanted, ...found });
    };
    const timer = setTimeout(() => {
      parley.searchPeople(wanted, signal).then(
        (people) => {
          take({ people, failure: null });
        },
        (failure: unknown) => {
          take({ people: [], failure });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [wanted, parley]);

  const current = answer?.query === wanted ? answer : null;
  const failure = current?.failure ?? null;
  return { people: current?.people ?? [], answered: current !== null && failure === null, failure };
}

interface Answer {
  readonly query: string;
  readonly people: readonly User[];
  readonly failure: unknown;
}
