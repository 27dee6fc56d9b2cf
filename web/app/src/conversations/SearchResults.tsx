import type { Conversation, User } from "@parley/client";
import { Plural, Trans } from "@lingui/react/macro";
import { type ReactNode, useId } from "react";

import { useObservable, useParley } from "../app/context.ts";
import { inPlainWords } from "../app/errors.ts";
import { Avatar } from "../design/Avatar.tsx";
import { useOpenProfile } from "../people/profile.ts";
import { SHORTEST_QUERY, usePeopleSearch } from "../people/usePeopleSearch.ts";
import styles from "./ConversationList.module.css";
import { ConversationRow } from "./ConversationRow.tsx";
import { matchingConversations, matchingPeople } from "./matches.ts";

/** What there is for a query: conversations that are called so, and people. */
export function SearchResults(props: { query: string; conversations: readonly Conversation[] }) {
  const { query, conversations } = props;
  const me = useObservable(useParley().me);
  const wanted = query.trim().replace(/^@/, "");
  const search = usePeopleSearch(wanted);
  const shown = matchingConversations(conversations, me.id, query);
  const people = matchingPeople(conversations, shown, search.people, me.id, query);
  const count = shown.length + people.length;
  return (
    <>
      <p className="visually-hidden" role="status">
        {(count > 0 || search.answered) && (
          <Plural value={count} one="# result" other="# results" />
        )}
      </p>
      {shown.length > 0 && (
        <Section title={<Trans>Conversations</Trans>}>
          {shown.map((conversation) => (
            <ConversationRow key={conversation.id} conversation={conversation} me={me} />
          ))}
        </Section>
      )}
      {people.length > 0 && (
        <Section title={<Trans>People</Trans>}>
          {people.map((user) => (
            <PersonRow key={user.id} user={user} />
          ))}
        </Section>
      )}
      {search.failure !== null ? (
        <p className={styles["none"]}>{inPlainWords(search.failure)}</p>
      ) : (
        count === 0 && (
          <p className={styles["none"]}>
            <NothingFound short={wanted.length < SHORTEST_QUERY} answered={search.answered} />
          </p>
        )
      )}
    </>
  );
}

function NothingFound({ short, answered }: { short: boolean; answered: boolean }) {
  if (short) return <Trans>Type at least two letters to find people.</Trans>;
  if (!answered) return <Trans>Looking for people…</Trans>;
  return <Trans>Nobody and no conversation is called that.</Trans>;
}

function Section({ title, children }: { title: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={styles["heading"]}>
        {title}
      </h2>
      <ul className={styles["rows"]}>{children}</ul>
    </section>
  );
}

function PersonRow({ user }: { user: User }) {
  const openProfile = useOpenProfile();
  return (
    <li>
      <button
        type="button"
        className={styles["row"]}
        aria-haspopup="dialog"
        onClick={() => {
          openProfile(user);
        }}
      >
        <Avatar id={user.id} name={user.display_name} url={user.avatar_url} size={48} />
        <span className={styles["text"]}>
          <span className={styles["name"]} dir="auto">
            {user.display_name}
          </span>
          <span className={styles["username"]}>
            <bdi dir="ltr">@{user.username}</bdi>
          </span>
        </span>
      </button>
    </li>
  );
}
