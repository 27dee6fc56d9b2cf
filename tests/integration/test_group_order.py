"""A group of ten talks all at once: everything is acked, and all see the same order."""

import asyncio

from harness.api import User, new_id
from harness.checker import Ack, Checker, Replica, same_for_all

PEOPLE = 10
EACH = 100
OUTSTANDING = 10


async def test_a_thousand_messages_of_ten_senders_reach_ten_members_in_one_order(server):
    people = [User.register(server, f"member{number}") for number in range(PEOPLE)]
    group = people[0].group(*people[1:], title="Ten")
    checker = Checker()
    replicas = [Replica(person.username) for person in people]
    for person, replica in zip(people, replicas):
        replica.hold(person.conversation(group))
    sockets = await asyncio.gather(*[
        person.connect(resume=True, listener=replica)
        for person, replica in zip(people, replicas)])
    try:
        await asyncio.gather(*[
            socket.resume(**replica.resume_fields())
            for socket, replica in zip(sockets, replicas)])
        await asyncio.gather(*[
            send_all(person, socket, group, checker) for person, socket in zip(people, sockets)])
        last_seq = people[0].conversation(group)["last_seq"]
        for socket, replica in zip(sockets, replicas):
            await socket.until(lambda r=replica: r.heads[group["id"]] >= last_seq, timeout=60)
            await socket.ping()  # a repetition would have come before the answer
    finally:
        await asyncio.gather(*[socket.close() for socket in sockets])

    assert len(checker.acks) == PEOPLE * EACH
    assert last_seq == 1 + PEOPLE * EACH
    histories = [person.all_changes(group) for person in people]
    same_for_all(histories)
    checker.check(group["id"], histories[0])
    for replica in replicas:
        assert replica.resets == 0
        replica.check({group["id"]: histories[0]})
    assert_own_order_kept(people, histories[0])


async def send_all(person, socket, group, checker):
    """Sends a person's messages in order, several outstanding at any time."""
    window = asyncio.Semaphore(OUTSTANDING)

    async def await_ack(answer, client_id, text):
        ack = await asyncio.wait_for(answer, 120)
        window.release()
        assert ack["type"] == "ack" and not ack["duplicate"], ack
        checker.acked(Ack(group["id"], person.id, client_id, text, ack["seq"], ack["message_id"]))

    waiting = []
    for number in range(EACH):
        await window.acquire()
        ref, client_id, text = socket.new_ref(), new_id(), f"{person.username} {number}"
        waiting.append(asyncio.ensure_future(
            await_ack(socket.answer_to(ref), client_id, text)))
        await socket.put("send", ref=ref, conversation_id=group["id"], client_id=client_id,
                         text=text)
    await asyncio.gather(*waiting)


def assert_own_order_kept(people, history):
    """Each person's messages stand in the order in which that person's session sent them."""
    for person in people:
        texts = [c["message"]["text"] for c in history
                 if c["kind"] == "message" and c["message"]["sender_id"] == person.id]
        assert texts == [f"{person.username} {number}" for number in range(EACH)]
