"""Presence: told to those who share a conversation, with a linger, and last_active_at."""

import asyncio
import time

import pytest

from harness.api import User, new_id
from harness.server import needs_disk
from harness.ws import frame

LINGER_MS = 400


async def nothing_more(socket, seconds):
    """That nothing comes can only be seen by waiting; what the server had to say has come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await socket.ping()
        await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(env={"PARLEY_PRESENCE_LINGER_MS": str(LINGER_MS)}).start()


@pytest.fixture
def talk(people):
    ann, bo, eve = people("ann", "bo", "eve")
    return ann, bo, eve, ann.group(bo)


async def watch(socket, *users):
    await socket.put("watch_presence", user_ids=[getattr(u, "id", u) for u in users])


async def news(socket, user, online):
    return await socket.wait_for(frame("presence", user_id=user.id, online=online))


def presence(socket):
    return [(f["user_id"], f["online"]) for f in socket.frames if f["type"] == "presence"]


async def test_watching_is_answered_and_changes_follow(talk):
    ann, bo, _, _ = talk
    async with ann.connect() as a:
        await watch(a, bo)
        told = await news(a, bo, False)
        assert told["last_active_at"] is None  # never connected
        async with bo.connect():
            told = await news(a, bo, True)
        begin = time.monotonic()
        told = await news(a, bo, False)
        assert time.monotonic() - begin > LINGER_MS / 1000 * 0.8
        assert abs(told["last_active_at"] / 1000 - time.time()) < 30


async def test_who_is_online_already_is_told_at_once(talk):
    ann, bo, _, _ = talk
    async with bo.connect(), ann.connect() as a:
        await watch(a, bo, ann)
        await news(a, bo, True)
        await news(a, ann, True)


async def test_strangers_and_nobody_are_met_with_the_same_silence(talk):
    ann, bo, eve, _ = talk
    async with eve.connect(), bo.connect(), ann.connect() as a:
        await watch(a, eve, new_id(), bo)
        await news(a, bo, True)
        await a.ping()
        assert presence(a) == [(bo.id, True)]


async def test_a_reconnect_does_not_show(talk):
    ann, bo, _, _ = talk
    async with ann.connect() as a:
        async with bo.connect():
            await watch(a, bo)
            await news(a, bo, True)
        async with bo.connect():
            await nothing_more(a, 3 * LINGER_MS / 1000)
            assert presence(a) == [(bo.id, True)]


async def test_two_devices_are_one_person(talk):
    ann, bo, _, _ = talk
    phone = bo.login()
    async with ann.connect() as a, phone.connect():
        await watch(a, bo)
        await news(a, bo, True)
        async with bo.connect() as b:
            await b.ping()
        await nothing_more(a, 2 * LINGER_MS / 1000)
        assert presence(a) == [(bo.id, True)]
    # and with the last device it ends
    async with ann.connect() as a:
        await watch(a, bo)
        await news(a, bo, False)


async def test_nothing_is_told_once_no_conversation_is_shared(talk):
    ann, bo, _, group = talk
    async with ann.connect() as a:
        async with bo.connect() as b:
            await watch(a, bo)
            await news(a, bo, True)
            await asyncio.to_thread(ann.remove, group, bo)
            await b.wait_for(frame("inbox", left=group["id"]))
        await nothing_more(a, 3 * LINGER_MS / 1000)
        assert presence(a) == [(bo.id, True)]
        # who shares one again is told of with the next change
        await asyncio.to_thread(ann.add, group, bo)
        async with bo.connect():
            await news(a, bo, True)


async def test_a_new_set_replaces_the_old_one(talk, people):
    ann, bo, _, _ = talk
    (cy,) = people("cy")
    ann.group(cy)
    async with ann.connect() as a:
        await watch(a, bo)
        await news(a, bo, False)
        await watch(a, cy)
        await news(a, cy, False)
        async with bo.connect(), cy.connect():
            await news(a, cy, True)
            await a.ping()
            assert (bo.id, True) not in presence(a)


async def test_watching_before_the_resume_is_answered_after_the_sync(talk):
    ann, bo, _, _ = talk
    async with bo.connect(), ann.connect(resume=True) as a:
        await watch(a, bo)
        await a.resume()
        await news(a, bo, True)
        kinds = [f["type"] for f in a.frames]
        assert kinds.index("presence") > kinds.index("sync")


async def test_more_than_five_hundred_are_refused(talk):
    ann, bo, _, _ = talk
    async with ann.connect() as a:
        await a.refused("watch_presence", "invalid", user_ids=[new_id() for _ in range(501)])
        await watch(a, bo, *[new_id() for _ in range(499)])
        await news(a, bo, False)


async def test_a_vanished_connection_is_offline_after_the_heartbeat(make_server):
    quick = make_server(env={"PARLEY_SERVER_HEARTBEAT_MS": "300",
                             "PARLEY_PRESENCE_LINGER_MS": "100"}).start()
    ann, bo = [User.register(quick, stem) for stem in ("ann", "bo")]
    ann.group(bo)
    async with ann.connect() as a:
        async with bo.connect() as b:
            await watch(a, bo)
            await news(a, bo, True)
            b.connection.transport.pause_reading()  # answers no ping, closes nothing
            await news(a, bo, False)


# last_active_at over HTTP.

def last_active(asker, user):
    one = asker.get(f"/v1/users/{user.id}").expect(200)
    (listed,) = asker.get("/v1/users", ids=user.id).expect(200)["items"]
    # Between the two answers the end of a connection may be noted.
    earlier, later = one.pop("last_active_at", None), listed.pop("last_active_at", None)
    assert one == listed and (earlier is None or earlier <= later)
    return later


async def test_last_active_is_shown_to_those_who_share_a_conversation(talk):
    ann, bo, eve, group = talk
    assert last_active(ann, bo) is None
    async with ann.connect() as a, bo.connect():
        await watch(a, bo)
        told = await news(a, bo, True)
        deadline = time.monotonic() + 30
        while last_active(ann, bo) is None:
            assert time.monotonic() < deadline
            await a.ping()
        assert told["last_active_at"] in (None, last_active(ann, bo))
    assert last_active(eve, bo) is None
    marks = {m["user"]["id"]: m["user"].get("last_active_at") for m in ann.members(group)}
    assert marks[bo.id] is not None
    ann.remove(group, bo)
    assert last_active(ann, bo) is None


@needs_disk
async def test_last_active_is_there_after_a_restart(make_server):
    server = make_server(env={"PARLEY_PRESENCE_LINGER_MS": "0"}).start()
    ann, bo = [User.register(server, stem) for stem in ("ann", "bo")]
    ann.group(bo)
    async with ann.connect() as a:
        await watch(a, bo)
        async with bo.connect():
            await news(a, bo, True)
        await news(a, bo, False)
        before = last_active(ann, bo)
    server.stop()
    server.start()
    assert before is not None and last_active(ann, bo) >= before
