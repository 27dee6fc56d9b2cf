import { randomUUID } from "node:crypto";

export const PASSWORD = "correct horse";

/** A name that no other test has. */
export function freshUsername(): string {
  return `p-${randomUUID().slice(0, 13)}`;
}

interface Named {
  readonly id: string;
}

/** Somebody with an account who acts through HTTP, without a browser: the other side of a conversation. */
export class Person {
  readonly id: string;
  readonly username: string;
  private readonly server: string;
  private readonly token: string;

  private constructor(server: string, username: string, id: string, token: string) {
    this.server = server;
    this.username = username;
    this.id = id;
    this.token = token;
  }

  /** Makes an account; a name that no other test has, where none is given. */
  static async signUp(
    server: string,
    display_name: string,
    username = freshUsername(),
  ): Promise<Person> {
    const answer = await fetch(`${server}/v1/accounts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username, password: PASSWORD, display_name }),
    });
    if (!answer.ok) throw new Error(`sign-up of ${username}: ${await answer.text()}`);
    const { user, token } = (await answer.json()) as { user: Named; token: string };
    return new Person(server, username, user.id, token);
  }

  async direct(other: Person): Promise<string> {
    return this.converse({ kind: "direct", member_ids: [other.id] });
  }

  async group(title: string, others: readonly Person[]): Promise<string> {
    return this.converse({ kind: "group", title, member_ids: others.map(({ id }) => id) });
  }

  /** Answers the seq of the message. */
  async say(conversation: string, text: string, reply_to?: number): Promise<number> {
    const body = { client_id: randomUUID(), text, ...(reply_to === undefined ? {} : { reply_to }) };
    const answer = await this.call("POST", `/v1/conversations/${conversation}/messages`, body);
    return ((await answer.json()) as { seq: number }).seq;
  }

  async read(conversation: string, seq: number): Promise<void> {
    await this.call("PUT", `/v1/conversations/${conversation}/read`, { seq });
  }

  /** What was said, oldest first: the newest page of it. */
  async history(conversation: string): Promise<readonly { readonly text: string }[]> {
    const answer = await this.call("GET", `/v1/conversations/${conversation}/messages`);
    const { items } = (await answer.json()) as { items: { seq: number; text: string }[] };
    return items.sort((a, b) => a.seq - b.seq);
  }

  async add(group: string, other: Person): Promise<void> {
    await this.call("POST", `/v1/conversations/${group}/members`, { user_ids: [other.id] });
  }

  async remove(group: string, other: Person): Promise<void> {
    await this.call("DELETE", `/v1/conversations/${group}/members/${other.id}`);
  }

  private async converse(body: object): Promise<string> {
    const answer = await this.call("POST", "/v1/conversations", body);
    return ((await answer.json()) as Named).id;
  }

  /** Anything that the API has. */
  async call(method: string, path: string, body?: object): Promise<Response> {
    const answer = await fetch(this.server + path, {
      method,
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer;
  }
}
