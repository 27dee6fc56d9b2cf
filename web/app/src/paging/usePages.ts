import { useCallback, useEffect, useState } from "react";

/** A piece of a long list, and how to ask for the next. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** Asks for the first page, or for the one at a cursor. */
export type LoadPage<T> = (cursor: string | null) => Promise<Page<T>>;

export interface Pages<T> {
  /** null until the first page is there. */
  readonly items: readonly T[] | null;
  readonly hasMore: boolean;
  readonly loading: boolean;
  readonly failure: unknown;
  /** Asks for the next page; after a failure once more for what failed. */
  readonly loadMore: () => void;
  /** Draws what was changed here at once, without asking for it again. */
  readonly change: (to: (items: readonly T[]) => readonly T[]) => void;
}

interface Loaded<T> {
  readonly by: LoadPage<T>;
  readonly items: readonly T[];
  readonly next: string | null;
}

/**
 * A list that comes in pages. Another `load` (keep it by `useCallback`) is another list: the former stays in view until
 * the first page of the new one is there, and an answer for a former list is dropped.
 */
export function usePages<T>(load: LoadPage<T>): Pages<T> {
  const [loaded, setLoaded] = useState<Loaded<T> | null>(null);
  const [failed, setFailed] = useState<{ readonly by: LoadPage<T>; readonly error: unknown }>();
  const [wanted, setWanted] = useState<{
    readonly by: LoadPage<T>;
    readonly cursor: string | null;
  }>();
  const cursor = wanted?.by === load ? wanted.cursor : null;

  useEffect(() => {
    let current = true;
    load(cursor).then(
      ({ items, next_cursor }) => {
        if (!current) return;
        setFailed(undefined);
        setLoaded((known) => {
          const before = known?.by === load && cursor !== null ? known.items : [];
          return { by: load, items: [...before, ...items], next: next_cursor };
        });
      },
      (error: unknown) => {
        if (current) setFailed({ by: load, error });
      },
    );
    return () => {
      current = false;
    };
    // A new `wanted` with the same cursor asks again, after a failure.
  }, [load, cursor, wanted]);

  const isCurrent = loaded?.by === load;
  const failure = failed?.by === load ? failed.error : null;
  const loadMore = useCallback(() => {
    setFailed(undefined);
    setWanted({ by: load, cursor: isCurrent ? loaded.next : null });
  }, [load, isCurrent, loaded]);
  const change = useCallback((to: (items: readonly T[]) => readonly T[]) => {
    setLoaded((known) => known && { ...known, items: to(known.items) });
  }, []);
  return {
    items: loaded?.items ?? null,
    hasMore: isCurrent && loaded.next !== null,
    loading: failure === null && (!isCurrent || (cursor !== null && loaded.next === cursor)),
    failure,
    loadMore,
    change,
  };
}
