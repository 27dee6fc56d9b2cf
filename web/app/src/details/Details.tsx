import type { Conversation, User } from "@parley/client";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { conversationName, otherPerson } from "../conversations/name.ts";
import { Avatar } from "../design/Avatar.tsx";
import { Button, IconButton } from "../design/controls.tsx";
import { Confirm } from "../design/Dialog.tsx";
import { HeaderTitle } from "../design/Header.tsx";
import page from "../design/page.module.css";
import { LastSeen } from "../thread/ThreadStatus.tsx";
import { AddPeople } from "./AddPeople.tsx";
import styles from "./Details.module.css";
import { GroupSettings } from "./GroupSettings.tsx";
import { MemberList } from "./MemberList.tsx";
import { MuteChoice } from "./MuteChoice.tsx";

/** What there is to know about a conversation, and to change. */
export function Details({ id }: { id: string }) {
  const { t } = useLingui();
  const parley = useParley();
  const me = useObservable(parley.me);
  const conversation = useObservable(parley.conversation(id));
  const [, navigate] = useLocation();
  if (conversation === null) return null;
  const name = conversationName(conversation, me.id);
  const other = otherPerson(conversation, me.id);
  return (
    <>
      <header className={styles["header"]}>
        <IconButton
          label={t`Close the details`}
          onClick={() => {
            navigate(`/c/${id}`);
          }}
        >
          <X size={21} />
        </IconButton>
        <HeaderTitle>
          <Trans>Details</Trans>
        </HeaderTitle>
      </header>
      <div className={styles["body"]}>
        <div className={styles["who"]}>
          <Avatar
            id={other?.id ?? id}
            name={name}
            url={other?.avatar_url ?? conversation.photo_url}
            size={96}
          />
          <h2 className={styles["name"]}>
            <bdi>{name}</bdi>
          </h2>
          {other === null ? (
            <p className={page["small"]}>
              <Plural value={conversation.member_count} one="# member" other="# members" />
            </p>
          ) : (
            <PersonLines user={other} />
          )}
        </div>
        <MuteChoice conversation={conversation} />
        {conversation.kind === "group" && <Group conversation={conversation} me={me} />}
      </div>
    </>
  );
}

function PersonLines({ user }: { user: User }) {
  return (
    <>
      <p className={page["small"]} dir="ltr">
        @{user.username}
      </p>
      <p className={page["small"]}>
        <LastSeen userId={user.id} />
      </p>
    </>
  );
}

function Group({ conversation, me }: { conversation: Conversation; me: User }) {
  const parley = useParley();
  const [, navigate] = useLocation();
  const [failure, setFailure] = useState<unknown>(null);
  const [leaving, setLeaving] = useState(false);
  const isAdmin = conversation.role === "admin";
  const attempt = (work: Promise<void>): void => {
    setFailure(null);
    work.catch(setFailure);
  };
  return (
    <>
      {failure !== null && (
        <p role="alert" className={page["problem"]}>
          {inPlainWords(failure)}
        </p>
      )}
      {isAdmin && <GroupSettings key={conversation.title} conversation={conversation} />}
      {isAdmin && <AddPeople conversation={conversation} />}
      <MemberList conversation={conversation} me={me} attempt={attempt} />
      <Button
        danger
        onClick={() => {
          setLeaving(true);
        }}
      >
        <Trans>Leave the group</Trans>
      </Button>
      {leaving && (
        <Confirm
          title={<Trans>Leave the group?</Trans>}
          text={<Trans>You will not see its messages any more, on none of your devices.</Trans>}
          action={<Trans>Leave</Trans>}
          onClose={() => {
            setLeaving(false);
          }}
          onConfirm={() => {
            attempt(
              parley.leave(conversation.id).then(() => {
                navigate("/");
              }),
            );
          }}
        />
      )}
    </>
  );
}
