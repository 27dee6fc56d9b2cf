"""Receipts: how far the others have come, told live, merged, and found again on resume."""

import asyncio
import time

import pytest

from harness.api import User, path_of
from harness.ws import frame


@pytest.fixture
def talk(people):
    """Ann, Bo, Cy and a group of theirs, in which ann has sent nine messages (seq 2 to 10)."""
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group(bo, cy)
    for number in range(9):
        ann.send(group, f"message {number}")
    return ann, bo, cy, group


def receipts(socket):
    return [(f["user_id"], f["delivered_seq"], f["read_seq"]) for f in socket.frames
            if f["type"] == "receipt"]


async def receipt_of(socket, user, **fields):
    return await socket.wait_for(frame("receipt", user_id=user.id, **fields))


async def test_read_is_told_to_the_other_members(talk):
    ann, bo, cy, group = talk
    async with ann.connect() as a, bo.connect() as b, cy.connect() as c:
        await b.put("read", conversation_id=group["id"], seq=5)
        for socket in (a, c):
            told = await receipt_of(socket, bo)
            assert told["conversation_id"] == group["id"]
            assert (told["delivered_seq"], told["read_seq"]) == (5, 5)
        await b.wait_for(frame("inbox"))
        await b.ping()
        assert receipts(b) == []


async def test_what_is_told_is_stored(talk):
    ann, bo, _, group = talk
    async with ann.connect() as a, bo.connect() as b:
        await b.put("read", conversation_id=group["id"], seq=7)
        await receipt_of(a, bo, read_seq=7)
        marks = {m["user"]["id"]: m["read_seq"] for m in ann.members(group)}
        assert marks[bo.id] == 7


async def test_read_over_http_is_told_too(talk):
    ann, bo, _, group = talk
    async with ann.connect() as a:
        await asyncio.to_thread(bo.read, group, 6)
        await receipt_of(a, bo, read_seq=6, delivered_seq=6)


async def test_delivered_is_told_and_read_stays(talk):
    ann, bo, _, group = talk
    async with ann.connect() as a, bo.connect() as b:
        await b.put("delivered", conversation_id=group["id"], seq=8)
        await receipt_of(a, bo, delivered_seq=8, read_seq=0)
        await b.put("read", conversation_id=group["id"], seq=4)
        await receipt_of(a, bo, delivered_seq=8, read_seq=4)


async def test_scrolling_tells_at_most_once_a_second_and_never_goes_back(talk):
    ann, bo, _, group = talk
    async with ann.connect() as a, bo.connect() as b:
        begin = time.monotonic()
        for seq in (2, 3, 4, 5, 4, 6, 7, 8, 9, 3):
            await b.put("read", conversation_id=group["id"], seq=seq)
            await asyncio.sleep(0.02)  # a person scrolls: the pace is what is tested
        await receipt_of(a, bo, read_seq=9)
        took = time.monotonic() - begin
        told = [read for user, _, read in receipts(a) if user == bo.id]
        assert told == sorted(set(told)) and told[-1] == 9, told
        assert len(told) <= took + 2, (told, took)


async def test_sending_tells_that_all_is_read(talk):
    ann, bo, cy, group = talk
    async with ann.connect() as a, cy.connect() as c, bo.connect() as b:
        ack = await b.send(group, "read it all")
        for socket in (a, c):
            await receipt_of(socket, bo, read_seq=ack["seq"])


async def test_strangers_and_those_who_left_hear_nothing(talk, people):
    ann, bo, cy, group = talk
    (eve,) = people("eve")
    await asyncio.to_thread(cy.leave, group)
    async with ann.connect() as a, bo.connect() as b, cy.connect() as c, eve.connect() as e:
        await b.put("read", conversation_id=group["id"], seq=5)
        await receipt_of(a, bo, read_seq=5)
        await asyncio.gather(c.ping(), e.ping())
        assert receipts(c) == receipts(e) == []


async def test_in_groups_above_the_limit_nobody_is_told(make_server):
    server = make_server(env={"PARLEY_RECEIPTS_MAX_MEMBERS": "2"}).start()
    ann, bo, cy = [User.register(server, stem) for stem in ("ann", "bo", "cy")]
    large, small = ann.group(bo, cy), ann.group(bo)
    async with ann.connect() as a, bo.connect() as b:
        for group in (large, small):
            await b.put("typing", conversation_id=group["id"], active=True)
            await b.put("read", conversation_id=group["id"], seq=1)
        await receipt_of(a, bo, conversation_id=small["id"])
        passing = [f for f in a.frames if f["type"] in ("receipt", "typing")]
        assert {f["conversation_id"] for f in passing} == {small["id"]}
        marks = {m["user"]["id"]: m["read_seq"] for m in ann.members(large)}
        assert marks[bo.id] in (0, 1)  # written within five seconds there


async def test_positions_of_another_device_are_found_by_the_cursor_with_equal_heads(talk):
    _, bo, _, group = talk
    phone = bo.login()
    async with bo.connect() as laptop:
        cursor = laptop.ready["cursor"]
    async with phone.connect() as socket:
        await socket.put("read", conversation_id=group["id"], seq=5)
        await socket.wait_for(frame("inbox"))  # so it is stored
    async with bo.connect(resume=True) as laptop:
        (sync,) = await laptop.resume(cursor, {group["id"]: 10})
        (part,) = [p for p in sync["conversations"] if p["conversation"]["id"] == group["id"]]
        assert (part["changes"], part["reset"]) == ([], False)
        assert part["conversation"]["read_seq"] == 5
        assert part["conversation"]["unread_count"] == 5


async def test_own_devices_learn_by_inbox_not_by_receipt(talk):
    _, bo, _, group = talk
    phone = bo.login()
    async with bo.connect() as laptop, phone.connect() as socket:
        await socket.put("read", conversation_id=group["id"], seq=5)
        told = await laptop.wait_for(frame("inbox"))
        assert told["conversation"]["read_seq"] == 5
        assert path_of(told["conversation"]) == path_of(group)
        assert receipts(laptop) == []
