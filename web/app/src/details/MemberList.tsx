import type { Conversation, Member, User } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { Avatar } from "../design/Avatar.tsx";
import { Button, IconButton } from "../design/controls.tsx";
import page from "../design/page.module.css";
import { useOpenProfile } from "../people/profile.ts";
import styles from "./Details.module.css";

type Attempt = (work: Promise<void>) => void;

/** Everybody in a group; with each, what one may do. */
export function MemberList(props: { conversation: Conversation; me: User; attempt: Attempt }) {
  const { conversation, me, attempt } = props;
  const members = useObservable(useParley().members(conversation.id));
  const [open, setOpen] = useState<string | null>(null);
  return (
    <section>
      <h3 className={styles["heading"]}>
        <Trans>Members</Trans>
      </h3>
      <ul className={page["list"]}>
        {(members ?? []).map((member) => (
          <MemberRow
            key={member.user.id}
            conversation={conversation}
            member={member}
            me={me}
            attempt={attempt}
            open={open === member.user.id}
            onToggle={() => {
              setOpen(open === member.user.id ? null : member.user.id);
            }}
          />
        ))}
      </ul>
    </section>
  );
}

function MemberRow(props: {
  conversation: Conversation;
  member: Member;
  me: User;
  attempt: Attempt;
  open: boolean;
  onToggle: () => void;
}) {
  const { conversation, member, me, attempt, open, onToggle } = props;
  const { t } = useLingui();
  const openProfile = useOpenProfile();
  const { user, role } = member;
  const mine = user.id === me.id;
  return (
    <li className={styles["member"]}>
      <button
        type="button"
        className={styles["person"]}
        aria-haspopup="dialog"
        onClick={() => {
          openProfile(user);
        }}
      >
        <Avatar id={user.id} name={user.display_name} url={user.avatar_url} size={40} />
        <span className={page["grow"]}>
          <span>
            <bdi>{user.display_name}</bdi>
          </span>
          <span className={page["small"]} dir="ltr">
            @{user.username}
          </span>
        </span>
      </button>
      <span className={styles["role"]}>
        {mine && <Trans>You</Trans>}
        {mine && role === "admin" && " · "}
        {role === "admin" && <Trans>Administrator</Trans>}
      </span>
      {!mine && (
        <IconButton
          label={t`What to do with ${user.display_name}`}
          aria-expanded={open}
          onClick={onToggle}
        >
          <Ellipsis size={20} />
        </IconButton>
      )}
      {open && <MemberActions conversation={conversation} member={member} attempt={attempt} />}
    </li>
  );
}

function MemberActions(props: { conversation: Conversation; member: Member; attempt: Attempt }) {
  const { conversation, member, attempt } = props;
  const parley = useParley();
  const [, navigate] = useLocation();
  const { user, role } = member;
  return (
    <div className={styles["actions"]}>
      <Button
        onClick={() => {
          attempt(
            parley.openDirect(user.id).then(({ id }) => {
              navigate(`/c/${id}`);
            }),
          );
        }}
      >
        <Trans>Write a message</Trans>
      </Button>
      {conversation.role === "admin" && (
        <>
          <Button
            onClick={() => {
              const next = role === "admin" ? "member" : "admin";
              attempt(parley.setRole(conversation.id, user.id, next));
            }}
          >
            {role === "admin" ? (
              <Trans>Take administration away</Trans>
            ) : (
              <Trans>Make administrator</Trans>
            )}
          </Button>
          <Button
            danger
            onClick={() => {
              attempt(parley.removeMember(conversation.id, user.id));
            }}
          >
            <Trans>Remove from the group</Trans>
          </Button>
        </>
      )}
    </div>
  );
}
