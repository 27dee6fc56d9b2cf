import type { User } from "@parley/client";

import { Avatar } from "../design/Avatar.tsx";
import styles from "../design/page.module.css";

/** A person who can be ticked. */
export function PersonChoice(props: { user: User; chosen: boolean; onToggle: () => void }) {
  const { user, chosen, onToggle } = props;
  return (
    <li>
      <label className={styles["choice"]}>
        <Avatar id={user.id} name={user.display_name} url={user.avatar_url} size={40} />
        <span className={styles["grow"]}>
          <span>
            <bdi>{user.display_name}</bdi>
          </span>
          <span className={styles["small"]} dir="ltr">
            @{user.username}
          </span>
        </span>
        <input type="checkbox" checked={chosen} onChange={onToggle} />
      </label>
    </li>
  );
}
