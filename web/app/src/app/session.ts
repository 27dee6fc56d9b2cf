import type { Observable, Parley, User } from "@parley/client";

import { forgetMutes } from "../notifications/mutes.ts";
import { closeNotifications } from "../notifications/notify.ts";
import type { Backend } from "./backend.ts";
import { recall, remember } from "./notes.ts";

/** What whoever was here last should know: their session ended without them, or the server was not told that they left. */
export type Parting = "ended" | "untold";

export type SessionState =
  | { readonly state: "starting" }
  | { readonly state: "signed_out"; readonly parting: Parting | null }
  | { readonly state: "signed_in"; readonly parley: Parley };

const REMEMBERED_USER = "parley.user";
/** The browser holds a session's cookie that the server should hear the end of. */
const UNTOLD = "parley.untold";

function isUser(value: unknown): value is User {
  return (
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    typeof value.id === "string" &&
    "username" in value &&
    typeof value.username === "string" &&
    "display_name" in value &&
    typeof value.display_name === "string"
  );
}

function rememberedUser(): User | null {
  try {
    const value: unknown = JSON.parse(recall(REMEMBERED_USER) ?? "null");
    return isUser(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * Who is signed in on this device. The person of the last time is let in at once, from what the device keeps; that the
 * session still holds is the connection's to find out.
 */
export class Session implements Observable<SessionState> {
  private current: SessionState = { state: "starting" };
  private readonly listeners = new Set<() => void>();
  private readonly backend: Backend;

  constructor(backend: Backend) {
    this.backend = backend;
  }

  get = (): SessionState => this.current;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  async start(): Promise<void> {
    window.addEventListener("online", () => void this.tellServer());
    const user = rememberedUser();
    try {
      if (user === null) this.become({ state: "signed_out", parting: this.untold() });
      else await this.enter(user);
    } catch {
      // What the device keeps cannot be opened; the sign-in form says what is wrong when it is used.
      this.become({ state: "signed_out", parting: null });
    }
    void this.tellServer();
  }

  /** Lets a person in; `onEntering` runs just before that is seen. Answers their Parley. */
  async enter(user: User, onEntering?: () => void): Promise<Parley> {
    const parley = await this.backend.open(user);
    remember(REMEMBERED_USER, JSON.stringify(user));
    // The cookie is a new session's now.
    remember(UNTOLD, null);
    const stop = parley.connection.subscribe(() => {
      if (parley.connection.get().state !== "signed_out") return;
      stop();
      this.leave("ended");
    });
    onEntering?.();
    this.become({ state: "signed_in", parley });
    return parley;
  }

  /** Leaves nothing of the person here, also without a network; the server is then told when it can be reached. */
  async signOut(): Promise<void> {
    const { current } = this;
    if (current.state !== "signed_in") return;
    const { session_ended } = await current.parley.signOut();
    if (!session_ended) remember(UNTOLD, "yes");
    this.leave(this.untold());
  }

  /** Ends on the server what ended here without it. */
  async tellServer(): Promise<void> {
    if (this.untold() === null || this.current.state !== "signed_out") return;
    try {
      await this.backend.endSession();
    } catch {
      // The next time that there is a network, or the app is opened, it is tried again.
      return;
    }
    remember(UNTOLD, null);
    this.become({ state: "signed_out", parting: null });
  }

  private untold(): Parting | null {
    return recall(UNTOLD) === null ? null : "untold";
  }

  private leave(parting: Parting | null): void {
    remember(REMEMBERED_USER, null);
    forgetMutes();
    void closeNotifications();
    this.become({ state: "signed_out", parting });
  }

  private become(next: SessionState): void {
    this.current = next;
    for (const listener of this.listeners) listener();
  }
}
