import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";

import styles from "./Admin.module.css";
import { useUser } from "./context.ts";

/** The name of who has an id, leading to them among the people. */
export function UserName({ id }: { id: string }) {
  const user = useUser(id);
  if (user === undefined) return "…";
  if (user === null) return <Trans>somebody</Trans>;
  return (
    <Link
      href={`/admin/people?query=${encodeURIComponent(user.username)}`}
      className={styles["user"] ?? ""}
    >
      <bdi>{user.display_name}</bdi>
    </Link>
  );
}
