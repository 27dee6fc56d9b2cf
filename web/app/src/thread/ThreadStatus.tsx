import type { Conversation } from "@parley/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";

import { useObservable, useParley } from "../app/context.ts";
import { Typing } from "../conversations/Typing.tsx";
import { ago } from "../design/ago.ts";
import { shortTime } from "../design/time.ts";
import { useNow } from "../design/useNow.ts";
import styles from "./Thread.module.css";

/** Longer ago one counts no days. */
const FORGOTTEN_AFTER_MS = 7 * 86_400_000;

/** Whether somebody is there, else when they last were. */
export function LastSeen({ userId }: { userId: string }) {
  const { i18n } = useLingui();
  const now = useNow();
  const parley = useParley();
  const presence = useObservable(parley.presence(userId));
  // Until the server tells, and without a network: as it was when one last heard of them.
  const known = useObservable(parley.user(userId))?.last_active_at ?? null;
  if (presence?.online === true) return <Trans>online</Trans>;
  const at = presence?.last_active_at ?? known;
  if (at === null) return null;
  const words =
    now - at < FORGOTTEN_AFTER_MS ? ago(at, now, i18n.locale) : shortTime(at, now, i18n.locale);
  return <Trans>last active {words}</Trans>;
}

/** The line under the name: who types, else who is there. */
export function ThreadStatus(props: { conversation: Conversation; otherId: string | null }) {
  const { conversation, otherId } = props;
  return (
    <p className={styles["status"]}>
      {conversation.typing.length > 0 ? (
        <Typing conversation={conversation} />
      ) : otherId === null ? (
        <Plural value={conversation.member_count} one="# member" other="# members" />
      ) : (
        <LastSeen userId={otherId} />
      )}
    </p>
  );
}
