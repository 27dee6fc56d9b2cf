import { ParleyError } from "./errors.ts";
import { type Api, bodyOf } from "./http/api.ts";
import type { Conversation, DeviceSession, Parley, User } from "./parley.ts";
import type { WireConversation } from "./wire/types.ts";

type ActionNames =
  | "searchPeople"
  | "openDirect"
  | "createGroup"
  | "updateConversation"
  | "addMembers"
  | "removeMember"
  | "setRole"
  | "leave"
  | "updateProfile"
  | "changePassword"
  | "sessions"
  | "revokeSession"
  | "revokeOtherSessions";

export interface ActionEffects {
  readonly me: string;
  readonly onUsers: (users: readonly User[]) => void;
  readonly onMe: (me: User) => void;
  /** An answer's object goes the way of all objects; answers how it is shown then. */
  readonly onConversation: (object: WireConversation) => Conversation;
  readonly onLeft: (conversationId: string) => void;
}

/** What is asked of the server over HTTP at a person's word. */
export function actions(api: Api, effects: ActionEffects): Pick<Parley, ActionNames> {
  return { ...conversationActions(api, effects), ...accountActions(api, effects) };
}

function conversationActions(api: Api, effects: ActionEffects) {
  const at = (id: string) => ({ params: { path: { id } } });
  const member = (id: string, user_id: string) => ({ params: { path: { id, user_id } } });
  return {
    async openDirect(userId: string): Promise<Conversation> {
      const body = { kind: "direct" as const, member_ids: [userId] };
      return effects.onConversation(await bodyOf(api.POST("/v1/conversations", { body })));
    },
    async createGroup(group: Parameters<Parley["createGroup"]>[0]): Promise<Conversation> {
      const { title, member_ids, history } = group;
      // The same client_id again is the same group: an answer that was lost makes no second one.
      const body = {
        kind: "group" as const,
        title,
        member_ids: [...member_ids],
        client_id: crypto.randomUUID(),
        ...(history !== undefined && { history }),
      };
      const make = () => bodyOf(api.POST("/v1/conversations", { body }));
      return effects.onConversation(await make().catch(onceMore(make)));
    },
    async updateConversation(
      id: string,
      change: Parameters<Parley["updateConversation"]>[1],
    ): Promise<void> {
      const call = api.PATCH("/v1/conversations/{id}", { ...at(id), body: change });
      effects.onConversation(await bodyOf(call));
    },
    async addMembers(id: string, userIds: readonly string[]): Promise<void> {
      const body = { user_ids: [...userIds] };
      const call = api.POST("/v1/conversations/{id}/members", { ...at(id), body });
      effects.onConversation(await bodyOf(call));
    },
    async removeMember(id: string, userId: string): Promise<void> {
      await api.DELETE("/v1/conversations/{id}/members/{user_id}", member(id, userId));
    },
    async setRole(id: string, userId: string, role: "admin" | "member"): Promise<void> {
      const path = "/v1/conversations/{id}/members/{user_id}";
      await api.PATCH(path, { ...member(id, userId), body: { role } });
    },
    async leave(id: string): Promise<void> {
      await api.DELETE("/v1/conversations/{id}/members/{user_id}", member(id, effects.me));
      effects.onLeft(id);
    },
  };
}

/** An answer that was lost on the way is asked for once more. */
function onceMore<T>(call: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (error instanceof ParleyError && error.code === "network") return call();
    throw error;
  };
}

function accountActions(api: Api, effects: ActionEffects) {
  return {
    async searchPeople(query: string, signal?: AbortSignal): Promise<readonly User[]> {
      const options = signal === undefined ? {} : { signal };
      const call = api.GET("/v1/users", { params: { query: { query } }, ...options });
      const { items } = await bodyOf(call);
      effects.onUsers(items);
      return items;
    },
    async updateProfile(change: { display_name: string }): Promise<void> {
      effects.onMe(await bodyOf(api.PATCH("/v1/users/me", { body: change })));
    },
    async changePassword(change: { old: string; new: string }): Promise<void> {
      await api.POST("/v1/users/me/password", { body: change });
    },
    async sessions(): Promise<readonly DeviceSession[]> {
      const { items } = await bodyOf(api.GET("/v1/sessions"));
      return items;
    },
    async revokeSession(id: string): Promise<void> {
      await api.DELETE("/v1/sessions/{id}", { params: { path: { id } } });
    },
    async revokeOtherSessions(): Promise<void> {
      await api.DELETE("/v1/sessions");
    },
  };
}
