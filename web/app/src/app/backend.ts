import type { Parley, ServerInfo, User } from "@parley/client";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What the app needs before there is a session. Tests give a fake. */
export interface Backend {
  serverInfo(): Promise<ServerInfo>;
  signIn(credentials: Credentials): Promise<User>;
  signUp(account: Credentials & { display_name?: string; invite?: string }): Promise<User>;
  open(user: User): Promise<Parley>;

  /** Makes whoever is signed in an administrator, by the server's one-time token. */
  claimAdmin(token: string): Promise<void>;
  /** Sets a new password by the link that an administrator made. */
  resetPassword(reset: { token: string; password: string }): Promise<void>;
  /** Who invites; null where the invitation is not good any more. */
  inviter(token: string): Promise<User | null>;
  createInvitation(): Promise<{ readonly url: string; readonly expires_at: number }>;
}
