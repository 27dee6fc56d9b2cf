import type { Conversation, Message } from "@parley/client";
import { useLingui } from "@lingui/react/macro";
import { SendHorizontal, X } from "lucide-react";
import { type KeyboardEvent, useContext, useEffect, useMemo, useRef, useState } from "react";

import { ServerInfoContext, useObservable, useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { IconButton } from "../design/controls.tsx";
import { EmojiButton } from "../emoji/EmojiButton.tsx";
import styles from "./Composer.module.css";
import { Room } from "./Room.tsx";
import { roomIn } from "./room.ts";

/** What api.md promises of every server; the server's own figure goes before it. */
const TEXT_BYTES = 20_000;

/** A keyboard that is drawn on the screen has no other way to start a new line. */
function enterSends(): boolean {
  return !window.matchMedia("(pointer: coarse)").matches;
}

/** Where one writes. The draft is kept with each key; a text leaves the field only once the outbox holds it. */
export function Composer(props: {
  conversation: Conversation;
  replyTo: Message | null;
  onReplyEnd: () => void;
}) {
  const { conversation, replyTo, onReplyEnd } = props;
  const { t } = useLingui();
  const parley = useParley();
  const limit = useContext(ServerInfoContext)?.limits["text_bytes"] ?? TEXT_BYTES;
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(conversation.draft);
  const [failure, setFailure] = useState<unknown>(null);
  const room = useMemo(() => roomIn(text, limit), [text, limit]);
  const tooLong = room.excess > 0;

  function change(next: string): void {
    setText(next);
    parley.setDraft(conversation.id, next);
    parley.typing(conversation.id, next !== "");
  }

  /** Where the caret stands, which then stands behind it. */
  function insert(emoji: string): void {
    const input = field.current;
    if (input === null) return;
    input.focus();
    input.setRangeText(emoji, input.selectionStart, input.selectionEnd, "end");
    change(input.value);
  }

  async function send(): Promise<void> {
    const written = text;
    if (written.trim() === "" || tooLong) return;
    setFailure(null);
    change("");
    onReplyEnd();
    field.current?.focus();
    try {
      await parley.send(conversation.id, {
        text: written,
        ...(replyTo?.seq == null ? {} : { reply_to: replyTo.seq }),
      });
    } catch (error) {
      // What was written comes back in front of what was typed meanwhile.
      const restored = written + (field.current?.value ?? "");
      change(restored);
      setFailure(error);
    }
  }

  useEffect(() => {
    if (replyTo !== null) field.current?.focus();
  }, [replyTo]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape" && replyTo !== null) {
      event.preventDefault();
      onReplyEnd();
    }
    const sends = event.key === "Enter" && !event.shiftKey && enterSends();
    if (!sends || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  }

  return (
    <form
      className={styles["composer"]}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Room room={room} />
      {failure !== null && (
        <p role="alert" className={styles["problem"]}>
          {inPlainWords(failure)}
        </p>
      )}
      {replyTo !== null && <ReplyBar message={replyTo} onEnd={onReplyEnd} />}
      <div className={styles["row"]}>
        <EmojiButton onPick={insert} />
        <textarea
          ref={field}
          className={styles["input"]}
          rows={1}
          dir="auto"
          aria-label={t`Message`}
          placeholder={t`Message`}
          autoFocus={enterSends()}
          value={text}
          onChange={(event) => {
            change(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
        <IconButton
          label={t`Send`}
          type="submit"
          disabled={text.trim() === "" || tooLong}
          onPointerDown={(event) => {
            // The keyboard of a phone stays up.
            event.preventDefault();
          }}
        >
          <SendHorizontal size={22} />
        </IconButton>
      </div>
    </form>
  );
}

/** What the next message answers. */
function ReplyBar({ message, onEnd }: { message: Message; onEnd: () => void }) {
  const { t } = useLingui();
  const sender = useObservable(useParley().user(message.sender_id));
  return (
    <div className={styles["reply"]}>
      <span className={styles["replied"]}>
        <bdi className={styles["who"]}>{sender?.display_name}</bdi>
        <span dir="auto">{message.text.slice(0, 200)}</span>
      </span>
      <IconButton label={t`Do not reply`} onClick={onEnd}>
        <X size={18} />
      </IconButton>
    </div>
  );
}
