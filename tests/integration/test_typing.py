"""Typing: told to the other members, not to strangers, and it ends by itself."""

import asyncio
import time

import pytest

from harness.api import new_id
from harness.ws import frame


@pytest.fixture
def talk(people):
    ann, bo, cy = people("ann", "bo", "cy")
    return ann, bo, cy, ann.group(bo, cy)


def typing(socket):
    return [(f["user_id"], f["active"]) for f in socket.frames if f["type"] == "typing"]


async def started(socket, user):
    return await socket.wait_for(frame("typing", user_id=user.id, active=True))


async def ended(socket, user):
    return await socket.wait_for(frame("typing", user_id=user.id, active=False))


async def test_others_are_told_of_begin_and_end(talk):
    ann, bo, cy, group = talk
    phone = ann.login()
    async with ann.connect() as a, phone.connect() as p, bo.connect() as b, cy.connect() as c:
        await a.put("typing", conversation_id=group["id"], active=True)
        for socket in (b, c):
            told = await started(socket, ann)
            assert told["conversation_id"] == group["id"]
        await a.put("typing", conversation_id=group["id"], active=False)
        for socket in (b, c):
            await ended(socket, ann)
        await asyncio.gather(a.ping(), p.ping())
        assert typing(a) == typing(p) == []


async def test_it_ends_by_itself_after_six_seconds(talk):
    ann, bo, _, group = talk
    async with ann.connect() as a, bo.connect() as b:
        await a.put("typing", conversation_id=group["id"], active=True)
        await started(b, ann)
        begin = time.monotonic()
        await ended(b, ann)
        assert 5 < time.monotonic() - begin < 9


async def test_repeats_are_passed_on_seldom(talk):
    ann, bo, _, group = talk
    async with ann.connect() as a, bo.connect() as b:
        for _ in range(20):
            await a.put("typing", conversation_id=group["id"], active=True)
        await a.put("typing", conversation_id=group["id"], active=False)
        await ended(b, ann)
        assert typing(b) == [(ann.id, True), (ann.id, False)]


async def test_two_devices_count_as_one(talk):
    ann, bo, _, group = talk
    phone = ann.login()
    async with ann.connect() as a, phone.connect() as p, bo.connect() as b:
        await a.put("typing", conversation_id=group["id"], active=True)
        await started(b, ann)
        await p.put("typing", conversation_id=group["id"], active=True)
        await p.ping()
        await a.put("typing", conversation_id=group["id"], active=False)
        await a.ping()
        await p.put("typing", conversation_id=group["id"], active=False)
        await ended(b, ann)
        assert typing(b) == [(ann.id, True), (ann.id, False)]


async def test_it_ends_with_the_message(talk):
    ann, bo, _, group = talk
    async with ann.connect() as a, bo.connect() as b:
        await a.put("typing", conversation_id=group["id"], active=True)
        await started(b, ann)
        await a.send(group, "typed")
        await ended(b, ann)


async def test_it_ends_with_the_connection(talk):
    ann, bo, _, group = talk
    async with bo.connect() as b:
        async with ann.connect() as a:
            await a.put("typing", conversation_id=group["id"], active=True)
            await started(b, ann)
        begin = time.monotonic()
        await ended(b, ann)
        assert time.monotonic() - begin < 4


async def test_it_ends_when_the_person_is_removed(talk):
    ann, bo, cy, group = talk
    async with bo.connect() as b, cy.connect() as c:
        await c.put("typing", conversation_id=group["id"], active=True)
        await started(b, cy)
        await asyncio.to_thread(ann.remove, group, cy)
        await ended(b, cy)
        await c.refused("typing", "not_found", conversation_id=group["id"], active=True)


async def test_strangers_are_refused_and_hear_nothing(talk, people):
    ann, bo, _, group = talk
    (eve,) = people("eve")
    async with ann.connect() as a, bo.connect() as b, eve.connect() as e:
        await e.refused("typing", "not_found", conversation_id=group["id"], active=True)
        await e.refused("typing", "not_found", conversation_id=new_id(), active=True)
        await a.put("typing", conversation_id=group["id"], active=True)
        await started(b, ann)
        await e.ping()
        assert typing(e) == [] and typing(b) == [(ann.id, True)]


async def test_many_unknown_conversations_are_refused_each(people):
    (eve,) = people("eve")
    async with eve.connect() as e:
        refs = [str(number) for number in range(500)]
        answers = [e.answer_to(ref) for ref in refs]
        e.put_together([{"type": "typing", "ref": ref, "conversation_id": new_id(), "active": True}
                        for ref in refs])
        for answer in await asyncio.wait_for(asyncio.gather(*answers), 60):
            assert answer["code"] == "not_found"
