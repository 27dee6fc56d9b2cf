import { Person } from "./people.ts";

const AT_ONCE = 25;

interface Filled {
  readonly person: Person;
  /** The conversation with all the messages. */
  readonly conversation: string;
}

/** Does `each` for 0, 1, 2, … below `count`, a few at a time. */
async function times<T>(count: number, each: (index: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  while (done.length < count) {
    const some = Math.min(AT_ONCE, count - done.length);
    const indices = Array.from({ length: some }, (_, offset) => done.length + offset);
    done.push(...(await Promise.all(indices.map(each))));
  }
  return done;
}

/** Somebody with many conversations, one of which is long; all of it is read. */
export async function fillDevice(
  server: string,
  { conversations, messages }: { readonly conversations: number; readonly messages: number },
): Promise<Filled> {
  const person = await Person.signUp(server, "Ann Lindqvist");
  const friend = await Person.signUp(server, "Bo Okafor");
  await times(conversations - 1, async (index) => {
    const group = await friend.group(`Reading circle ${index + 1}`, [person]);
    await person.read(group, await friend.say(group, `Next time we meet in room ${index}`));
  });
  const conversation = await friend.direct(person);
  await times(messages, async (index) => {
    const who = index % 7 < 4 ? friend : person;
    return who.say(conversation, `number ${index + 1}. ${"and so on ".repeat((index * 13) % 20)}`);
  });
  await person.read(conversation, await friend.say(conversation, "the very last"));
  return { person, conversation };
}
