import type { Parley, ServerInfo, User } from "@parley/client";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What the app needs before there is a session. Tests give a fake. */
export interface Backend {
  serverInfo(): Promise<ServerInfo>;
  /** null: nobody is signed in. Rejects where the server cannot be asked. */
  currentUser(): Promise<User | null>;
  signIn(credentials: Credentials): Promise<User>;
  signUp(account: Credentials & { display_name?: string; invite?: string }): Promise<User>;
  open(user: User): Promise<Parley>;
}
