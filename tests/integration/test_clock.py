"""The machine's clock is set back an hour over a restart: order, cursors, resume and sessions hold."""

from harness.api import User
from harness.checker import Replica, plain
from harness.shifted_clock import fake_time
from harness.server import needs_disk

# The server's time is kept every 10 s: over a restart it may step back by that much.
KEPT_WITHIN_MS = 10_000
AN_HOUR_S = 3600


def set_clock(server, offset):
    server.stop()
    for name in ("LD_PRELOAD", "SHIFTED_CLOCK_S"):
        server.env.pop(name, None)
    if offset:
        server.env.update(fake_time(offset))
    server.start()


def now_of(server):
    """The server's own time, from a request id: the first 48 bits of a UUID of version 7."""
    request_id = User.register(server, "watch").get("/v1/users/me").headers["X-Request-Id"]
    return int(request_id.replace("-", "")[:12], 16)


@needs_disk
async def test_clock_an_hour_back(make_server):
    server = make_server()
    server.env.update(fake_time(AN_HOUR_S))
    server.start()
    ahead = now_of(server)
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    older, newer = ann.group(bo, title="older"), ann.group(bo, title="newer")
    replica = Replica("bo")
    async with bo.connect() as socket:
        replica.cursor = socket.ready["cursor"]
        for conversation in (older, newer):
            replica.hold(bo.conversation(conversation))
        socket.listener = replica
        sent = [ann.send(older, "first"), ann.send(newer, "second")]
        for message in sent:
            await socket.change(seq=message["seq"], conversation_id=message["conversation_id"])

    set_clock(server, None)
    assert now_of(server) >= ahead - KEPT_WITHIN_MS, "the service's time went back"
    # Sessions hold, and new ones can be made.
    assert ann.get("/v1/users/me").expect(200)["id"] == ann.id
    ann.login()
    missed = [ann.send(older, "third"), ann.send(older, "fourth")]
    times = [message["sent_at"] for message in sent + missed]
    assert times[:2] == sorted(times[:2]) and times[2:] == sorted(times[2:])
    assert times[2] >= times[1] - KEPT_WITHIN_MS
    assert [m["seq"] for m in missed] == [sent[0]["seq"] + 1, sent[0]["seq"] + 2]

    async with bo.connect(resume=True) as socket:
        socket.listener = replica
        frames = await socket.resume(**replica.resume_fields())
        assert frames[-1]["more"] is False
        last = ann.send(newer, "fifth")
        await socket.change(seq=last["seq"], conversation_id=newer["id"])
    assert not replica.faults, replica.faults
    for conversation in (older, newer):
        head, changes = replica.segments[conversation["id"]][-1]
        expected = [plain(c) for c in bo.all_changes(conversation) if c["seq"] > head]
        assert [c["seq"] for c in changes] == [c["seq"] for c in expected]
    # A retry of what was sent before the step is still the same message.
    again = ann.try_send(older, "first", sent[0]["client_id"]).expect(200)
    assert again["seq"] == sent[0]["seq"]


@needs_disk
async def test_cursor_of_a_later_hour_finds_what_came_since(make_server):
    """The cursor was given while the clock was ahead: nothing that came after it is missed."""
    server = make_server()
    server.env.update(fake_time(AN_HOUR_S))
    server.start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    async with bo.connect() as socket:
        cursor = socket.ready["cursor"]
    set_clock(server, None)
    group = ann.group(bo, title="made an hour before the cursor, by the clock")
    ann.send(group, "hello")
    async with bo.connect(resume=True) as socket:
        frames = await socket.resume(cursor=cursor, heads={})
    listed = [part["conversation"]["id"] for frame in frames for part in frame["conversations"]]
    assert listed == [group["id"]]
