import {
  api,
  bodyOf,
  currentUser,
  endSession,
  indexedDbStorage,
  openParley,
  ParleyError,
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
    signIn: async (credentials) => (await signIn({ ...device, ...credentials })).user,
    signUp: async (account) => (await signUp({ ...device, ...account })).user,
    open: (user) => openParley({ server, user, storage: indexedDbStorage(user.id), tabs: true }),
    endSession: () => endSession({ server }),
    claimAdmin: async (token) => {
      await api({ server }).POST("/v1/admin/claim", { body: { token } });
    },
    resetPassword: async (body) => {
      await api({ server }).POST("/v1/password-resets", { body });
    },
    inviter: async (token) => {
      const path = { token };
      try {
        return (await bodyOf(api({ server }).GET("/v1/invites/{token}", { params: { path } })))
          .inviter;
      } catch (error) {
        if (error instanceof ParleyError && error.code === "not_found") return null;
        throw error;
      }
    },
    createInvitation: (wanted = {}) =>
      bodyOf(api({ server }).POST("/v1/invitations", { body: wanted })),
    invitations: (cursor) => {
      const query = cursor === null ? {} : { cursor };
      return bodyOf(api({ server }).GET("/v1/invitations", { params: { query } }));
    },
    revokeInvitation: async (id) => {
      await api({ server }).DELETE("/v1/invitations/{id}", { params: { path: { id } } });
    },
    isAdministrator: async () => (await currentUser({ server }))?.admin === true,
  };
}
