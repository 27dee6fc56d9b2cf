import type { Conversation } from "@parley/client";
import { Trans } from "@lingui/react/macro";
import { Bell, BellOff, Clock } from "lucide-react";

import type { MenuItem } from "../design/Menu.tsx";
import { FOREVER, mute } from "./mutes.ts";

const HOUR_MS = 3_600_000;

/** The ways to make a conversation quiet on this device, or to end that. */
export function muteItems(
  { id }: Conversation,
  isMuted: boolean,
  now: number,
): readonly MenuItem[] {
  const choose = (until: number | null) => () => {
    mute(id, until);
  };
  if (isMuted) {
    const label = <Trans>Unmute</Trans>;
    return [{ key: "unmute", icon: <Bell size={19} />, label, onSelect: choose(null) }];
  }
  return [
    {
      key: "hour",
      icon: <Clock size={19} />,
      label: <Trans>Mute for an hour</Trans>,
      onSelect: choose(now + HOUR_MS),
    },
    {
      key: "hours",
      icon: <Clock size={19} />,
      label: <Trans>Mute for eight hours</Trans>,
      onSelect: choose(now + 8 * HOUR_MS),
    },
    {
      key: "forever",
      icon: <BellOff size={19} />,
      label: <Trans>Mute until I unmute it</Trans>,
      onSelect: choose(FOREVER),
    },
  ];
}
