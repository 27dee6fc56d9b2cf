import type { Conversation } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { Bell, BellOff } from "lucide-react";
import { useCallback, useState } from "react";

import { useParley } from "../app/context.ts";
import { Button } from "../design/controls.tsx";
import { Menu, type MenuPlace } from "../design/Menu.tsx";
import page from "../design/page.module.css";
import { momentName } from "../design/time.ts";
import { mute } from "../notifications/mutes.ts";
import { muteItems } from "../notifications/muteItems.tsx";
import { useMuted } from "../notifications/useMuted.ts";
import styles from "./Details.module.css";

/** Whether this device tells of a conversation's messages. */
export function MuteChoice({ conversation }: { conversation: Conversation }) {
  const { i18n, t } = useLingui();
  const parley = useParley();
  const { here, until } = useMuted(conversation);
  const [at, setAt] = useState<MenuPlace | null>(null);
  const close = useCallback(() => {
    setAt(null);
  }, []);
  return (
    <section className={styles["mute"]}>
      {here && (
        <p className={page["small"]}>
          {until === null ? (
            <Trans>Muted on this device: no sound, no notification.</Trans>
          ) : (
            <Trans>Muted on this device until {momentName(until, i18n.locale)}.</Trans>
          )}
        </p>
      )}
      {here ? (
        <Button
          onClick={() => {
            mute(conversation.id, null);
          }}
        >
          <Bell size={18} aria-hidden="true" />
          <Trans>Unmute</Trans>
        </Button>
      ) : (
        <Button
          aria-haspopup="menu"
          onClick={({ currentTarget }) => {
            const { left, right, bottom } = currentTarget.getBoundingClientRect();
            const isRtl = document.documentElement.dir === "rtl";
            setAt({ x: isRtl ? right : left, y: bottom + 4 });
          }}
        >
          <BellOff size={18} aria-hidden="true" />
          <Trans>Mute…</Trans>
        </Button>
      )}
      {at !== null && (
        <Menu
          label={t`Mute`}
          at={at}
          items={muteItems(conversation, here, parley.serverNow())}
          onClose={close}
        />
      )}
    </section>
  );
}
