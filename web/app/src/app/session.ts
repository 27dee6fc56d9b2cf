import type { Observable, Parley, User } from "@parley/client";

import type { Backend } from "./backend.ts";

export type SessionState =
  | { readonly state: "starting" }
  | { readonly state: "signed_out" }
  | { readonly state: "signed_in"; readonly parley: Parley };

const REMEMBERED_USER = "parley.user";

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
    const value: unknown = JSON.parse(localStorage.getItem(REMEMBERED_USER) ?? "null");
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
    const user = rememberedUser();
    try {
      if (user === null) this.become({ state: "signed_out" });
      else await this.enter(user);
    } catch {
      // What the device keeps cannot be opened; the sign-in form says what is wrong when it is used.
      this.become({ state: "signed_out" });
    }
  }

  /** Lets a person in; `onEntering` runs just before that is seen. Answers their Parley. */
  async enter(user: User, onEntering?: () => void): Promise<Parley> {
    const parley = await this.backend.open(user);
    localStorage.setItem(REMEMBERED_USER, JSON.stringify(user));
    const stop = parley.connection.subscribe(() => {
      if (parley.connection.get().state !== "signed_out") return;
      stop();
      localStorage.removeItem(REMEMBERED_USER);
      this.become({ state: "signed_out" });
    });
    onEntering?.();
    this.become({ state: "signed_in", parley });
    return parley;
  }

  private become(next: SessionState): void {
    this.current = next;
    for (const listener of this.listeners) listener();
  }
}
