import type { Parley, ServerInfo, User } from "@parley/client";

import type { Page } from "../paging/usePages.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** One's own; the token that made it is told only to who makes it. */
export interface Invitation {
  readonly id: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly max_uses: number;
  /** How many accounts were made with it. */
  readonly used: number;
}

/** What is asked of the server beside the conversations: before there is a session, and about accounts. Tests give a fake. */
export interface Backend {
  serverInfo(): Promise<ServerInfo>;
  signIn(credentials: Credentials): Promise<User>;
  signUp(account: Credentials & { display_name?: string; invite?: string }): Promise<User>;
  open(user: User): Promise<Parley>;
  /** Of the browser's cookie; well also where there is none. */
  endSession(): Promise<void>;

  /** Makes whoever is signed in an administrator, by the server's one-time token. */
  claimAdmin(token: string): Promise<void>;
  /** Sets a new password by the link that an administrator made. */
  resetPassword(reset: { token: string; password: string }): Promise<void>;
  /** Who invites; null where the invitation is not good any more. */
  inviter(token: string): Promise<User | null>;
  /** For one person and seven days, where nothing else is said. */
  createInvitation(wanted?: {
    readonly max_uses?: number;
    readonly expires_in_ms?: number;
  }): Promise<Invitation & { readonly url: string }>;
  /** One's own that have not expired, newest first. */
  invitations(cursor: string | null): Promise<Page<Invitation>>;
  revokeInvitation(id: string): Promise<void>;
  /** Whether who is signed in is one just now: that can change elsewhere. */
  isAdministrator(): Promise<boolean>;
}
