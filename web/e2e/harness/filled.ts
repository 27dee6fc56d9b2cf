import { Person } from "./people.ts";

const AT_ONCE = 25;

interface Filled {
  readonly person: Person;
  /** Who is in all conversations. */
  readonly friend: Person;
  /** Groups, and at the end the direct conversation of the two. */
  readonly conversations: readonly string[];
}

/** Does `each` for 0, 1, 2, … below `count`, a few at a time. */
export async function times<T>(count: number, each: (index: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  while (done.length < count) {
    const some = Math.min(AT_ONCE, count - done.length);
    const indices = Array.from({ length: some }, (_, offset) => done.length + offset);
    done.push(...(await Promise.all(indices.map(each))));
  }
  return done;
}

/** Somebody with many conversations, in each of which something was said, and read. */
export async function fillAccount(server: string, conversations: number): Promise<Filled> {
  const person = await Person.signUp(server, "Ann Lindqvist");
  const friend = await Person.signUp(server, "Bo Okafor");
  const groups = await times(conversations - 1, async (index) => {
    const group = await friend.group(`Reading circle ${index + 1}`, [person]);
    await person.read(group, await friend.say(group, `Next time we meet in room ${index}`));
    return group;
  });
  const direct = await friend.direct(person);
  await person.read(direct, await friend.say(direct, "Hello"));
  return { person, friend, conversations: [...groups, direct] };
}
