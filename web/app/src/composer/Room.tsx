import { Plural, Trans } from "@lingui/react/macro";

import styles from "./Composer.module.css";
import type { RoomLeft } from "./room.ts";

/** Near the limit of a message says what is left, beyond it what is too much. */
export function Room({ room: { left, excess } }: { room: RoomLeft }) {
  if (excess > 0) {
    return (
      <p role="alert" className={styles["problem"]}>
        <Plural
          value={excess}
          one="# character is too many for one message."
          other="# characters are too many for one message."
        />{" "}
        <Trans>It all stays here until you shorten it or send it in parts.</Trans>
      </p>
    );
  }
  if (left === null) return null;
  return (
    <p className={styles["left"]}>
      <Plural
        value={left}
        one="room for about # more character"
        other="room for about # more characters"
      />
    </p>
  );
}
