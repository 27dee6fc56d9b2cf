import type { Message } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { Info, MessageCircleOff } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { Composer } from "../composer/Composer.tsx";
import { conversationName, otherPerson } from "../conversations/name.ts";
import { Avatar } from "../design/Avatar.tsx";
import { IconButton } from "../design/controls.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { Header, HeaderTitle } from "../design/Header.tsx";
import { useOpenProfile } from "../people/profile.ts";
import { MessageList } from "./MessageList.tsx";
import { ThreadStatus } from "./ThreadStatus.tsx";
import styles from "./Thread.module.css";

/** One conversation: who it is with, its messages, and where one writes. */
export function Thread({ id, details }: { id: string; details: boolean }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const parley = useParley();
  const me = useObservable(parley.me);
  const known = useObservable(parley.conversations);
  const conversation = useObservable(parley.conversation(id));
  const openProfile = useOpenProfile();
  const [replyTo, setReplyTo] = useState<Message | null>(null);

  if (conversation === null) {
    if (known === null) return null;
    return (
      <EmptyState
        icon={<MessageCircleOff size={38} strokeWidth={1.5} />}
        title={<Trans>This conversation is not here</Trans>}
        text={<Trans>You may have left it, or the link is wrong.</Trans>}
      />
    );
  }
  const name = conversationName(conversation, me.id);
  const other = otherPerson(conversation, me.id);
  return (
    <>
      <Header>
        {other === null ? (
          <Avatar id={id} name={name} url={conversation.photo_url} size={40} />
        ) : (
          <button
            type="button"
            className={styles["face"]}
            aria-label={t`Profile of ${name}`}
            aria-haspopup="dialog"
            onClick={() => {
              openProfile(other);
            }}
          >
            <Avatar id={other.id} name={name} url={other.avatar_url} size={40} />
          </button>
        )}
        <div className={styles["heading"]}>
          <HeaderTitle>{name}</HeaderTitle>
          <ThreadStatus conversation={conversation} otherId={other?.id ?? null} />
        </div>
        <IconButton
          label={t`Details`}
          aria-pressed={details}
          onClick={() => {
            navigate(details ? `/c/${id}` : `/c/${id}/details`);
          }}
        >
          <Info size={21} />
        </IconButton>
      </Header>
      <MessageList conversation={conversation} me={me} onReply={setReplyTo} />
      <Composer
        conversation={conversation}
        replyTo={replyTo}
        onReplyEnd={() => {
          setReplyTo(null);
        }}
      />
    </>
  );
}
