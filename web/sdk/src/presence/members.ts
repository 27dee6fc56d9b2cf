import { type Api, bodyOf } from "../http/api.ts";
import { type Notifier, Value } from "../observable.ts";
import type { Member, Observable } from "../parley.ts";
import type { EventHandlers } from "../replica/events.ts";
import type { Replica } from "../replica/replica.ts";
import type { MembersChange, ServerReceipt, WireUser } from "../wire/types.ts";

const PAGE = 100;

type Members = readonly Member[] | null;
type MembersEdit = (members: readonly Member[]) => readonly Member[];
type Mark = Omit<ServerReceipt, "type">;

/** The members of the conversations that are shown, with their marks. */
export class MemberLists {
  private readonly notifier: Notifier;
  private readonly api: Api;
  private readonly replica: Replica;
  private readonly values = new Map<string, Value<Members>>();
  /** What happens while a list is on its way, to be applied to it. */
  private readonly meanwhile = new Map<string, MembersEdit[]>();

  constructor(notifier: Notifier, api: Api, replica: Replica) {
    this.notifier = notifier;
    this.api = api;
    this.replica = replica;
    replica.listen(this.handlers());
  }

  get(id: string): Observable<Members> {
    return this.value(id);
  }

  /** Marks that moved while there was no connection are not told again: they are asked for. */
  onLive(): void {
    for (const id of this.values.keys()) this.refresh(id);
  }

  private refresh(id: string): void {
    const value = this.values.get(id);
    if (value?.listened === true) void this.load(id);
    else value?.set(null);
  }

  private value(id: string): Value<Members> {
    const known = this.values.get(id);
    if (known !== undefined) return known;
    const made = new Value<Members>(this.notifier, null, () => {
      if (this.value(id).get() === null) void this.load(id);
      return () => undefined;
    });
    this.values.set(id, made);
    return made;
  }

  private async load(id: string): Promise<void> {
    const edits: MembersEdit[] = [];
    this.meanwhile.set(id, edits);
    try {
      const members = await this.fetch(id);
      this.replica.learn(members.map(({ user }) => user));
      // One that was asked for later is on its way and has more.
      if (this.meanwhile.get(id) !== edits) return;
      this.value(id).set(edits.reduce((list, edit) => edit(list), members));
    } catch {
      // Asked for again with the next connection; until then what is known stays.
    }
    if (this.meanwhile.get(id) === edits) this.meanwhile.delete(id);
  }

  private async fetch(id: string): Promise<readonly Member[]> {
    const all: Member[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const query: { limit: number; cursor?: string } = { limit: PAGE };
      if (cursor !== undefined) query.cursor = cursor;
      const call = this.api.GET("/v1/conversations/{id}/members", {
        params: { path: { id }, query },
      });
      const page: { items: Member[]; next_cursor: string | null } = await bodyOf(call);
      all.push(...page.items);
      cursor = page.next_cursor;
    }
    return all;
  }

  private handlers(): EventHandlers {
    const marked = (mark: Mark): void => {
      this.update(mark.conversation_id, (members) => withMark(members, mark));
    };
    return {
      receipt: marked,
      read: ({ conversation_id, seq }) => {
        marked({ conversation_id, user_id: this.replica.me, read_seq: seq, delivered_seq: seq });
      },
      changed: ({ change }) => {
        const { conversation_id, actor_id: user_id, seq } = change;
        if (change.kind === "members") {
          this.update(conversation_id, (members) => withChange(members, change));
        } else if (change.kind === "message") {
          marked({ conversation_id, user_id, read_seq: seq, delivered_seq: seq });
        }
      },
      user: ({ user }) => {
        for (const id of this.values.keys()) this.update(id, (members) => withUser(members, user));
      },
      adopted: ({ object, reset }) => {
        if (reset) this.refresh(object.id);
      },
      forgotten: ({ conversation_id }) => {
        this.meanwhile.delete(conversation_id);
        this.values.get(conversation_id)?.set(null);
      },
    };
  }

  private update(id: string, change: MembersEdit): void {
    this.meanwhile.get(id)?.push(change);
    const value = this.values.get(id);
    const members = value?.get() ?? null;
    if (value !== undefined && members !== null) value.set(change(members));
  }
}

/** Marks never go back. */
function withMark(
  members: readonly Member[],
  { user_id, read_seq, delivered_seq }: Mark,
): readonly Member[] {
  const at = members.findIndex(({ user }) => user.id === user_id);
  const member = members[at];
  if (member === undefined) return members;
  if (member.read_seq >= read_seq && member.delivered_seq >= delivered_seq) return members;
  return members.with(at, {
    ...member,
    read_seq: Math.max(member.read_seq, read_seq),
    delivered_seq: Math.max(member.delivered_seq, delivered_seq, read_seq),
  });
}

function withChange(members: readonly Member[], change: MembersChange): readonly Member[] {
  const known = new Set(members.map(({ user }) => user.id));
  const stay = members
    .filter(({ user }) => !change.removed.includes(user.id))
    .map((member) => {
      const role = change.roles[member.user.id] ?? member.role;
      return role === member.role ? member : { ...member, role };
    });
  const come = change.users
    .filter(({ id }) => change.added.includes(id) && !known.has(id))
    .map((user) => ({
      user,
      role: change.roles[user.id] ?? ("member" as const),
      joined_at: change.at,
      read_seq: 0,
      delivered_seq: 0,
    }));
  return [...stay, ...come];
}

function withUser(members: readonly Member[], user: WireUser): readonly Member[] {
  const at = members.findIndex((member) => member.user.id === user.id);
  const member = members[at];
  return member === undefined ? members : members.with(at, { ...member, user });
}
