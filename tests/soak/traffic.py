"""People who talk, come and go, for a long time and on little CPU."""

import asyncio
import concurrent.futures
import contextlib
import random
import uuid

import websockets

from harness import contract, ws
from harness.api import User, new_id
from harness.checker import Ack
from soak.ledger import LeanReplica

LOST = (ws.Closed, OSError, websockets.WebSocketException, asyncio.TimeoutError, AssertionError)
# How connections end here: by the client, torn, or for reading too slowly.
OWN_CLOSE_CODES = (None, 1000, 1001, 1005, 1006, 1013)
CONNECT_AGAIN_S = (0.05, 1.0)
SLOW_READER_S = 20
ANSWER_DEADLINE_S = 60


class LeanSocket(ws.Socket):
    """Keeps no frame that nobody waits for."""

    async def _take(self, value, size):
        await super()._take(value, size)
        self.frames.clear()
        self.sizes.clear()
        self.pending[:] = [kept for kept in self.pending if kept["type"] in ("ready", "sync")]


class Person:
    """One account with one device: sends, reads, and loses its connection now and then."""

    close_codes = OWN_CLOSE_CODES
    passing_refusals = ()  # codes of errors that are no fault

    def __init__(self, user, ledger, rng, world):
        self.user = user
        self.ledger = ledger
        self.random = rng
        self.world = world
        self.replica = LeanReplica(user.username, ledger)
        self.rooms = []
        self.unsure = {}  # client_id -> (conversation, text): sent, not acknowledged
        self.told = {}  # (kind, conversation) -> seq
        self.socket = None
        self.received = asyncio.Event()

    def listen(self, frame):
        self.replica(frame)
        self.world.counts[f"frames {frame['type']}"] += 1
        if frame["type"] == "change" and frame["actor_id"] != self.user.id:
            self.received.set()

    @contextlib.contextmanager
    def losses(self):
        """What may end here ends here; what no client of this run asked for is a fault."""
        try:
            yield
        except ws.Closed as error:
            if error.code not in self.close_codes:
                self.ledger.fault("server", f"{self.user.username}: {error}")
        except ws.Refused as error:
            if error.code not in self.passing_refusals:
                self.ledger.fault("server", f"{self.user.username}: {error}")
        except contract.Violation as error:
            self.ledger.fault("server", f"{self.user.username}: {error}")
        except LOST as error:
            self.world.counts[f"lost by {type(error).__name__}"] += 1

    async def live(self, until_over):
        """Connects again and again until `until_over` is set."""
        while not until_over.is_set():
            with self.losses():
                async with self.user.connect(resume=True, listener=self.listen,
                                             socket_type=LeanSocket) as socket:
                    await socket.resume(**self.replica.resume_fields())
                    self.world.counts["connections"] += 1
                    await self.session(socket, until_over)
            await asyncio.sleep(self.random.uniform(*CONNECT_AGAIN_S))

    async def session(self, socket, until_over):
        await socket.put("watch_presence", user_ids=self.world.others(self))
        for client_id, (conversation, text) in list(self.unsure.items()):
            self.world.counts["sent again"] += 1
            await self.send(socket, conversation, text, client_id)
        # Only now may new messages be sent: what is unsure is tried again once.
        self.socket = socket
        reader = asyncio.ensure_future(self.tell_positions(socket))
        try:
            span = self.random.expovariate(1 / self.world.reconnect_s)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.ended(socket, until_over), span)
            if socket.is_open and not until_over.is_set():
                await self.leave(socket)
        finally:
            self.socket = None
            reader.cancel()

    async def ended(self, socket, until_over):
        over = asyncio.ensure_future(until_over.wait())
        gone = asyncio.ensure_future(socket.closed(timeout=None))
        try:
            await asyncio.wait([over, gone], return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            gone.cancel()

    async def leave(self, socket):
        """One of the ways in which connections end."""
        way = self.random.choice(("close", "kill", "kill", "slow"))
        self.world.counts[f"ended by {way}"] += 1
        transport = socket.connection.transport
        if way == "kill":
            transport.abort()
        elif way == "slow":
            # Reads nothing for a while, then what has gathered, and goes on.
            transport.pause_reading()
            await asyncio.sleep(self.random.uniform(1, self.world.slow_s))
            with contextlib.suppress(RuntimeError), self.losses():
                transport.resume_reading()
                await socket.ping()

    async def tell_positions(self, socket):
        """What arrived is said to have arrived, and soon after to be read."""
        while True:
            await self.received.wait()
            self.received.clear()
            with self.losses():
                for kind in ("delivered", "read"):
                    await self.tell(socket, kind)
                    await asyncio.sleep(self.random.uniform(0.5, 2))

    async def tell(self, socket, kind):
        for conversation in self.rooms:
            seq = self.replica.heads.get(conversation)
            if seq and self.told.get((kind, conversation)) != seq:
                self.told[(kind, conversation)] = seq
                await socket.put(kind, conversation_id=conversation, seq=seq)

    async def talk(self, conversation=None):
        """Types, then sends a message, in a conversation of its choice where none is named."""
        conversation = conversation or self.random.choice(self.rooms)
        socket = self.socket
        if socket is None or not socket.is_open:
            return
        self.world.counts["sent"] += 1
        text = f"{self.user.username} {self.world.counts['sent']} " + "x" * self.random.choice(
            (0, 30, 30, 120, 120, 400, 2000)) + "."
        client_id = new_id()
        self.unsure[client_id] = (conversation, text)
        with self.losses():
            await socket.put("typing", conversation_id=conversation, active=True)
            await self.send(socket, conversation, text, client_id)

    async def send(self, socket, conversation, text, client_id):
        ack = await socket.send(conversation, text, client_id, timeout=ANSWER_DEADLINE_S)
        self.ledger.acked(Ack(conversation, self.user.id, client_id, text, ack["seq"],
                              ack["message_id"]))
        self.unsure.pop(client_id, None)


class World:
    """All people and conversations of a run."""

    person_type = Person

    def __init__(self, server, ledger, seed, people, rooms, rate, reconnect_s, slow_s=SLOW_READER_S):
        self.server = server
        self.ledger = ledger
        self.random = random.Random(seed)
        self.rate = rate
        self.reconnect_s = reconnect_s
        self.slow_s = slow_s
        self.counts = ledger.counts
        self.members = {}  # conversation -> people
        # One thread, so that the histories are read over one connection for each reader.
        self.reading = concurrent.futures.ThreadPoolExecutor(1)
        users = [User.register(server, f"soak{n}") for n in range(people)]
        self.people = [self.person_type(user, ledger, random.Random(self.random.random()), self)
                       for user in users]
        for number in range(rooms):
            size = self.random.choice((3, 5, 8, 12)) if number % 3 == 0 else 2
            self.make_room(self.random.sample(self.people, min(size, people)))
        for person in self.people:
            if not person.rooms:
                self.make_room([person, self.random.choice(
                    [other for other in self.people if other is not person])])

    def make_room(self, members):
        first, *rest = members
        if len(rest) == 1:
            room = first.user.direct(rest[0].user)
        else:
            room = first.user.group(*[p.user for p in rest], client_id=str(uuid.uuid4()))
        if room["id"] in self.members:
            return
        self.members[room["id"]] = members
        for person in members:
            person.rooms.append(room["id"])
            person.replica.hold(room)

    def others(self, person):
        return sorted({p.user.id for key in person.rooms for p in self.members[key]
                       if p is not person})[:50]

    async def chatter(self, until_over):
        """Messages at the wished rate, whoever is connected."""
        await self.speak(self.rate, until_over.is_set,
                         lambda: self.random.choice(self.people).talk())

    async def fill(self, messages, rate):
        """So many messages into each conversation: what remembers the last ones is full then."""
        def emptiest():
            return min(self.members, key=self.ledger.confirmed.__getitem__)

        def talk():
            conversation = self.random.choice(
                [key for key in self.members if self.ledger.confirmed[key] < messages] or [emptiest()])
            return self.random.choice(self.members[conversation]).talk(conversation)

        await self.speak(rate, lambda: self.ledger.faults or
                         self.ledger.confirmed[emptiest()] >= messages, talk)

    async def speak(self, rate, is_over, talk):
        talking = set()
        while not is_over():
            await asyncio.sleep(self.random.expovariate(rate))
            task = asyncio.ensure_future(talk())
            talking.add(task)
            task.add_done_callback(talking.discard)
        if talking:
            await asyncio.wait(talking)

    async def verify(self):
        """One round of I1 to I3: each conversation's history behind what was checked before."""
        loop = asyncio.get_running_loop()
        for conversation, members in self.members.items():
            reader = self.random.choice(members).user
            while not self.ledger.faults:
                after = self.ledger.confirmed[conversation]
                page = await loop.run_in_executor(self.reading, lambda r=reader, c=conversation,
                                                  a=after: r.changes(c, a, limit=100))
                self.ledger.check_page(conversation, page["items"])
                if self.ledger.confirmed[conversation] >= page["last_seq"]:
                    break

    def check_all(self):
        """At the end: every history from its beginning."""
        for conversation, members in self.members.items():
            self.ledger.finish(conversation, members[0].user.all_changes(conversation))
        self.ledger.settle()

    def settled(self):
        """Whether everything sent is acknowledged and everybody is level."""
        if any(person.unsure for person in self.people):
            return False
        heads = {}
        for key, members in self.members.items():
            heads[key] = {person.replica.heads.get(key) for person in members}
        return all(len(known) == 1 for known in heads.values())
