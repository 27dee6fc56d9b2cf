import type { Parley, User } from "@parley/client";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { otherPerson } from "../conversations/name.ts";
import { Avatar } from "../design/Avatar.tsx";
import { Button } from "../design/controls.tsx";
import { Dialog } from "../design/Dialog.tsx";
import page from "../design/page.module.css";
import { LastSeen } from "../thread/ThreadStatus.tsx";
import styles from "./ProfileCard.module.css";

/** Who somebody is, and the way to write to them. `given`: as known where the card was asked for. */
export function ProfileCard({ user: given, onClose }: { user: User; onClose: () => void }) {
  const parley = useParley();
  const me = useObservable(parley.me);
  const user = useObservable(parley.user(given.id)) ?? given;
  return (
    <Dialog
      above={<Avatar id={user.id} name={user.display_name} url={user.avatar_url} size={96} />}
      title={<bdi>{user.display_name}</bdi>}
      onClose={onClose}
    >
      <div className={styles["lines"]}>
        <p dir="ltr">@{user.username}</p>
        <p>{user.id === me.id ? <Trans>This is you</Trans> : <LastSeen userId={user.id} />}</p>
      </div>
      {user.id === me.id ? <OwnActions onClose={onClose} /> : <Actions {...{ user, onClose }} />}
    </Dialog>
  );
}

/** The address of the conversation that there is with somebody; made where there is none. */
async function directWith(parley: Parley, user: User): Promise<string> {
  const meId = parley.me.get().id;
  const known = parley.conversations.get()?.find((each) => otherPerson(each, meId)?.id === user.id);
  return `/c/${(known ?? (await parley.openDirect(user.id))).id}`;
}

function Actions({ user, onClose }: { user: User; onClose: () => void }) {
  const parley = useParley();
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function write(): Promise<void> {
    setBusy(true);
    setFailure(null);
    try {
      const path = await directWith(parley, user);
      onClose();
      navigate(path);
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  }

  return (
    <>
      {failure !== null && (
        <p role="alert" className={`${page["problem"] ?? ""} ${styles["problem"] ?? ""}`}>
          {inPlainWords(failure)}
        </p>
      )}
      <div className={styles["buttons"]}>
        <Button primary autoFocus disabled={busy} onClick={() => void write()}>
          <Trans>Write a message</Trans>
        </Button>
        <Button onClick={onClose}>
          <Trans>Close</Trans>
        </Button>
      </div>
    </>
  );
}

function OwnActions({ onClose }: { onClose: () => void }) {
  const [, navigate] = useLocation();
  return (
    <div className={styles["buttons"]}>
      <Button
        primary
        autoFocus
        onClick={() => {
          onClose();
          navigate("/settings");
        }}
      >
        <Trans>Change it in the settings</Trans>
      </Button>
      <Button onClick={onClose}>
        <Trans>Close</Trans>
      </Button>
    </div>
  );
}
