import type { ServerInfo } from "@parley/client";
import { useEffect, useState } from "react";
import { Redirect, Route, Switch } from "wouter";

import { Profiles } from "../people/Profiles.tsx";
import { Reset } from "../sign-in/Reset.tsx";
import { SignIn } from "../sign-in/SignIn.tsx";
import { SignUp } from "../sign-in/SignUp.tsx";
import { ParleyContext, ServerInfoContext, useObservable, useServices } from "./context.ts";
import { Shell } from "./Shell.tsx";

export function App() {
  const { session, backend } = useServices();
  const state = useObservable(session);
  const [info, setInfo] = useState<ServerInfo | null>(null);

  useEffect(() => {
    let current = true;
    backend.serverInfo().then(
      (answer) => {
        if (current) setInfo(answer);
      },
      () => {
        // Offline: what depends on it (registration, limits) is asked again by the server when it matters.
      },
    );
    return () => {
      current = false;
    };
  }, [backend]);

  if (state.state === "starting") return null;
  if (state.state === "signed_in") {
    return (
      <ServerInfoContext value={info}>
        <ParleyContext value={state.parley}>
          <Profiles>
            <Shell />
          </Profiles>
        </ParleyContext>
      </ServerInfoContext>
    );
  }
  return (
    <ServerInfoContext value={info}>
      <Switch>
        <Route path="/sign-in">
          <SignIn />
        </Route>
        <Route path="/sign-up">
          <SignUp />
        </Route>
        <Route path="/claim">
          <Redirect to="/sign-up" replace />
        </Route>
        <Route path="/reset/:token">{({ token }) => <Reset token={token} />}</Route>
        <Route path="/invite/:token">{({ token }) => <SignUp invite={token} />}</Route>
        <Route>
          <Redirect to="/sign-in" replace />
        </Route>
      </Switch>
    </ServerInfoContext>
  );
}
