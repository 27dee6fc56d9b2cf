import { Trans, useLingui } from "@lingui/react/macro";
import { EmojiPicker as Picker } from "frimousse";

import styles from "./EmojiPicker.module.css";

/** Newer ones are empty places where the system's letters are some years old. */
const UNICODE_EMOJI = 15;

/** All emoji, to be searched by their English names; the data come from our own server. */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useLingui();
  return (
    <Picker.Root
      className={styles["picker"]}
      emojibaseUrl="/emoji"
      emojiVersion={UNICODE_EMOJI}
      onEmojiSelect={({ emoji }) => {
        onPick(emoji);
      }}
    >
      <Picker.Search
        className={styles["search"]}
        aria-label={t`Search emoji`}
        placeholder={t`Search`}
        autoFocus
      />
      <Picker.Viewport className={styles["viewport"]}>
        <Picker.Loading className={styles["state"]}>
          <Trans>Loading…</Trans>
        </Picker.Loading>
        <Picker.Empty className={styles["state"]}>
          <Trans>No emoji is called that.</Trans>
        </Picker.Empty>
        <Picker.List
          className={styles["list"]}
          components={{
            CategoryHeader: ({ category, ...rest }) => (
              <div {...rest} className={styles["category"]}>
                {category.label}
              </div>
            ),
            Emoji: ({ emoji, ...rest }) => (
              <button {...rest} className={styles["emoji"]}>
                {emoji.emoji}
              </button>
            ),
          }}
        />
      </Picker.Viewport>
    </Picker.Root>
  );
}
