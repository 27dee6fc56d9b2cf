import type { User } from "@parley/client";
import { useState } from "react";
import { useLocation } from "wouter";

import { useServices } from "../app/context.ts";

/** Runs a sign-in or sign-up: busy while it is asked for, the failure kept to be shown, then into the app. */
export function useEntry() {
  const { session } = useServices();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function enter(ask: () => Promise<User>): Promise<void> {
    setBusy(true);
    setFailure(null);
    try {
      await session.enter(await ask());
      navigate("/", { replace: true });
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  }
  return { busy, failure, enter };
}
