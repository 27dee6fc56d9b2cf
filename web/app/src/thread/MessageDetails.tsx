import type { Conversation, Member, Message } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { useObservable, useParley } from "../app/context.ts";
import { Avatar } from "../design/Avatar.tsx";
import { Button } from "../design/controls.tsx";
import { Dialog } from "../design/Dialog.tsx";
import dialog from "../design/Dialog.module.css";
import { momentName } from "../design/time.ts";
import styles from "./MessageDetails.module.css";

/** When a message was sent, and how far it came with each of the others. */
export function MessageDetails(props: {
  conversation: Conversation;
  message: Message;
  onClose: () => void;
}) {
  const { conversation, message, onClose } = props;
  const { i18n } = useLingui();
  const members = useObservable(useParley().members(conversation.id)) ?? [];
  const seq = message.seq ?? Infinity;
  const others = members.filter(({ user }) => user.id !== message.sender_id);
  const seen = others.filter(({ read_seq }) => read_seq >= seq);
  const unseen = others.filter(({ read_seq }) => read_seq < seq);
  return (
    <Dialog title={<Trans>Message</Trans>} onClose={onClose}>
      <p className={dialog["text"]}>
        <Trans>Sent on {momentName(message.sent_at, i18n.locale)}</Trans>
      </p>
      <People title={<Trans>Seen by</Trans>} members={seen} />
      <People
        title={<Trans>Delivered to</Trans>}
        members={unseen.filter(({ delivered_seq }) => delivered_seq >= seq)}
      />
      <People
        title={<Trans>Not yet delivered to</Trans>}
        members={unseen.filter(({ delivered_seq }) => delivered_seq < seq)}
      />
      <div className={dialog["buttons"]}>
        <Button autoFocus onClick={onClose}>
          <Trans>Close</Trans>
        </Button>
      </div>
    </Dialog>
  );
}

function People({ title, members }: { title: ReactNode; members: readonly Member[] }) {
  if (members.length === 0) return null;
  return (
    <section>
      <h3 className={styles["heading"]}>{title}</h3>
      <ul className={styles["people"]}>
        {members.map(({ user }) => (
          <li key={user.id} className={styles["person"]}>
            <Avatar id={user.id} name={user.display_name} url={user.avatar_url} size={32} />
            <bdi className={styles["name"]}>{user.display_name}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}
