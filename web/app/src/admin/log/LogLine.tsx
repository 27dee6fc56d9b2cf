import { Trans, useLingui } from "@lingui/react/macro";
import {
  Ban,
  CircleCheck,
  DoorOpen,
  KeyRound,
  LogOut,
  type LucideIcon,
  MailX,
  ShieldCheck,
  ShieldMinus,
  SquarePen,
} from "lucide-react";
import type { ReactNode } from "react";

import { clockTime } from "../../design/time.ts";
import type { AuditItem } from "../administration.ts";
import { UserName } from "../UserName.tsx";
import styles from "./Log.module.css";

const PICTURES: Readonly<Record<string, LucideIcon>> = {
  "admin.claim": ShieldCheck,
  "admin.grant": ShieldCheck,
  "invitation.revoke": MailX,
  "person.demote": ShieldMinus,
  "person.disable": Ban,
  "person.enable": CircleCheck,
  "person.password_reset": KeyRound,
  "person.promote": ShieldCheck,
  "person.sign_out": LogOut,
  "settings.registration": DoorOpen,
};

/** Who did what to whom, and when. */
export function LogLine({ item }: { item: AuditItem }) {
  const { i18n } = useLingui();
  const Picture = PICTURES[item.action] ?? SquarePen;
  return (
    <li className={styles["line"]}>
      <Picture size={20} aria-hidden="true" />
      <span className={styles["what"]}>
        <Sentence item={item} />
      </span>
      <time className={styles["time"]} dateTime={new Date(item.at).toISOString()}>
        {clockTime(item.at, i18n.locale)}
      </time>
    </li>
  );
}

function Who({ item }: { item: AuditItem }) {
  if (item.admin === null) return <Trans>The server's command line</Trans>;
  return (
    <b>
      <bdi>{item.admin.display_name}</bdi>
    </b>
  );
}

function Sentence({ item }: { item: AuditItem }): ReactNode {
  const who = <Who item={item} />;
  const whom = item.target === null ? <Trans>somebody</Trans> : <UserName id={item.target} />;
  switch (item.action) {
    case "admin.claim":
      return <Trans>{who} became administrator by the server's link</Trans>;
    case "admin.grant":
    case "person.promote":
      return (
        <Trans>
          {who} made {whom} an administrator
        </Trans>
      );
    case "person.demote":
      return (
        <Trans>
          {who} took administration away from {whom}
        </Trans>
      );
    case "person.disable":
      return (
        <Trans>
          {who} disabled the account of {whom}
        </Trans>
      );
    case "person.enable":
      return (
        <Trans>
          {who} enabled the account of {whom}
        </Trans>
      );
    case "person.sign_out":
      return (
        <Trans>
          {who} signed {whom} out everywhere
        </Trans>
      );
    case "person.password_reset":
      return (
        <Trans>
          {who} made a link for a new password of {whom}
        </Trans>
      );
    case "invitation.revoke":
      return (
        <Trans>
          {who} took back an invitation of {whom}
        </Trans>
      );
    case "settings.registration":
      return <RegistrationSentence who={who} to={item.detail["to"]} />;
    default:
      return <Unknown item={item} who={who} />;
  }
}

function RegistrationSentence({ who, to }: { who: ReactNode; to: string | undefined }) {
  switch (to) {
    case "open":
      return <Trans>{who} let everybody join</Trans>;
    case "invitation":
      return <Trans>{who} let only those join who are invited</Trans>;
    case "closed":
      return <Trans>{who} let nobody join any more</Trans>;
    case undefined:
    default:
      return <Trans>{who} changed who may join</Trans>;
  }
}

/** What a newer server tells: as it tells it. */
function Unknown({ item, who }: { item: AuditItem; who: ReactNode }) {
  const facts = Object.entries(item.detail).map(([name, value]) => `${name}: ${value}`);
  return (
    <>
      {who} <code dir="ltr">{[item.action, ...facts].join(" · ")}</code>{" "}
      {item.target !== null && <UserName id={item.target} />}
    </>
  );
}
