import { Trans } from "@lingui/react/macro";
import { MessagesSquare } from "lucide-react";
import { Redirect, Route, Switch, useRoute } from "wouter";

import { ConversationList } from "../conversations/ConversationList.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { NewConversation } from "../people/NewConversation.tsx";
import { Settings } from "../settings/Settings.tsx";
import { Thread } from "../thread/Thread.tsx";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import styles from "./Shell.module.css";
import { useUnreadTitle } from "./useUnreadTitle.ts";

/** The app of a signed-in person: the list beside what is open; on a phone one of the two. */
export function Shell() {
  const [listAlone] = useRoute("/");
  useUnreadTitle();
  return (
    <div className={styles["shell"]}>
      <ConnectionBanner />
      <div className={styles["panes"]} data-open={!listAlone}>
        <nav className={styles["side"]}>
          <ConversationList />
        </nav>
        <main className={styles["main"]}>
          <Switch>
            <Route path="/c/:id">{({ id }) => <Thread key={id} id={id} />}</Route>
            <Route path="/new">
              <NewConversation />
            </Route>
            <Route path="/settings">
              <Settings />
            </Route>
            <Route path="/">
              <EmptyState
                icon={<MessagesSquare size={40} strokeWidth={1.5} />}
                title={<Trans>Pick a conversation</Trans>}
                text={<Trans>Or start a new one with somebody you know.</Trans>}
              />
            </Route>
            <Route>
              <Redirect to="/" replace />
            </Route>
          </Switch>
        </main>
      </div>
    </div>
  );
}
