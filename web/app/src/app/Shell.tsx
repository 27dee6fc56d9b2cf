import { Trans } from "@lingui/react/macro";
import { MessagesSquare } from "lucide-react";
import { Activity, lazy, Suspense, useCallback, useState } from "react";
import { Redirect, Route, Switch, useRoute } from "wouter";

import { Claim } from "../claim/Claim.tsx";
import { ConversationList } from "../conversations/ConversationList.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { useMedia } from "../design/useMedia.ts";
import { Arrivals } from "../notifications/Arrivals.tsx";
import { NewConversation } from "../people/NewConversation.tsx";
import { OpenInvitation } from "../people/OpenInvitation.tsx";
import { useShortcuts } from "../shortcuts/useShortcuts.ts";
import { Reset } from "../sign-in/Reset.tsx";
import { Thread } from "../thread/Thread.tsx";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import styles from "./Shell.module.css";
import { StorageBanner } from "./StorageTrouble.tsx";
import { useUnreadTitle } from "./useUnreadTitle.ts";

const Admin = lazy(async () => ({
  default: (await import("../admin/Admin.tsx")).Admin,
}));
const Settings = lazy(async () => ({
  default: (await import("../settings/Settings.tsx")).Settings,
}));
const Details = lazy(async () => ({
  default: (await import("../details/Details.tsx")).Details,
}));
const Shortcuts = lazy(async () => ({
  default: (await import("../shortcuts/Shortcuts.tsx")).Shortcuts,
}));

/** A conversation, with its details beside it where there is room, else in its place. */
function Conversation({ id, details }: { id: string; details: boolean }) {
  const roomForBoth = useMedia("(min-width: 1180px)");
  return (
    <div className={styles["conversation"]}>
      {(!details || roomForBoth) && (
        <div className={styles["pane"]}>
          <Thread key={id} id={id} details={details} />
        </div>
      )}
      {details && (
        <aside className={roomForBoth ? styles["third"] : styles["pane"]}>
          <Suspense>
            <Details key={id} id={id} />
          </Suspense>
        </aside>
      )}
    </div>
  );
}

/** The app of a signed-in person: the list beside what is open; on a phone one of the two. */
export function Shell() {
  const [listAlone] = useRoute("/");
  const roomForTwo = useMedia("(min-width: 820px)");
  const [help, setHelp] = useState(false);
  const openHelp = useCallback(() => {
    setHelp(true);
  }, []);
  const closeHelp = useCallback(() => {
    setHelp(false);
  }, []);
  useUnreadTitle();
  useShortcuts(openHelp);
  return (
    <div className={styles["shell"]}>
      <ConnectionBanner />
      <StorageBanner />
      <Arrivals />
      <div className={styles["panes"]} data-open={!listAlone}>
        {/* On a phone the list is all there is, and so what the page is about. */}
        <div
          className={styles["side"]}
          role={listAlone && !roomForTwo ? "main" : "navigation"}
          data-pane="list"
        >
          {/* Out of view it is drawn when there is time. */}
          <Activity mode={listAlone || roomForTwo ? "visible" : "hidden"}>
            <ConversationList />
          </Activity>
        </div>
        <main className={styles["main"]}>
          <Switch>
            <Route path="/c/:id/:pane?">
              {({ id, pane }) => <Conversation id={id} details={pane === "details"} />}
            </Route>
            <Route path="/new">
              <NewConversation />
            </Route>
            <Route path="/settings">
              <Suspense>
                <Settings />
              </Suspense>
            </Route>
            <Route path="/admin/:page?">
              {({ page }) => (
                <Suspense>
                  <Admin page={page} />
                </Suspense>
              )}
            </Route>
            <Route path="/claim">
              <Claim />
            </Route>
            <Route path="/reset/:token">{({ token }) => <Reset token={token} />}</Route>
            <Route path="/invite/:token">{({ token }) => <OpenInvitation token={token} />}</Route>
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
      {help && (
        <Suspense>
          <Shortcuts onClose={closeHelp} />
        </Suspense>
      )}
    </div>
  );
}
