import type { User } from "@parley/client";

import type { Page } from "../paging/usePages.ts";

/** Somebody with an account, as administrators see them. */
export interface Person {
  readonly user: User;
  readonly admin: boolean;
  readonly disabled: boolean;
  readonly created_at: number;
  /** null where they never were. */
  readonly last_active_at: number | null;
  /** How many devices are signed in. */
  readonly sessions: number;
  /** Whose invitation brought them. */
  readonly invited_by: string | null;
}

export const REGISTRATIONS = ["open", "invitation", "closed"] as const;
/** Who may make an account. */
export type Registration = (typeof REGISTRATIONS)[number];

/** How the server did in the five seconds that ended with `at`. */
export interface StatsSample {
  readonly at: number;
  readonly connections: number;
  readonly messages_per_second: number;
  /** From taking a message to its being on the disk; null where there was none. */
  readonly commit_p50_ms: number | null;
  readonly commit_p99_ms: number | null;
  readonly storage_bytes: number;
  readonly memory_bytes: number;
}

export interface Stats {
  readonly now: StatsSample & { readonly uptime_ms: number; readonly version: string };
  /** Oldest first, the newest included. */
  readonly history: readonly StatsSample[];
}

/** One thing that an administrator did. */
export interface AuditItem {
  readonly id: string;
  readonly at: number;
  /** null: the command line of the server. */
  readonly admin: User | null;
  readonly action: string;
  /** To whom, where it is about somebody. */
  readonly target: string | null;
  readonly detail: Readonly<Record<string, string>>;
}

/** What administrators can do. Tests give a fake. */
export interface Administration {
  /** By the start of a username or of a word of the name; everybody, by username, for "". */
  people(query: string, cursor: string | null): Promise<Page<Person>>;
  person(id: string): Promise<Person>;
  updatePerson(id: string, change: { disabled?: boolean; admin?: boolean }): Promise<Person>;
  /** A link for a new password; one made before ends. */
  makePasswordReset(id: string): Promise<{ readonly url: string; readonly expires_at: number }>;
  signOutEverywhere(id: string): Promise<void>;
  registration(): Promise<Registration>;
  setRegistration(registration: Registration): Promise<Registration>;
  stats(): Promise<Stats>;
  /** Newest first. */
  audit(cursor: string | null): Promise<Page<AuditItem>>;
}
