"""Kills the server under load, again and again, and compares what everybody was told.

Senders (WebSocket and HTTP) send until they are acknowledged, with the same client_id after every
lost connection. Receivers resume after every lost connection. What was acknowledged is kept here,
outside of the server, and after each restart the history must agree with it.
"""

import asyncio
import collections
import contextlib
import dataclasses
import http.client
import random

import websockets

from harness import ws
from harness.api import User, new_id
from harness.checker import Ack, Checker, Replica, same_for_all

PEOPLE = 6
WINDOW = 6  # sends of one connection that wait for their answer at the same time
PAUSE_S = 0.02  # between the rounds of a sender: people think, and the histories stay readable
RETRY_S = 0.03
UNLIMITED = 10**9
# Sends that may begin while histories are compared, so that a slow machine can keep up.
WHILE_VERIFYING = 60
LOAD_DEADLINE_S = 90
FINISH_DEADLINE_S = 120

LOST = (ws.Closed, OSError, websockets.WebSocketException, http.client.HTTPException,
        asyncio.TimeoutError)


@dataclasses.dataclass(frozen=True)
class Send:
    conversation: str
    client_id: str
    text: str


class Driver:
    """One run. All bookkeeping is done on the event loop; threads only wait for HTTP."""

    def __init__(self, server, seed, kills):
        self.server = server
        self.random = random.Random(seed)
        self.kills = kills
        self.checker = Checker()
        self.counts = collections.Counter()
        self.histories = {}
        self.sending = True
        self.allowance = 0  # sends that may begin
        self.receiving = True
        self.progress = asyncio.Condition()

    async def run(self):
        self.set_up()
        async with asyncio.TaskGroup() as receivers:
            for user, replica in self.replicas.items():
                receivers.create_task(self.receive(user, replica))
            async with asyncio.TaskGroup() as tasks:
                for user in self.people[:4]:
                    tasks.create_task(self.send_by_websocket(user))
                for user in self.people[2:]:
                    tasks.create_task(self.send_by_http(user))
                for number in range(self.kills):
                    await self.load()
                    await self.kill_and_restart()
                    await self.verify(number + 1)
                self.sending = False
                await self.allow(0)
            await self.finish()
            self.receiving = False
            await asyncio.to_thread(self.server.stop)  # ends the receivers' connections too
        await self.check_after_clean_restart()

    def set_up(self):
        self.people = [User.register(self.server, f"crash{n}") for n in range(PEOPLE)]
        one, two, three, four, *_ = self.people
        groups = [(one.group(*self.people[1:]), self.people), (two.group(three, four), [
            two, three, four]), (one.direct(two), [one, two]), (three.direct(four), [three, four])]
        self.members = {conversation["id"]: members for conversation, members in groups}
        self.replicas = {user: Replica(user.username) for user in self.people}
        for conversation, members in self.members.items():
            for user in members:
                self.replicas[user].hold(user.conversation(conversation))

    # Senders.

    async def allow(self, sends):
        self.allowance = sends
        async with self.progress:
            self.progress.notify_all()

    async def allowed(self):
        """Waits until a send may begin, or none will any more."""
        async with self.progress:
            await self.progress.wait_for(lambda: self.allowance > 0 or not self.sending)
        return self.sending

    def next_send(self, user):
        self.allowance -= 1
        conversation = self.random.choice(
            [key for key, members in self.members.items() if user in members])
        self.counts["sent"] += 1
        padding = "x" * self.random.choice((0, 20, 200, 3000))
        return Send(conversation, new_id(), f"{user.username} {self.counts['sent']} {padding}.")

    async def acked(self, user, send, seq, message_id, duplicate):
        self.counts["acks"] += 1
        self.counts["duplicates"] += duplicate
        self.checker.acked(
            Ack(send.conversation, user.id, send.client_id, send.text, seq, message_id))
        async with self.progress:
            self.progress.notify_all()

    async def send_by_websocket(self, user):
        unsure = []  # sent, perhaps stored, not acknowledged
        while unsure or await self.allowed():
            with contextlib.suppress(*LOST):
                async with user.connect() as socket:
                    while unsure or await self.allowed():
                        while self.allowance > 0 and len(unsure) < WINDOW:
                            unsure.append(self.next_send(user))
                        await self.send_together(user, socket, unsure)
                        await asyncio.sleep(PAUSE_S * self.random.random())
            await asyncio.sleep(RETRY_S)

    async def send_together(self, user, socket, unsure):
        """Sends all, and drops from `unsure` what was acknowledged, also if the connection ends."""
        async def one(send):
            try:
                ack = await socket.send(send.conversation, send.text, send.client_id)
            except ws.Refused as refused:
                assert refused.code == "unavailable", refused
                return
            await self.acked(user, send, ack["seq"], ack["message_id"], ack["duplicate"])
            unsure.remove(send)

        outcomes = await asyncio.gather(*[one(send) for send in list(unsure)],
                                        return_exceptions=True)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def send_by_http(self, user):
        device = user.login()
        device.http.retry = False  # every lost answer is for us to see
        while await self.allowed():
            send = self.next_send(user)
            while not await self.try_by_http(device, send):
                await asyncio.sleep(RETRY_S)
            await asyncio.sleep(PAUSE_S * self.random.random())

    async def try_by_http(self, device, send):
        try:
            answer = await asyncio.to_thread(
                device.try_send, send.conversation, send.text, send.client_id)
        except LOST:
            return False
        if answer.status == 503:
            return False
        message = answer.expect(200, 201)
        await self.acked(device, send, message["seq"], message["id"], answer.status == 200)
        return True

    # Receivers.

    async def receive(self, user, replica):
        while self.receiving:
            with contextlib.suppress(*LOST):
                async with user.connect(resume=True, listener=replica) as socket:
                    await socket.resume(**replica.resume_fields())
                    self.counts["resumes"] += 1
                    await socket.closed(timeout=None)
            await asyncio.sleep(RETRY_S)

    # Kills.

    async def load(self):
        """Lets the senders work for a while; now and then hardly at all."""
        few = self.random.random() < 0.2
        acks = self.random.randint(1, 20) if few else self.random.randint(60, 300)
        goal = self.counts["acks"] + acks
        await self.allow(UNLIMITED)
        async with asyncio.timeout(LOAD_DEADLINE_S), self.progress:
            await self.progress.wait_for(lambda: self.counts["acks"] >= goal)
        await asyncio.sleep(0.1 * self.random.random())  # any moment will do

    async def kill_and_restart(self):
        self.server.kill()
        self.counts["kills"] += 1
        if self.random.random() < 0.2:  # and once more, in the middle of recovery
            self.server.spawn()
            await asyncio.sleep(0.2 * self.random.random())
            self.server.kill()
            self.counts["kills while starting"] += 1
        self.server.spawn()
        await self.allow(WHILE_VERIFYING)
        await asyncio.to_thread(self.server.wait_ready)

    # What must be true.

    async def verify(self, number):
        """After a restart, while the load goes on: all that was ever acknowledged is there."""
        known = {key: list(acks.values()) for key, acks in self.checker.by_conversation.items()}
        await self.send_again(known)
        for conversation, members in self.members.items():
            reader = self.random.choice(members)
            history = await asyncio.to_thread(reader.all_changes, conversation)
            before = self.histories.get(conversation, [])
            assert history[:len(before)] == before, (
                f"I1: history of {conversation} changed by kill {number}")
            self.checker.check(conversation, history, acked=known.get(conversation, []))
            self.histories[conversation] = history

    async def send_again(self, known):
        """I3 across a crash: the last acknowledged and some of all before, over both ways."""
        by_sender = {user.id: user for user in self.people}
        for acks in known.values():
            chosen = acks[-3:] + self.random.sample(acks, min(3, len(acks)))
            for index, ack in enumerate(chosen):
                user = by_sender[ack.sender]
                if index % 2:
                    answer = await asyncio.to_thread(
                        user.try_send, ack.conversation, ack.text, ack.client_id)
                    message = answer.expect(200)
                    told = (message["seq"], message["id"], True)
                else:
                    async with user.connect() as socket:
                        again = await socket.send(ack.conversation, ack.text, ack.client_id)
                    told = (again["seq"], again["message_id"], again["duplicate"])
                assert told == (ack.seq, ack.message_id, True), f"I3: {ack} again gave {told}"
                self.counts["sent again"] += 1

    async def finish(self):
        """When the last send is acknowledged: everybody has seen and reads the same."""
        for conversation, members in self.members.items():
            histories = [await asyncio.to_thread(user.all_changes, conversation)
                         for user in members]
            same_for_all(histories)
            self.checker.check(conversation, histories[0])
            self.histories[conversation] = histories[0]
        for user, replica in self.replicas.items():
            mine = {key: history for key, history in self.histories.items()
                    if user in self.members[key]}
            async with asyncio.timeout(FINISH_DEADLINE_S):
                while any(replica.heads[key] < len(history) for key, history in mine.items()):
                    await asyncio.sleep(RETRY_S)
            replica.check(mine)
            self.counts["resets"] += replica.resets

    async def check_after_clean_restart(self):
        self.server.start()
        for conversation, members in self.members.items():
            history = members[-1].all_changes(conversation)
            assert history == self.histories[conversation], "a clean restart changed the history"
