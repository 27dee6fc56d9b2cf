import { Trans, useLingui } from "@lingui/react/macro";
import { MessageCirclePlus, Settings, UserPlus } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useRef, useState } from "react";
import { Link, useLocation } from "wouter";

import { useObservable, useParley } from "../app/context.ts";
import { IconButton } from "../design/controls.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import styles from "./ConversationList.module.css";
import { ConversationRow } from "./ConversationRow.tsx";
import { SearchResults } from "./SearchResults.tsx";
import { useConversationMenu } from "./useConversationMenu.tsx";

/** More than a screen has room for: they are painted before the others are drawn. */
const FIRST_ROWS = 24;

/** All conversations, latest first; what is typed into the search looks for people too. */
export function ConversationList() {
  const { t } = useLingui();
  const [, navigate] = useLocation();
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
      <Searchable />
    </>
  );
}

function Searchable() {
  const { t } = useLingui();
  const conversations = useObservable(useParley().conversations);
  const [path] = useLocation();
  const [query, setQuery] = useState("");
  const [searchedAt, setSearchedAt] = useState(path);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const menu = useConversationMenu();
  // What was looked for is found once something is opened.
  if (searchedAt !== path) {
    setSearchedAt(path);
    setQuery("");
  }
  if (conversations === null) return null;

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing || event.altKey) return;
    const entries = [...(list.current?.querySelectorAll<HTMLElement>("li > a, li > button") ?? [])];
    const at = entries.findIndex((entry) => entry === document.activeElement);
    const inField = document.activeElement === field.current;
    if (event.key === "ArrowDown") entries[at + 1]?.focus();
    else if (event.key === "Home" && !inField) entries[0]?.focus();
    else if (event.key === "End" && !inField) entries.at(-1)?.focus();
    else if (event.key === "ArrowUp") (entries[at - 1] ?? field.current)?.focus();
    else if (event.key === "Enter" && inField && query.trim() !== "") entries[0]?.click();
    else if (event.key === "Escape" && (query !== "" || !inField)) {
      setQuery("");
      field.current?.focus();
    } else return;
    event.preventDefault();
  }

  return (
    <div role="search" className={styles["searchable"]} onKeyDown={onKeyDown}>
      <div className={styles["search"]}>
        <input
          ref={field}
          type="search"
          aria-label={t`Search people and conversations`}
          placeholder={t`Search`}
          dir="auto"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
          }}
        />
      </div>
      <div ref={list} className={styles["list"]} {...menu.handlers}>
        {query.trim() === "" ? (
          <AllConversations />
        ) : (
          <SearchResults query={query} conversations={conversations} />
        )}
      </div>
      {menu.overlay}
    </div>
  );
}

function AllConversations() {
  const parley = useParley();
  const me = useObservable(parley.me);
  const conversations = useObservable(parley.conversations) ?? [];
  const drawn = useDeferredValue(conversations, conversations.slice(0, FIRST_ROWS));
  if (conversations.length === 0) {
    return (
      <EmptyState
        icon={<UserPlus size={38} strokeWidth={1.5} />}
        title={<Trans>Nobody to talk to yet</Trans>}
        text={<Trans>Find somebody by their name, and say hello.</Trans>}
      >
        <Link href="/new" className={styles["start"] ?? ""}>
          <Trans>Start a conversation</Trans>
        </Link>
        <Link href="/settings" className={styles["invite"] ?? ""}>
          <Trans>Invite somebody</Trans>
        </Link>
      </EmptyState>
    );
  }
  return (
    <ul className={styles["rows"]}>
      {drawn.map((conversation) => (
        <ConversationRow key={conversation.id} conversation={conversation} me={me} />
      ))}
    </ul>
  );
}
