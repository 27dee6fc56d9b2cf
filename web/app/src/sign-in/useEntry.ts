import type { Parley, User } from "@parley/client";
import { useState } from "react";
import { useLocation } from "wouter";

import { useServices } from "../app/context.ts";
import { waitingClaim } from "../claim/claimToken.ts";

/** Runs a sign-in or sign-up: busy while it is asked for, the failure kept to be shown, then into the app. */
export function useEntry() {
  const { session } = useServices();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  /** `welcome` tells where to go from the list. */
  async function enter(
    ask: () => Promise<User>,
    welcome?: (parley: Parley) => Promise<string>,
  ): Promise<void> {
    setBusy(true);
    setFailure(null);
    try {
      // The session that was left without a network: its cookie is about to be another's.
      await session.tellServer();
      const user = await ask();
      const parley = await session.enter(user, () => {
        navigate(waitingClaim() === null ? "/" : "/claim", { replace: true });
      });
      const first = await welcome?.(parley);
      if (first !== undefined && waitingClaim() === null) navigate(first, { replace: true });
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  }
  return { busy, failure, enter };
}
