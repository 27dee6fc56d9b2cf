#!/usr/bin/env python3
"""The worked resume of docs/protocol.md: starts the built server and prints what is said.

Usage: PARLEYD=build/release/bin/parleyd tests/resume_example.py
"""
import asyncio
import json
import sys
import tempfile

from harness.api import User, path_of
from harness.server import Server
from harness.ws import Connecting


def layout(value, indent=0):
    """JSON for people: what fits on a line stands on one."""
    text = json.dumps(value, ensure_ascii=False)
    if indent + len(text) <= 138 or not isinstance(value, (dict, list)):
        return text
    inner = indent + 2
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {layout(one, inner + len(key) + 4)}" for key, one in value.items()]
        opening, closing = "{}"
    else:
        parts = [layout(one, inner) for one in value]
        opening, closing = "[]"
    lines = ",\n".join(parts).replace("\n", "\n  ")
    return f"{opening}\n  {lines}\n{closing}"


def say(who, value):
    print(f"{who}:\n\n```json\n{layout(value)}\n```\n")


async def session(user, **fields):
    """Connects, resumes and prints both sides."""
    socket = await Connecting(user.server.http, token=user.token, resume=True)
    say("Server", socket.ready)
    say("Client", {"type": "resume", **fields})
    for answer in await socket.resume(**fields):
        say("Server", answer)
    return socket


async def tell(server):
    ann, bob = [User.register(server, username=name, display_name=name.title()) for name in ("ann", "bob")]
    trip = bob.group(ann, title="Trip")
    bob.send(trip, "Who brings the tent?")
    socket = await Connecting(ann.server.http, token=ann.token, resume=True)
    kept = (await socket.resume())[-1]["cursor"]
    await socket.close()

    print("Away: Bob writes, renames the group and starts another.\n")
    bob.send(trip, "And who the stove?")
    bob.patch(path_of(trip), {"title": "Trip to the sea"}).expect(200)
    bob.group(ann, title="Tents")
    socket = await session(ann, cursor=kept, heads={trip["id"]: 2})
    await socket.put("read", conversation_id=trip["id"], seq=4)
    say("Client", {"type": "read", "conversation_id": trip["id"], "seq": 4})
    bob.send(trip, "Anyone?")
    say("Server", await socket.change(seq=5))
    await socket.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder).start()
        try:
            asyncio.run(tell(server))
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
