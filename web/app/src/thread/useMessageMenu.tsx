import type { Conversation, Message, Timeline } from "@parley/client";
import { Trans, useLingui } from "@lingui/react/macro";
import { Copy, Info, Reply } from "lucide-react";
import { lazy, type MouseEvent, type ReactNode, Suspense, useCallback, useState } from "react";

import { copyText } from "../design/copy.ts";
import { Menu, type MenuItem, type MenuPlace } from "../design/Menu.tsx";
import { Toast } from "../design/Toast.tsx";
import { useMenuPress } from "../design/useMenuPress.ts";

const MessageDetails = lazy(async () => ({
  default: (await import("./MessageDetails.tsx")).MessageDetails,
}));

type Shown =
  | { readonly what: "menu"; readonly message: Message; readonly at: MenuPlace }
  | { readonly what: "details"; readonly message: Message }
  | { readonly what: "copied"; readonly done: boolean };

/** The browser's own menu is wanted for links and for a part that is selected. */
function isForBrowser(pressed: Element): boolean {
  const selection = window.getSelection();
  const hasSelected =
    selection !== null && !selection.isCollapsed && selection.containsNode(pressed, true);
  return hasSelected || pressed.closest("a") !== null;
}

/**
 * What can be done with a message: by the right button, a long press, the menu key or its button. One for the whole list, so
 * that a message costs nothing for it. `handlers` go on the list, `overlay` beside it.
 */
export function useMessageMenu(parts: {
  conversation: Conversation;
  timeline: Timeline;
  onReply: (message: Message) => void;
}): {
  readonly handlers: ReturnType<typeof useMenuPress> & { onClick: (event: MouseEvent) => void };
  readonly overlay: ReactNode;
} {
  const { conversation, timeline, onReply } = parts;
  const { t } = useLingui();
  const [shown, setShown] = useState<Shown | null>(null);
  const close = useCallback(() => {
    setShown(null);
  }, []);

  function openAt(pressed: Element, at: MenuPlace): boolean {
    const key = pressed.closest<HTMLElement>("[data-key]")?.dataset["key"];
    const item = timeline.items.find((each) => each.key === key);
    if (item?.type !== "message" || item.message.deleted_at !== null) return false;
    setShown({ what: "menu", message: item.message, at });
    return true;
  }
  const press = useMenuPress((pressed, at) => !isForBrowser(pressed) && openAt(pressed, at));

  async function copy(message: Message): Promise<void> {
    setShown({ what: "copied", done: await copyText(message.text) });
  }

  function itemsOf(message: Message): readonly MenuItem[] {
    const copying: MenuItem = {
      key: "copy",
      icon: <Copy size={19} />,
      label: <Trans>Copy the text</Trans>,
      onSelect: () => void copy(message),
    };
    if (message.seq === null) return [copying];
    return [
      {
        key: "reply",
        icon: <Reply size={19} />,
        label: <Trans>Reply</Trans>,
        onSelect: () => {
          onReply(message);
        },
      },
      copying,
      {
        key: "details",
        icon: <Info size={19} />,
        label: <Trans>Seen by, and more</Trans>,
        onSelect: () => {
          setShown({ what: "details", message });
        },
      },
    ];
  }

  return {
    handlers: {
      ...press,
      onClick: ({ target }) => {
        const button = target instanceof Element ? target.closest("[data-menu]") : null;
        if (button === null) return;
        const { left, right, bottom } = button.getBoundingClientRect();
        const isRtl = document.documentElement.dir === "rtl";
        openAt(button, { x: isRtl ? right : left, y: bottom });
      },
    },
    overlay: (
      <>
        {shown?.what === "menu" && (
          <Menu label={t`Message`} at={shown.at} items={itemsOf(shown.message)} onClose={close} />
        )}
        {shown?.what === "details" && (
          <Suspense>
            <MessageDetails conversation={conversation} message={shown.message} onClose={close} />
          </Suspense>
        )}
        <Toast onEnd={close}>
          {shown?.what !== "copied" ? null : shown.done ? (
            <Trans>Copied.</Trans>
          ) : (
            <Trans>The browser does not let the page copy. Select the text yourself.</Trans>
          )}
        </Toast>
      </>
    ),
  };
}
