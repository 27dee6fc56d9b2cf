"""The `user` frame: a changed profile is told to those who share a conversation."""

import asyncio

import pytest

from harness import shapes
from harness.ws import frame


@pytest.fixture
def talk(people):
    ann, bo, eve = people("ann", "bo", "eve")
    return ann, bo, eve, ann.group(bo)


def rename(user, name):
    return user.patch("/v1/users/me", {"display_name": name}).expect(200)


async def test_a_new_name_is_told_to_those_who_share_a_conversation(talk):
    ann, bo, eve, _ = talk
    phone = ann.login()
    async with phone.connect() as p, bo.connect() as b, eve.connect() as e:
        await asyncio.to_thread(rename, ann, "Ann the Great")
        for socket in (p, b):
            told = (await socket.wait_for(frame("user")))["user"]
            shapes.check(told, shapes.USER)
            assert (told["id"], told["display_name"]) == (ann.id, "Ann the Great")
            assert "email" not in told and "last_active_at" not in told
        await e.ping()
        assert not [f for f in e.frames if f["type"] == "user"]


async def test_it_is_told_once_however_many_conversations_are_shared(talk):
    ann, bo, _, _ = talk
    for _ in range(5):
        ann.group(bo)
    async with bo.connect() as b:
        await asyncio.to_thread(rename, ann, "Ann")
        await asyncio.to_thread(rename, ann, "Anna")
        await b.wait_for(lambda f: f["type"] == "user" and f["user"]["display_name"] == "Anna")
        names = [f["user"]["display_name"] for f in b.frames if f["type"] == "user"]
        assert names == ["Ann", "Anna"]


async def test_the_same_name_again_is_no_news(talk):
    ann, bo, _, _ = talk
    rename(ann, "Ann")
    async with bo.connect() as b:
        await asyncio.to_thread(rename, ann, "Ann")
        await asyncio.to_thread(rename, ann, "Other")
        told = await b.wait_for(frame("user"))
        assert told["user"]["display_name"] == "Other"


async def test_server_lists_the_features(anyone):
    features = anyone.get("/v1/server").expect(200)["features"]
    assert {"receipts", "typing", "presence", "profiles"} <= set(features)
