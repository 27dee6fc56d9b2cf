import { useEffect, useState } from "react";

import { useObservable, useParley, useServices } from "../app/context.ts";

/**
 * Whether who is signed in is an administrator; null while that is not known. What the device keeps of it may be old: the
 * server is asked, and without it what the device keeps holds.
 */
export function useAdministrator(): boolean | null {
  const { backend } = useServices();
  const kept = useObservable(useParley().me).admin;
  const [answer, setAnswer] = useState<boolean | null>(null);
  useEffect(() => {
    let current = true;
    backend.isAdministrator().then(
      (is) => {
        if (current) setAnswer(is);
      },
      () => {
        if (current) setAnswer(kept ?? false);
      },
    );
    return () => {
      current = false;
    };
  }, [backend, kept]);
  if (answer !== null) return answer;
  return kept === true ? true : null;
}
