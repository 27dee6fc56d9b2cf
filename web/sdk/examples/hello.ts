import { memoryStorage, openParley, signIn } from "@parley/client";

const [server = "", username = "", password = "", friend = ""] = process.argv.slice(2);

const { user, token } = await signIn({ server, username, password, device_name: "Hello" });
const parley = await openParley({ server, token: token ?? "", user, storage: memoryStorage() });

// Waits for somebody to answer.
const answered = new Promise<void>((resolve) => {
  parley.onArrival(({ conversation, message }) => {
    const sender = parley.user(message.sender_id).get();
    console.log(`${sender?.display_name ?? "Somebody"}: ${message.text}`);
    parley.markRead(conversation.id, message.seq ?? 0);
    resolve();
  });
});

const [person] = await parley.searchPeople(friend);
if (person === undefined) throw new Error(`Nobody here is called ${friend}.`);
const { id } = await parley.openDirect(person.id);
await parley.send(id, { text: "Hello!" });
await answered;
await parley.close();
