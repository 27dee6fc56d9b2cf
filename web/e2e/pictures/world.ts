import { setInterval } from "node:timers/promises";

import type { Parleyd } from "../harness/parleyd.ts";
import { Person } from "../harness/people.ts";

/** What the pictures show. */
export interface World {
  /** Where browsers find it. */
  readonly url: string;
  readonly direct: string;
  readonly group: string;
  /** A group in which nobody has said anything. */
  readonly silent: string;
}

/** People who have talked: conversations with long and short words, an answer, emoji, a link. Who looks at them is `mia`. */
export async function makeWorld(server: Parleyd): Promise<World> {
  const { url } = server;
  const mia = await Person.signUp(url, "Mia Lindqvist", "mia");
  const ben = await Person.signUp(url, "Ben Okafor", "ben");
  const layla = await Person.signUp(url, "ليلى حداد", "layla");
  const long = await Person.signUp(
    url,
    "Wolfeschlegelsteinhausenbergerdorff von und zu Hohenzollern",
    "wolf",
  );
  await Person.signUp(url, "Nobody Yet", "nobody");
  await Person.signUp(url, "Winston Green", "winston");
  const silent = await mia.group("Winter plans", [ben, layla]);
  const other = await mia.direct(layla);
  await layla.say(other, "مرحبا! هل وصلت؟");
  const far = await long.direct(mia);
  await long.say(far, "Donaudampfschifffahrtsgesellschaftskapitän ".repeat(3));
  const group = await mia.group("Summer house", [ben, layla, long]);
  await mia.say(group, "The house is ours from the 12th to the 19th 🏡");
  await mia.say(group, "Who brings what?");
  await ben.say(group, "I can bring the boat");
  await ben.say(group, "and the small grill");
  await layla.say(group, "أنا أحضر الحلويات 🍯");
  await mia.say(group, "Perfect. Who drives?");
  await long.say(
    group,
    "I do, if somebody sits with me on the way back. It is rather a long road.",
  );
  const direct = await ben.direct(mia);
  await mia.say(direct, "Are you back yet?");
  await ben.say(direct, "Since last night. The train was two hours late, of course");
  await mia.say(direct, "Of course 🙈");
  await ben.say(direct, "Morning! Did you see the photos?");
  const question = await mia.say(direct, "Yes! They are lovely");
  await mia.say(
    direct,
    "The one on the jetty is my favourite, I would like to print it really large",
  );
  await ben.say(direct, "https://example.org/jetty has it in full size", question);
  const thanks = await mia.say(direct, "🎉");
  await mia.say(direct, "See you on Friday then");
  await ben.read(direct, thanks);
  await mia.say(group, "I do! Somebody has to choose the music");
  await layla.say(group, "😂");
  await ben.say(group, "Then it is settled 👍");
  await administrate(server, mia, long);
  return { url, direct, group, silent };
}

/** What an administrator does in a day, for the log. */
async function administrate(server: Parleyd, mia: Person, other: Person): Promise<void> {
  await server.grantAdmin(mia.username);
  for (const disabled of [true, false]) {
    await mia.call("PATCH", `/v1/admin/people/${other.id}`, { disabled });
  }
  await mia.call("POST", `/v1/admin/people/${other.id}/password-reset`);
  for (const registration of ["invitation", "open"]) {
    await mia.call("PATCH", "/v1/admin/settings", { registration });
  }
}

const TICK_MS = 50;

/** Others talk, now more and now less, until `signal`: so that there are numbers to draw. */
export async function chatter(url: string, signal: AbortSignal): Promise<void> {
  const one = await Person.signUp(url, "Olga Talks");
  const two = await Person.signUp(url, "Otto Talks");
  const conversation = await one.direct(two);
  const clock = setInterval(TICK_MS)[Symbol.asyncIterator]();
  for (let ticks = 0; !signal.aborted; ticks++) {
    await clock.next();
    const most = 3 + 2 * Math.sin(ticks / 90);
    if (Math.random() * 5 < most) await one.say(conversation, "and so on");
  }
  await clock.return?.();
}
