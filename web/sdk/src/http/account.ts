import { ParleyError } from "../errors.ts";
import type { DeviceSession, ServerInfo, User } from "../parley.ts";
import { api, type ApiOptions, bodyOf } from "./api.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly device_name?: string;
  /** The session is kept in a cookie that no script can read; for browsers. */
  readonly cookie?: boolean;
}

export interface SignedIn {
  readonly user: User;
  /** null where the cookie carries it. */
  readonly token: string | null;
  readonly session: DeviceSession;
}

type ServerOptions = Pick<ApiOptions, "server" | "fetch">;

/** What the server is and can do; needs no session. */
export async function serverInfo(options: ServerOptions): Promise<ServerInfo> {
  return bodyOf(api(options).GET("/v1/server"));
}

/** Makes an account and signs in. */
export async function signUp(
  options: ServerOptions &
    Credentials & { readonly display_name?: string; readonly invite?: string },
): Promise<SignedIn> {
  const { server, fetch, ...body } = options;
  return signedIn(await bodyOf(api(origin(server, fetch)).POST("/v1/accounts", { body })));
}

/** Signs in with username and password: a session of its own for this device. */
export async function signIn(options: ServerOptions & Credentials): Promise<SignedIn> {
  const { server, fetch, ...body } = options;
  return signedIn(await bodyOf(api(origin(server, fetch)).POST("/v1/sessions", { body })));
}

/** Who the token, or the browser's cookie, belongs to; null where it holds no session. */
export async function currentUser(options: ApiOptions): Promise<User | null> {
  try {
    return await bodyOf(api(options).GET("/v1/users/me"));
  } catch (error) {
    if (error instanceof ParleyError && error.code === "unauthenticated") return null;
    throw error;
  }
}

/** So long the server may take to hear that a session ends: who leaves does not wait for it. */
const END_WITHIN_MS = 5_000;

/** Ends the session of the token, or of the browser's cookie; one that is over already is well. */
export async function endSession(options: ApiOptions): Promise<void> {
  try {
    // A page that is closed meanwhile does not take the request back.
    const how = { keepalive: true, signal: AbortSignal.timeout(END_WITHIN_MS) };
    await api(options).DELETE("/v1/sessions/current", how);
  } catch (error) {
    if (!(error instanceof ParleyError && error.code === "unauthenticated")) throw error;
  }
}

function origin(server: string, fetch: ApiOptions["fetch"]): ApiOptions {
  return fetch === undefined ? { server } : { server, fetch };
}

function signedIn(answer: {
  readonly user: User;
  readonly token?: string;
  readonly session: DeviceSession;
}): SignedIn {
  return { user: answer.user, token: answer.token ?? null, session: answer.session };
}
