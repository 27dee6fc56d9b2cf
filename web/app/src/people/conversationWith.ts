import type { Parley, User } from "@parley/client";

function whenLive(parley: Parley): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (parley.connection.get().state !== "live") return;
      stop();
      resolve();
    };
    const stop = parley.connection.subscribe(check);
    check();
  });
}

/** The address of the direct conversation with somebody; made where there is none, once the server can be asked. */
export async function conversationWith(parley: Parley, user: User): Promise<string> {
  await whenLive(parley);
  return `/c/${(await parley.openDirect(user.id)).id}`;
}
