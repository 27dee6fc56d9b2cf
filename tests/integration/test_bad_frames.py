"""Every documented error over the WebSocket: where the session stays, and where it ends."""

import json

import pytest

from harness import ws
from harness.api import User, new_id
from harness.ws import frame
from wrong_sends import WRONG_SENDS


@pytest.fixture
def talk(people):
    """Ann, Bo and their group with one message, seq 2, that must still be there at the end."""
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    ann.send(group, "first")
    yield ann, bo, group
    assert bo.texts(group)[0] == "first"
    assert ann.send(group, "last")["seq"] == bo.conversation(group)["last_seq"]


def untouched(user, group):
    """Nothing was added by what was refused."""
    return user.conversation(group)["last_seq"] == 2


# Errors: the session stays.

@pytest.mark.parametrize("name", WRONG_SENDS)
async def test_ws_wrong_send_is_an_error_and_the_session_stays(talk, name):
    ann, _, group = talk
    async with ann.connect() as socket:
        fields = {"client_id": new_id(), "text": "x", **WRONG_SENDS[name]}
        await socket.refused("send", "invalid", conversation_id=group["id"], **fields)
        await socket.ping()
    assert untouched(ann, group)


@pytest.mark.parametrize("missing", ["conversation_id", "client_id", "text"])
async def test_ws_send_without_a_required_field_is_an_error(talk, missing):
    ann, _, group = talk
    fields = {"conversation_id": group["id"], "client_id": new_id(), "text": "x"}
    del fields[missing]
    async with ann.connect() as socket:
        await socket.refused("send", "invalid", **fields)
        await socket.ping()
    assert untouched(ann, group)


@pytest.mark.parametrize("conversation_id, code", [
    (5, "invalid"), (None, "invalid"), ("", None), ("x", None), ({}, "invalid")])
async def test_ws_wrong_conversation_id_is_an_error(people, conversation_id, code):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        answer = await socket.command(
            "send", conversation_id=conversation_id, client_id=new_id(), text="x")
        assert answer["type"] == "error"
        assert answer["code"] in ([code] if code else ["invalid", "not_found"])
        await socket.ping()


@pytest.mark.parametrize("ref", [5, None, {}, ["x"]])
async def test_ws_wrong_ref_is_an_error_and_nothing_is_sent(talk, ref):
    ann, _, group = talk
    async with ann.connect() as socket:
        await socket.put("send", ref=ref, conversation_id=group["id"], client_id=new_id(), text="x")
        assert (await socket.wait_for(frame("error")))["code"] == "invalid"
        await socket.ping()
    assert untouched(ann, group)


@pytest.mark.parametrize("kind", ["read", "delivered"])
@pytest.mark.parametrize("seq", [99, -1, "2", 1.5, None, 2**60])
async def test_ws_wrong_position_is_an_error(talk, kind, seq):
    ann, bo, group = talk
    async with bo.connect() as socket:
        await socket.put(kind, conversation_id=group["id"], seq=seq)
        assert (await socket.wait_for(frame("error")))["code"] == "invalid"
        await socket.ping()
    assert bo.conversation(group)["unread_count"] == 1


async def test_ws_position_in_a_conversation_of_others_is_not_found(talk):
    ann, _, group = talk
    cy = User.register(ann.server, "cy")
    async with cy.connect() as socket:
        await socket.put("read", conversation_id=group["id"], seq=1)
        assert (await socket.wait_for(frame("error")))["code"] == "not_found"
        await socket.ping()


async def test_ws_stranger_is_answered_as_if_it_did_not_exist(talk):
    ann, _, group = talk
    cy = User.register(ann.server, "cy")
    async with cy.connect() as socket:
        answers = [await socket.refused("send", "not_found", conversation_id=conversation_id,
                                        client_id=new_id(), text="x")
                   for conversation_id in (group["id"], new_id())]
        assert answers[0]["detail"] == answers[1]["detail"]
    assert untouched(ann, group)


async def test_ws_many_errors_in_a_row_keep_the_session_and_the_good_sends(talk):
    ann, bo, group = talk
    async with ann.connect() as socket:
        for number in range(30):
            await socket.refused("send", "invalid", conversation_id=group["id"],
                                 client_id=new_id(), text=" ")
            await socket.send(group, f"good {number}")
    assert bo.texts(group, limit=100)[1:] == [f"good {number}" for number in range(30)]


async def test_ws_second_auth_does_not_change_who_one_is(people):
    ann, bo = people("ann", "bo")
    async with ann.connect() as socket:
        await socket.put("auth", token=bo.token)
        try:
            await socket.wait_for(frame("error"))
            await socket.send(ann.group(), "who am I?")
            change = await socket.change(kind="message")
            assert change["message"]["sender_id"] == ann.id
        except ws.Closed as closed:
            assert closed.code in (4001, 4002)


# Frames that end the session, and those that may.

WS_MALFORMED = {
    "cut off": '{"type":"ping"',
    "trailing comma": '{"type":"ping",}',
    "deep nesting": '{"type":' + "[" * 50_000 + "]" * 50_000 + "}",
    "nesting without end": "[" * 100_000,
    "NUL": "\x00",
}


@pytest.mark.parametrize("name", WS_MALFORMED)
async def test_ws_what_is_no_json_closes_with_4002(people, name):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        await socket.put_raw(WS_MALFORMED[name])
        assert await socket.closed() == 4002


@pytest.mark.parametrize("data", [
    b'{"type":"ping","ref":"\xff"}', b"\xc0\xaf", b'{"type":"ping","ref":"\xed\xa0\x80"}'])
async def test_ws_text_frame_that_is_not_utf8_closes(people, data):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        await socket.put_text_bytes(data)
        assert await socket.closed() in (1007, 4002)  # 1007 is RFC 6455's own code for it


@pytest.mark.parametrize("spoil", [
    lambda raw: raw.replace('"text": "x"', '"text": "x", "text": "y"'),
    lambda raw: raw.replace('"x"', '"\\ud800"'),
    lambda raw: raw.replace('"type": "send"', '"type": "send", "type": "ping"')])
async def test_ws_duplicate_names_and_lone_surrogates_send_nothing(talk, spoil):
    ann, _, group = talk
    raw = json.dumps({"type": "send", "ref": "1", "conversation_id": group["id"],
                      "client_id": new_id(), "text": "x"})
    async with ann.connect() as socket:
        await socket.put_raw(spoil(raw))
        try:
            assert (await socket.wait_for(frame("error")))["code"] == "invalid"
            await socket.ping()
        except ws.Closed as closed:
            assert closed.code == 4002
    assert untouched(ann, group)


async def test_ws_oversized_frame_closes_with_1009_and_loses_nothing(talk):
    ann, bo, group = talk
    async with ann.connect() as socket:
        await socket.send(group, "kept")
        await socket.put_raw(json.dumps({
            "type": "send", "ref": "1", "conversation_id": group["id"], "client_id": new_id(),
            "text": "x" * ws.MAX_FRAME_BYTES}))
        assert await socket.closed() == 1009
    assert bo.texts(group) == ["first", "kept"]


async def test_ws_one_bad_session_does_not_disturb_another(talk):
    ann, bo, group = talk
    async with bo.connect() as good:
        for raw in ("nonsense", b"\x00", "{}", "x" * (ws.MAX_FRAME_BYTES + 1)):
            async with ann.connect() as bad:
                await bad.put_raw(raw)
                await bad.closed()
        ann.send(group, "still live")
        assert (await good.change(seq=3))["message"]["text"] == "still live"
        await good.ping()


@pytest.mark.parametrize("subprotocol", [None, "parley.v2", "chat"])
async def test_ws_other_subprotocol_is_refused(people, subprotocol):
    (ann,) = people("ann")
    ending = await ws.refusal(ann.server.http, token=ann.token, subprotocol=subprotocol)
    assert ending == 400


async def test_ws_revoked_token_opens_nothing(people):
    (ann,) = people("ann")
    ann.delete("/v1/sessions/current").expect(204)
    assert await ws.refusal(ann.server.http, token=ann.token) in (401, 4001)
