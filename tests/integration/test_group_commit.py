"""Group commit, proven by counting: fsyncs and messages from the committer's own metrics."""

import asyncio

from harness import ws
from harness.api import User, new_id
from harness.server import needs_disk

SENDERS = 64
EACH = 16


def committed(server):
    metrics = server.metrics()
    return metrics["parley_commit_syncs_total"], metrics["parley_commit_entries_total"]


@needs_disk
async def test_64_senders_outstanding_share_their_fsyncs(server):
    people = [User.register(server, "sender") for _ in range(SENDERS)]
    directs = [people[i].direct(people[i ^ 1])["id"] for i in range(SENDERS)]
    sockets = await asyncio.gather(*[person.connect() for person in people])
    try:
        syncs, entries = committed(server)
        answers, writes = [], []
        for direct, socket in zip(directs, sockets):
            frames = [{"type": "send", "ref": socket.new_ref(), "conversation_id": direct,
                       "client_id": new_id(), "text": f"text {n}"} for n in range(EACH)]
            answers += [socket.answer_to(f["ref"]) for f in frames]
            writes.append((socket, ws.encode(frames)))
        for socket, data in writes:
            socket.put_encoded(data)
        acks = await asyncio.wait_for(asyncio.gather(*answers), 4 * ws.DEADLINE_S)
        syncs, entries = [now - then for now, then in zip(committed(server), (syncs, entries))]
    finally:
        await asyncio.gather(*[socket.close() for socket in sockets])
    messages = SENDERS * EACH
    assert [ack["type"] for ack in acks] == ["ack"] * messages
    assert entries == messages
    # How many share one depends on the server's speed against the disk's, and under a sanitizer it is slow. That all share
    # who wait while an fsync is under way is held exactly, without time, by src/storage/rocks/log_writer_test.cc.
    assert 1 <= syncs <= messages / 4, f"{syncs} fsyncs for {messages} messages"


@needs_disk
async def test_one_sender_gets_one_fsync_for_each_message(server):
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    direct = ann.direct(bo)
    async with ann.connect() as socket:
        await socket.send(direct, "warm")
        syncs, entries = committed(server)
        for number in range(50):
            await socket.send(direct, f"text {number}")
        syncs, entries = [now - then for now, then in zip(committed(server), (syncs, entries))]
    assert (syncs, entries) == (50, 50)


@needs_disk
def test_an_answer_without_a_new_entry_needs_no_fsync(server):
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    direct = ann.direct(bo)
    client_id = new_id()
    ann.send(direct, "once", client_id)
    before = committed(server)
    for _ in range(10):
        ann.try_send(direct, "once", client_id).expect(200)
        ann.page(direct)
    assert committed(server) == before
