import { Trans } from "@lingui/react/macro";
import { Unlink } from "lucide-react";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";

import { useParley, useServices } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { EmptyState } from "../design/EmptyState.tsx";
import { conversationWith } from "./conversationWith.ts";

/** Who has an account already is led from an invitation to the conversation with who invites. */
export function OpenInvitation({ token }: { token: string }) {
  const { backend } = useServices();
  const parley = useParley();
  const [, navigate] = useLocation();
  const [problem, setProblem] = useState<{ readonly error: unknown } | null>(null);

  useEffect(() => {
    let current = true;
    async function open(): Promise<void> {
      const inviter = await backend.inviter(token);
      if (!current) return;
      if (inviter === null) {
        setProblem({ error: null });
        return;
      }
      const own = inviter.id === parley.me.get().id;
      const path = own ? "/" : await conversationWith(parley, inviter);
      navigate(path, { replace: true });
    }
    open().catch((error: unknown) => {
      if (current) setProblem({ error });
    });
    return () => {
      current = false;
    };
  }, [backend, parley, token, navigate]);

  if (problem === null) return null;
  return (
    <EmptyState
      icon={<Unlink size={38} strokeWidth={1.5} />}
      title={<Trans>The invitation could not be opened</Trans>}
      text={
        problem.error === null ? (
          <Trans>It has expired or was used up. Ask for a new one.</Trans>
        ) : (
          inPlainWords(problem.error)
        )
      }
    />
  );
}
