import { api, bodyOf } from "@parley/client";

import type { Administration } from "./administration.ts";

/** Each name in the log that is not known yet is one more question: pages are kept small. */
const AUDIT_PAGE = 25;

/** The administrator's calls to the server that the page came from. */
export function sdkAdministration(server: string): Administration {
  const calls = api({ server });
  const at = (id: string) => ({ params: { path: { id } } });
  const from = (cursor: string | null) => (cursor === null ? {} : { cursor });
  return {
    people: (text, cursor) => {
      const query = { ...(text !== "" && { query: text }), ...from(cursor) };
      return bodyOf(calls.GET("/v1/admin/people", { params: { query } }));
    },
    person: (id) => bodyOf(calls.GET("/v1/admin/people/{id}", at(id))),
    updatePerson: (id, body) => bodyOf(calls.PATCH("/v1/admin/people/{id}", { ...at(id), body })),
    makePasswordReset: (id) => bodyOf(calls.POST("/v1/admin/people/{id}/password-reset", at(id))),
    signOutEverywhere: async (id) => {
      await calls.DELETE("/v1/admin/people/{id}/sessions", at(id));
    },
    registration: async () => (await bodyOf(calls.GET("/v1/admin/settings"))).registration,
    setRegistration: async (registration) =>
      (await bodyOf(calls.PATCH("/v1/admin/settings", { body: { registration } }))).registration,
    stats: () => bodyOf(calls.GET("/v1/admin/stats")),
    audit: (cursor) => {
      const query = { limit: AUDIT_PAGE, ...from(cursor) };
      return bodyOf(calls.GET("/v1/admin/audit", { params: { query } }));
    },
  };
}
