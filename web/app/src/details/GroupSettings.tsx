import type { Conversation } from "@parley/client";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useParley } from "../app/context.ts";
import { atField } from "../app/errors.ts";
import { Button, TextField } from "../design/controls.tsx";
import page from "../design/page.module.css";
import styles from "./Details.module.css";

/** A group's name, and what new members may read; for its administrators. */
export function GroupSettings({ conversation }: { conversation: Conversation }) {
  const parley = useParley();
  const [title, setTitle] = useState(conversation.title ?? "");
  const [failure, setFailure] = useState<unknown>(null);
  const wanted = title.trim();
  const changed = wanted !== "" && wanted !== (conversation.title ?? "");

  function change(what: { title?: string; history?: "joined" | "all" }): void {
    setFailure(null);
    parley.updateConversation(conversation.id, what).catch(setFailure);
  }

  return (
    <form
      className={page["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) change({ title: wanted });
      }}
    >
      <div className={styles["rename"]}>
        <TextField
          label={<Trans>Name of the group</Trans>}
          dir="auto"
          maxLength={200}
          value={title}
          error={failure === null ? undefined : atField(failure, "title")}
          onChange={(event) => {
            setTitle(event.target.value);
          }}
        />
        <Button type="submit" disabled={!changed}>
          <Trans>Rename</Trans>
        </Button>
      </div>
      <fieldset className={page["fieldset"]}>
        <legend>
          <Trans>New members read</Trans>
        </legend>
        <label>
          <input
            type="radio"
            name="history"
            checked={conversation.history === "joined"}
            onChange={() => {
              change({ history: "joined" });
            }}
          />
          <Trans>from their joining on</Trans>
        </label>
        <label>
          <input
            type="radio"
            name="history"
            checked={conversation.history === "all"}
            onChange={() => {
              change({ history: "all" });
            }}
          />
          <Trans>everything</Trans>
        </label>
      </fieldset>
    </form>
  );
}
