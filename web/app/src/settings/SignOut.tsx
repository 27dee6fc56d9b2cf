import type { Conversation } from "@parley/client";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useObservable, useParley, useServices } from "../app/context.ts";
import { Button } from "../design/controls.tsx";
import { Confirm } from "../design/Dialog.tsx";

function isUnsent({ draft, last_message }: Conversation): boolean {
  return draft.trim() !== "" || last_message?.sending != null;
}

/** Ends the session here. Where something would be lost by it, or the server cannot be told, one is asked first. */
export function SignOut() {
  const { session } = useServices();
  const parley = useParley();
  const isConnected = useObservable(parley.connection).state === "live";
  const hasUnsent = (useObservable(parley.conversations) ?? []).some(isUnsent);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);

  function leave(): void {
    setBusy(true);
    void session.signOut();
  }

  return (
    <>
      <Button
        disabled={busy}
        onClick={() => {
          if (isConnected && !hasUnsent) leave();
          else setAsking(true);
        }}
      >
        {busy ? <Trans>Signing out…</Trans> : <Trans>Sign out</Trans>}
      </Button>
      {asking && (
        <Confirm
          title={<Trans>Sign out?</Trans>}
          text={
            <>
              <Trans>
                Nothing of yours stays on this device: what you have written and not sent is lost.
              </Trans>{" "}
              {!isConnected && (
                <Trans>
                  The server cannot be reached just now. It is told that you left as soon as this
                  browser reaches it.
                </Trans>
              )}
            </>
          }
          action={<Trans>Sign out</Trans>}
          onClose={() => {
            setAsking(false);
          }}
          onConfirm={leave}
        />
      )}
    </>
  );
}
