import { Plural, Trans } from "@lingui/react/macro";
import { type ReactNode, useCallback, useState } from "react";

import type { Invitation } from "../app/backend.ts";
import { useServices } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { CopyLink } from "../design/CopyLink.tsx";
import page from "../design/page.module.css";
import { More } from "../paging/More.tsx";
import { usePages } from "../paging/usePages.ts";
import { InvitationRow } from "./InvitationRow.tsx";
import { InviteForm } from "./InviteForm.tsx";
import { QrCode } from "./QrCode.tsx";
import styles from "./Settings.module.css";

interface Made {
  readonly invitation: Invitation;
  readonly url: string;
}

/**
 * One's own invitations: making one (a link to send, and a QR code to show), and the ones that still hold. With `choices`
 * one says for how many people and how long.
 */
export function Invitations(props: { title: ReactNode; choices?: boolean }) {
  const { backend } = useServices();
  const load = useCallback((cursor: string | null) => backend.invitations(cursor), [backend]);
  const pages = usePages(load);
  const [made, setMade] = useState<Made | null>(null);

  function onMade(invitation: Invitation & { readonly url: string }): void {
    // Under the address that this page has: the one that surely leads here.
    setMade({ invitation, url: window.location.origin + new URL(invitation.url).pathname });
    pages.change((known) => [invitation, ...known]);
  }
  function onRevoked(id: string): void {
    if (made?.invitation.id === id) setMade(null);
    pages.change((known) => known.filter((invitation) => invitation.id !== id));
  }

  return (
    <section className={page["form"]}>
      <h2 className={styles["heading"]}>{props.title}</h2>
      <InviteForm choices={props.choices === true} onMade={onMade} />
      {made !== null && <NewLink key={made.url} made={made} />}
      {pages.items !== null && pages.items.length > 0 && (
        <ul className={page["list"]}>
          {pages.items.map((invitation) => (
            <InvitationRow key={invitation.id} invitation={invitation} onRevoked={onRevoked} />
          ))}
        </ul>
      )}
      <More pages={pages} words={inPlainWords} />
    </section>
  );
}

function NewLink({ made }: { made: Made }) {
  return (
    <div className={styles["invitation"]}>
      <QrCode text={made.url} />
      <CopyLink url={made.url}>
        <Plural
          value={made.invitation.max_uses}
          one="It is good for one person, and shown only now."
          other="It is good for # people, and shown only now."
        />{" "}
        <Trans>Pass it on to whom you would like here.</Trans>
      </CopyLink>
    </div>
  );
}
