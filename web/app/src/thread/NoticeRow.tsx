import type { Notice } from "@parley/client";
import { Trans } from "@lingui/react/macro";

import { useObservable, useParley } from "../app/context.ts";
import styles from "./Thread.module.css";

function Name({ id }: { id: string }) {
  const parley = useParley();
  const me = useObservable(parley.me);
  const user = useObservable(parley.user(id));
  return <bdi>{id === me.id ? <Trans>You</Trans> : (user?.display_name ?? "…")}</bdi>;
}

function Names({ ids }: { ids: readonly string[] }) {
  return ids.map((id, index) => (
    <span key={id}>
      {index > 0 && ", "}
      <Name id={id} />
    </span>
  ));
}

function Words({ notice }: { notice: Notice }) {
  const { change, actor_id } = notice;
  const actor = <Name id={actor_id} />;
  switch (change.kind) {
    case "created":
      return <Trans>{actor} started the conversation</Trans>;
    case "title":
      return (
        <Trans>
          {actor} named the group <bdi>{change.title}</bdi>
        </Trans>
      );
    case "history":
      return change.history === "all" ? (
        <Trans>{actor} lets new members read the history</Trans>
      ) : (
        <Trans>{actor} lets new members read from their joining on</Trans>
      );
    case "members": {
      const added = <Names ids={change.added} />;
      const removed = <Names ids={change.removed} />;
      if (change.added.length > 0)
        return (
          <Trans>
            {actor} added {added}
          </Trans>
        );
      if (change.removed.length === 1 && change.removed[0] === actor_id) {
        return <Trans>{actor} left</Trans>;
      }
      if (change.removed.length > 0)
        return (
          <Trans>
            {actor} removed {removed}
          </Trans>
        );
      return <Trans>{actor} changed who is an administrator</Trans>;
    }
  }
}

/** What happened to the conversation itself, as a quiet line. */
export function NoticeRow({ notice }: { notice: Notice }) {
  return (
    <p className={styles["notice"]}>
      <Words notice={notice} />
    </p>
  );
}
