import { Trans, useLingui } from "@lingui/react/macro";
import { MessageCirclePlus, Settings, UserPlus } from "lucide-react";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { IconButton } from "../design/controls.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import styles from "./ConversationList.module.css";
import { ConversationRow } from "./ConversationRow.tsx";
import { conversationName } from "./name.ts";

/** All conversations, latest first, narrowed by what is typed into the search. */
export function ConversationList() {
  const { t } = useLingui();
  const parley = useParley();
  const me = useObservable(parley.me);
  const conversations = useObservable(parley.conversations);
  const [, navigate] = useLocation();
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLocaleLowerCase();
  const shown = (conversations ?? []).filter((conversation) =>
    conversationName(conversation, me.id).toLocaleLowerCase().includes(wanted),
  );

  return (
    <>
      <div className={styles["header"]}>
        <h1 className={styles["title"]}>
          <Trans>Chats</Trans>
        </h1>
        <IconButton
          label={t`Settings`}
          onClick={() => {
            navigate("/settings");
          }}
        >
          <Settings size={21} />
        </IconButton>
        <IconButton
          label={t`New conversation`}
          onClick={() => {
            navigate("/new");
          }}
        >
          <MessageCirclePlus size={21} />
        </IconButton>
      </div>
      {conversations !== null && conversations.length > 0 && (
        <div className={styles["search"]}>
          <input
            type="search"
            aria-label={t`Search conversations`}
            placeholder={t`Search`}
            dir="auto"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
            }}
          />
        </div>
      )}
      {conversations?.length === 0 ? (
        <EmptyState
          icon={<UserPlus size={38} strokeWidth={1.5} />}
          title={<Trans>Nobody to talk to yet</Trans>}
          text={<Trans>Find somebody by their name, and say hello.</Trans>}
        >
          <Link href="/new" className={styles["start"] ?? ""}>
            <Trans>Start a conversation</Trans>
          </Link>
        </EmptyState>
      ) : (
        <ul className={styles["list"]}>
          {shown.map((conversation) => (
            <ConversationRow key={conversation.id} conversation={conversation} me={me} />
          ))}
          {wanted !== "" && shown.length === 0 && (
            <li className={styles["none"]}>
              <Trans>No conversation is called that.</Trans>
            </li>
          )}
        </ul>
      )}
    </>
  );
}
