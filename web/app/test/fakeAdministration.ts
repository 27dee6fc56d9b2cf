import type {
  Administration,
  AuditItem,
  Person,
  Registration,
  Stats,
} from "../src/admin/administration.ts";
import type { Page } from "../src/paging/usePages.ts";
import { user } from "./fakeParley.ts";

export function person(id: string, name: string, fields: Partial<Person> = {}): Person {
  return {
    user: user(id, name),
    admin: false,
    disabled: false,
    created_at: 0,
    last_active_at: null,
    sessions: 1,
    invited_by: null,
    ...fields,
  };
}

/** A server's administration in memory; what was done is kept in `done`. */
export class FakeAdministration implements Administration {
  everybody: readonly Person[] = [];
  log: readonly AuditItem[] = [];
  numbers: Stats | null = null;
  mode: Registration = "open";
  /** While it is set, everything fails with it. */
  failure: Error | null = null;
  pageSize = 2;
  readonly done: string[] = [];

  people = (query: string, cursor: string | null): Promise<Page<Person>> =>
    this.answer(() => {
      const found = this.everybody.filter(({ user: who }) => who.username.startsWith(query));
      return this.page(found, cursor);
    });
  person = (id: string): Promise<Person> => this.answer(() => this.find(id));
  updatePerson = (id: string, change: { disabled?: boolean; admin?: boolean }): Promise<Person> =>
    this.answer(() => {
      this.done.push(`${id} ${JSON.stringify(change)}`);
      return { ...this.find(id), ...change };
    });
  makePasswordReset = (id: string) =>
    this.answer(() => ({ url: `http://server.example/reset/pr_${id}`, expires_at: 1 }));
  signOutEverywhere = (id: string): Promise<void> =>
    this.answer(() => void this.done.push(`${id} signed out`));
  registration = (): Promise<Registration> => this.answer(() => this.mode);
  setRegistration = (next: Registration): Promise<Registration> =>
    this.answer(() => (this.mode = next));
  stats = (): Promise<Stats> =>
    this.answer(() => {
      if (this.numbers === null) throw new Error("a test that asks for numbers sets them");
      return this.numbers;
    });
  audit = (cursor: string | null): Promise<Page<AuditItem>> =>
    this.answer(() => this.page(this.log, cursor));

  private find(id: string): Person {
    const found = this.everybody.find(({ user: who }) => who.id === id);
    if (found === undefined) throw new Error(`nobody is ${id}`);
    return found;
  }

  private page<T>(items: readonly T[], cursor: string | null): Page<T> {
    const from = Number(cursor ?? 0);
    const to = from + this.pageSize;
    return {
      items: items.slice(from, to),
      next_cursor: to < items.length ? String(to) : null,
    };
  }

  private answer<T>(of: () => T): Promise<T> {
    const { failure } = this;
    return failure === null ? Promise.resolve().then(of) : Promise.reject(failure);
  }
}
