import {
  currentUser,
  indexedDbStorage,
  openParley,
  serverInfo,
  signIn,
  signUp,
} from "@parley/client";

import type { Backend } from "./backend.ts";

function deviceName(): string {
  const agent = navigator.userAgent;
  const browser = agent.includes("Firefox")
    ? "Firefox"
    : agent.includes("Chrome")
      ? "Chrome"
      : "Browser";
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0];
  return system === undefined ? browser : `${browser}, ${system}`;
}

/** The client library against the server that the page came from, with the session in a cookie. */
export function sdkBackend(server: string): Backend {
  const device = { server, cookie: true, device_name: deviceName() };
  return {
    serverInfo: () => serverInfo({ server }),
    currentUser: () => currentUser({ server }),
    signIn: async (credentials) => (await signIn({ ...device, ...credentials })).user,
    signUp: async (account) => (await signUp({ ...device, ...account })).user,
    open: (user) => openParley({ server, user, storage: indexedDbStorage(user.id), tabs: true }),
  };
}
