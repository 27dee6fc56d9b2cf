import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Mail } from "lucide-react";
import { useState } from "react";

import type { Invitation } from "../app/backend.ts";
import { useServices } from "../app/context.ts";
import { errorCode, inPlainWords } from "../app/errors.ts";
import { Button } from "../design/controls.tsx";
import { Confirm } from "../design/Dialog.tsx";
import page from "../design/page.module.css";
import { momentName } from "../design/time.ts";
import styles from "./Settings.module.css";

/** An invitation that was made: how far it is used, and how to take it back. */
export function InvitationRow(props: { invitation: Invitation; onRevoked: (id: string) => void }) {
  const { invitation, onRevoked } = props;
  const { i18n, t } = useLingui();
  const { backend } = useServices();
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const made = momentName(invitation.created_at, i18n.locale);

  async function revoke(): Promise<void> {
    setFailure(null);
    try {
      await backend.revokeInvitation(invitation.id);
      onRevoked(invitation.id);
    } catch (error) {
      // It ended by itself in the meantime: that is what was wanted.
      if (errorCode(error) === "not_found") onRevoked(invitation.id);
      else setFailure(error);
    }
  }

  return (
    <li>
      <div className={styles["device"]}>
        <Mail size={22} aria-hidden="true" />
        <span className={page["grow"]}>
          <span>
            <Plural value={invitation.max_uses} one="For one person" other="For # people" />
          </span>
          <span className={page["small"]}>
            <Uses invitation={invitation} />{" "}
            <Trans>Until {momentName(invitation.expires_at, i18n.locale)}.</Trans>
          </span>
        </span>
        {invitation.used < invitation.max_uses && (
          <Button
            aria-label={t`Take back the invitation of ${made}`}
            onClick={() => {
              setAsking(true);
            }}
          >
            <Trans>Take back</Trans>
          </Button>
        )}
      </div>
      {failure !== null && (
        <p role="alert" className={page["problem"]}>
          {inPlainWords(failure)}
        </p>
      )}
      {asking && (
        <Confirm
          title={<Trans>Take the invitation back?</Trans>}
          text={<Trans>Its link leads nowhere any more. Who came with it stays.</Trans>}
          action={<Trans>Take back</Trans>}
          onClose={() => {
            setAsking(false);
          }}
          onConfirm={() => void revoke()}
        />
      )}
    </li>
  );
}

function Uses({ invitation }: { invitation: Invitation }) {
  const { max_uses, used } = invitation;
  if (used === 0) return <Trans>Nobody came with it yet.</Trans>;
  if (used === max_uses) return <Trans>Used up.</Trans>;
  return <Plural value={used} one="One person came with it." other="# people came with it." />;
}
