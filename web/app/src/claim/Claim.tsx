import { Trans } from "@lingui/react/macro";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";

import { useServices } from "../app/context.ts";
import { errorCode, inPlainWords } from "../app/errors.ts";
import { Button } from "../design/controls.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { Header, HeaderTitle } from "../design/Header.tsx";
import page from "../design/page.module.css";
import { forgetClaim, waitingClaim } from "./claimToken.ts";

/** Where the administrator link leads: whoever is signed in becomes administrator, once they say so. */
export function Claim() {
  const { backend } = useServices();
  const [token] = useState(waitingClaim);
  const [state, setState] = useState<"asking" | "busy" | "done">("asking");
  const [failure, setFailure] = useState<unknown>(null);

  async function claim(wanted: string): Promise<void> {
    setState("busy");
    setFailure(null);
    try {
      await backend.claimAdmin(wanted);
      forgetClaim();
      setState("done");
    } catch (error) {
      if (errorCode(error) === "not_found") forgetClaim();
      setFailure(error);
      setState("asking");
    }
  }

  return (
    <>
      <Header>
        <HeaderTitle>
          <Trans>Administration</Trans>
        </HeaderTitle>
      </Header>
      <EmptyState
        icon={<ShieldCheck size={40} strokeWidth={1.5} />}
        title={
          state === "done" ? (
            <Trans>You are the administrator now</Trans>
          ) : (
            <Trans>Become the administrator</Trans>
          )
        }
        text={
          state === "done" ? (
            <Trans>You can look after this server and the people on it.</Trans>
          ) : (
            <Trans>
              The link that the server printed makes you its administrator. It works once.
            </Trans>
          )
        }
      >
        {state === "done" ? (
          <Link href="/admin">
            <Trans>To the administration</Trans>
          </Link>
        ) : token === null ? (
          <Link href="/">
            <Trans>To the conversations</Trans>
          </Link>
        ) : (
          <Button primary disabled={state === "busy"} onClick={() => void claim(token)}>
            <Trans>Become the administrator</Trans>
          </Button>
        )}
        {failure !== null && (
          <p role="alert" className={page["problem"]}>
            {errorCode(failure) === "not_found" ? (
              <Trans>This link is not good any more. Each one works once.</Trans>
            ) : (
              inPlainWords(failure)
            )}
          </p>
        )}
      </EmptyState>
    </>
  );
}
