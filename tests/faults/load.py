"""Load on a fleet while things go wrong, with the checker of I1 to I4, and how long anybody waited."""

import asyncio
import time

from harness import ws
from harness.checker import Ack
from soak.traffic import Person, World

# How connections end when a node goes: told so (1012, 1013, 1001), or cut.
FLEET_CLOSE_CODES = (None, 1000, 1001, 1005, 1006, 1012, 1013)
ANSWER_DEADLINE_S = 5
TRY_AGAIN_S = 0.3


class FleetPerson(Person):
    """Tries again what was refused for now or not answered, as every client does."""

    close_codes = FLEET_CLOSE_CODES
    passing_refusals = ("unavailable",)

    async def send(self, socket, conversation, text, client_id):
        waits = self.world.waits
        waits.setdefault(client_id, time.monotonic())
        while socket.is_open:
            try:
                ack = await socket.send(conversation, text, client_id, timeout=ANSWER_DEADLINE_S)
            except ws.Refused as error:
                if error.code not in self.passing_refusals:
                    raise
                self.world.counts["refused for now"] += 1
            except (asyncio.TimeoutError, AssertionError):
                self.world.counts["not answered in time"] += 1
            else:
                self.ledger.acked(Ack(conversation, self.user.id, client_id, text, ack["seq"], ack["message_id"]))
                self.unsure.pop(client_id, None)
                self.world.acked_after(time.monotonic() - waits.pop(client_id))
                return
            await asyncio.sleep(TRY_AGAIN_S)


class FleetWorld(World):
    """People at the balancer of a fleet."""

    person_type = FleetPerson

    def __init__(self, fleet, ledger, seed, people, rooms, rate):
        self.waits = {}  # client_id -> when it was first sent
        self.longest_wait = 0.0
        self.second_acks = 0
        self.second_longest = 0.0
        super().__init__(fleet, ledger, seed, people, rooms, rate, reconnect_s=10**9)

    def acked_after(self, seconds):
        self.second_acks += 1
        self.second_longest = max(self.second_longest, seconds)
        self.longest_wait = max(self.longest_wait, seconds)

    def take_second(self):
        """Acknowledged messages since the last call, the longest wait among them, and of what waits."""
        now = time.monotonic()
        waiting = max((now - since for since in self.waits.values()), default=0.0)
        self.longest_wait = max(self.longest_wait, waiting)
        row = self.second_acks, self.second_longest, waiting
        self.second_acks, self.second_longest = 0, 0.0
        return row

    @property
    def connected(self):
        return sum(1 for person in self.people if person.socket is not None)
