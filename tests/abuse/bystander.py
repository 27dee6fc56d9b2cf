"""Two people who talk while others attack: measures how long a message takes from one to the other.

A process of its own, so that the attackers' work is not in its figures. Reads "begin" and "end" on
standard input; at "end" it prints the latencies since "begin" as JSON. Ends with its input.
"""

import asyncio
import json
import sys
import time

from harness.api import User, new_id

MESSAGES_PER_S = 50


class Address:
    """What User needs of a server."""

    def __init__(self, http):
        self.http = http


def summary(latencies):
    ordered = sorted(latencies)
    assert ordered, "nothing was heard"
    return {"count": len(ordered),
            "p50_ms": round(ordered[len(ordered) // 2] * 1000, 2),
            "p99_ms": round(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000, 2),
            "max_ms": round(ordered[-1] * 1000, 2)}


async def talk(address):
    server = Address(address)
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    direct = ann.direct(bo)["id"]
    latencies, sent = [], {}

    def heard(frame):
        if frame["type"] == "change" and frame["kind"] == "message":
            begin = sent.pop(frame["message"]["text"], None)
            if begin is not None:
                latencies.append(time.perf_counter() - begin)

    async def speak(socket):
        due = time.perf_counter()
        while True:
            due += 1 / MESSAGES_PER_S
            await asyncio.sleep(max(0, due - time.perf_counter()))  # the pace of the open loop
            client_id = new_id()
            sent[client_id] = due  # as planned: a stall of the server is not hidden by our waiting
            await socket.put(
                "send", ref=socket.new_ref(), conversation_id=direct, client_id=client_id,
                text=client_id)

    async with ann.connect() as speaker, bo.connect(listener=heard):
        speaking = asyncio.ensure_future(speak(speaker))
        print("ready", flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            if line.strip() == "begin":
                latencies.clear()
            else:
                print(json.dumps(summary(latencies)), flush=True)
            assert not speaking.done(), speaking.exception()
        speaking.cancel()


if __name__ == "__main__":
    asyncio.run(talk(sys.argv[1]))
