import type { Conversation } from "@parley/client";
import { Trans } from "@lingui/react/macro";
import { CheckCheck, Info } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { Menu, type MenuItem, type MenuPlace } from "../design/Menu.tsx";
import { useMenuPress } from "../design/useMenuPress.ts";
import { muteItems } from "../notifications/muteItems.tsx";
import { useMuted } from "../notifications/useMuted.ts";
import { conversationName } from "./name.ts";

interface Shown {
  readonly id: string;
  readonly at: MenuPlace;
}

/** What can be done with a conversation of the list, by its menu. `handlers` go on the list, `overlay` beside it. */
export function useConversationMenu(): {
  readonly handlers: ReturnType<typeof useMenuPress>;
  readonly overlay: ReactNode;
} {
  const [shown, setShown] = useState<Shown | null>(null);
  const close = useCallback(() => {
    setShown(null);
  }, []);
  const handlers = useMenuPress((pressed, at) => {
    const id = pressed.closest<HTMLElement>("[data-conversation]")?.dataset["conversation"];
    if (id === undefined) return false;
    setShown({ id, at });
    return true;
  });
  return { handlers, overlay: shown !== null && <ConversationMenu {...shown} onClose={close} /> };
}

function ConversationMenu({ id, at, onClose }: Shown & { onClose: () => void }) {
  const conversation = useObservable(useParley().conversation(id));
  if (conversation === null) return null;
  return <MenuOf conversation={conversation} at={at} onClose={onClose} />;
}

function MenuOf(props: { conversation: Conversation; at: MenuPlace; onClose: () => void }) {
  const { conversation, at, onClose } = props;
  const { id, last_seq, unread_count } = conversation;
  const parley = useParley();
  const me = useObservable(parley.me);
  const { here } = useMuted(conversation);
  const [, navigate] = useLocation();
  const reading: MenuItem = {
    key: "read",
    icon: <CheckCheck size={19} />,
    label: <Trans>Mark as read</Trans>,
    onSelect: () => {
      parley.markRead(id, last_seq);
    },
  };
  const details: MenuItem = {
    key: "details",
    icon: <Info size={19} />,
    label: <Trans>Details</Trans>,
    onSelect: () => {
      navigate(`/c/${id}/details`);
    },
  };
  return (
    <Menu
      label={conversationName(conversation, me.id)}
      at={at}
      items={[
        ...(unread_count > 0 ? [reading] : []),
        ...muteItems(conversation, here, parley.serverNow()),
        details,
      ]}
      onClose={onClose}
    />
  );
}
