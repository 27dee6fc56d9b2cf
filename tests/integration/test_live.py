"""The WebSocket: authentication, send and ack, live changes, inbox, pings, errors, close codes."""

import asyncio
import json
import time

import pytest

from harness import shapes, ws
from harness.api import User, new_id, path_of
from harness.server import needs_disk
from harness.ws import Refused, frame


@pytest.fixture
def talk(people):
    """Ann, Bo and a group of theirs."""
    ann, bo = people("ann", "bo")
    return ann, bo, ann.group(bo)


# Authentication.

async def test_ready_follows_the_authorization_header(people):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        ready = shapes.check(socket.ready, shapes.READY)
        assert (ready["user_id"], ready["session_id"]) == (ann.id, ann.session_id)
        assert ready["heartbeat_ms"] > 0


async def test_ready_follows_an_auth_frame(people):
    (ann,) = people("ann")
    async with ws.Connecting(ann.server.http) as socket:
        ready = shapes.check(await socket.auth(ann.token), shapes.READY)
        assert ready["user_id"] == ann.id
        await socket.ping()


async def test_auth_frame_with_a_wrong_token_closes_with_4001(server):
    async with ws.Connecting(server.http) as socket:
        await socket.put("auth", token="wrong")
        assert await socket.closed() == 4001


async def test_auth_frame_with_a_revoked_token_closes_with_4001(people):
    (ann,) = people("ann")
    ann.delete("/v1/sessions/current").expect(204)
    async with ws.Connecting(ann.server.http) as socket:
        await socket.put("auth", token=ann.token)
        assert await socket.closed() == 4001


async def test_wrong_token_in_the_header_is_refused(server):
    assert await ws.refusal(server.http, token="wrong") in (401, 4001)


@pytest.mark.parametrize("first", [
    {"type": "ping", "ref": "1"}, {"type": "resume"}, {"type": "unheard-of"},
    {"type": "send", "ref": "1", "conversation_id": new_id(), "client_id": new_id(), "text": "x"}])
async def test_any_other_first_frame_closes_with_4001(server, first):
    async with ws.Connecting(server.http) as socket:
        await socket.put_raw(json.dumps(first))
        assert await socket.closed() == 4001
        assert not [f for f in socket.frames if f["type"] in ("ready", "pong", "ack")]


async def test_no_auth_frame_within_ten_seconds_closes_with_4001(server):
    async with ws.Connecting(server.http) as socket:
        begin = time.monotonic()
        assert await socket.closed(timeout=40) == 4001
        assert time.monotonic() - begin > 8


# Sending.

async def test_send_is_acked_and_comes_as_change_too(talk):
    ann, _, group = talk
    client_id = new_id()
    async with ann.connect() as socket:
        ack = shapes.check(await socket.send(group, "hello", client_id), shapes.ACK)
        change = shapes.check(await socket.change(kind="message"), shapes.CHANGE)
    message = shapes.check(change["message"], shapes.MESSAGE)
    assert (ack["seq"], ack["duplicate"], ack["conversation_id"]) == (2, False, group["id"])
    assert (change["seq"], change["actor_id"]) == (2, ann.id)
    assert (message["id"], message["client_id"]) == (ack["message_id"], client_id)
    assert message["sent_at"] == ack["sent_at"]


async def test_send_again_is_acked_as_duplicate(talk):
    ann, bo, group = talk
    client_id = new_id()
    async with ann.connect() as socket:
        first = await socket.send(group, "once", client_id)
        again = await socket.send(group, "once", client_id)
    assert (again["seq"], again["message_id"]) == (first["seq"], first["message_id"])
    assert (first["duplicate"], again["duplicate"]) == (False, True)
    assert bo.texts(group) == ["once"]


async def test_send_again_over_http_is_the_same_message(talk):
    ann, _, group = talk
    client_id = new_id()
    async with ann.connect() as socket:
        ack = await socket.send(group, "once", client_id)
    message = ann.try_send(group, "once", client_id).expect(200)
    assert (message["seq"], message["id"]) == (ack["seq"], ack["message_id"])


async def test_send_the_same_twice_in_flight_is_one_message(talk):
    ann, bo, group = talk
    fields = {"type": "send", "conversation_id": group["id"], "client_id": new_id(), "text": "x"}
    async with ann.connect() as socket:
        answers = [socket.answer_to(ref) for ref in ("a", "b", "c")]
        socket.put_together([{**fields, "ref": ref} for ref in ("a", "b", "c")])
        acks = await asyncio.wait_for(asyncio.gather(*answers), ws.DEADLINE_S)
    assert [ack["seq"] for ack in acks] == [2, 2, 2]
    assert [ack["duplicate"] for ack in acks] == [False, True, True]
    assert bo.texts(group) == ["x"]


async def test_send_again_with_other_text_conflicts(talk):
    ann, bo, group = talk
    client_id = new_id()
    async with ann.connect() as socket:
        await socket.send(group, "once", client_id)
        with pytest.raises(Refused) as refused:
            await socket.send(group, "twice", client_id)
        assert refused.value.code == "conflict"
        await socket.ping()
    assert bo.texts(group) == ["once"]


async def test_send_with_reply_carries_the_excerpt(talk):
    ann, bo, group = talk
    question = bo.send(group, "how are you?")
    async with ann.connect() as socket:
        await socket.send(group, "well", reply_to=question["seq"])
        change = await socket.change(seq=3)
    assert change["message"]["reply_to"]["excerpt"] == "how are you?"


async def test_commands_of_one_session_run_in_the_order_they_came(talk):
    ann, bo, group = talk
    async with ann.connect() as socket:
        frames = [{"type": "send", "ref": str(number), "conversation_id": group["id"],
                   "client_id": new_id(), "text": str(number)} for number in range(200)]
        answers = [socket.answer_to(f["ref"]) for f in frames]
        socket.put_together(frames)
        acks = await asyncio.wait_for(asyncio.gather(*answers), ws.DEADLINE_S)
    assert [ack["seq"] for ack in acks] == list(range(2, 202))
    assert bo.texts(group, after=0, limit=100) == [str(number) for number in range(100)]


async def test_more_than_256_outstanding_commands_are_all_answered(talk):
    ann, _, group = talk
    async with ann.connect() as socket:
        frames = [{"type": "send", "ref": str(number), "conversation_id": group["id"],
                   "client_id": new_id(), "text": "x"} for number in range(600)]
        answers = [socket.answer_to(f["ref"]) for f in frames]
        socket.put_together(frames)
        acks = await asyncio.wait_for(asyncio.gather(*answers), 2 * ws.DEADLINE_S)
    assert [ack["seq"] for ack in acks] == list(range(2, 602))


# Live changes.

async def test_every_device_of_every_member_gets_the_same_change(talk):
    ann, bo, group = talk
    phone = ann.login()
    async with ann.connect() as one, phone.connect() as two, bo.connect() as three:
        await one.send(group, "hello")
        changes = [await socket.change(seq=2) for socket in (one, two, three)]
    assert changes[0] == changes[1] == changes[2]
    assert bo.all_changes(group)[1] == {k: v for k, v in changes[0].items() if k != "type"}


async def test_changes_over_http_come_live(talk):
    ann, bo, group = talk
    async with bo.connect() as socket:
        ann.send(group, "hello")
        ann.patch(path_of(group), {"title": "New"}).expect(200)
        assert (await socket.change(seq=2))["message"]["text"] == "hello"
        change = await socket.change(seq=3)
    assert (change["kind"], change["title"]) == ("conversation", "New")


async def test_changes_come_in_order_each_once(talk):
    ann, bo, group = talk
    async with ann.connect() as first, bo.connect() as second:
        await asyncio.gather(*[
            socket.send(group, f"text {number}") for number in range(50)
            for socket in (first, second)])
        for socket in (first, second):
            await socket.until(lambda s=socket: len(s.changes(group["id"])) >= 100)
        await first.ping()
        seqs = [change["seq"] for change in first.changes(group["id"])]
        assert seqs == list(range(2, 102))
        assert first.changes(group["id"]) == second.changes(group["id"])


async def test_strangers_and_removed_members_get_no_changes(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group, shared = ann.group(bo), ann.group(bo, cy)
    async with bo.connect() as removed, cy.connect() as stranger:
        ann.remove(group, bo)
        ann.send(group, "secret")
        ann.send(shared, "end")
        for socket in (removed, stranger):
            await socket.change(conversation_id=shared["id"], kind="message")
            assert "secret" not in json.dumps(socket.frames)


# Inbox.

async def test_new_group_comes_as_inbox_and_changes_follow(people):
    ann, bo = people("ann", "bo")
    async with bo.connect() as socket:
        group = ann.group(bo, title="New")
        inbox = await socket.wait_for(frame("inbox"))
        conversation = shapes.check(inbox["conversation"], shapes.CONVERSATION)
        assert (conversation["id"], conversation["title"]) == (group["id"], "New")
        assert conversation["role"] == "member"
        ann.send(group, "hello")
        change = await socket.change(conversation_id=group["id"], kind="message")
        assert change["seq"] == 2


async def test_being_added_comes_as_inbox_with_the_new_first_seq(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    ann.send(group, "before")
    async with bo.connect() as socket:
        ann.add(group, bo)
        inbox = await socket.wait_for(frame("inbox"))
        assert inbox["conversation"]["first_seq"] == 3
        ann.send(group, "after")
        assert (await socket.change(kind="message"))["seq"] == 4
        assert "before" not in json.dumps(socket.frames)


async def test_other_devices_of_the_creator_get_the_inbox_too(people):
    ann, bo = people("ann", "bo")
    async with ann.connect() as socket:
        group = ann.group(bo)
        inbox = await socket.wait_for(frame("inbox"))
        assert (inbox["conversation"]["id"], inbox["conversation"]["role"]) == (
            group["id"], "admin")


async def test_direct_comes_as_inbox_before_its_first_message(people):
    ann, bo = people("ann", "bo")
    async with bo.connect() as socket:
        direct = ann.direct(bo)
        ann.send(direct, "hello")
        change = await socket.change(conversation_id=direct["id"], kind="message")
        kinds = [f["type"] for f in socket.frames if f["type"] in ("inbox", "change")]
        assert kinds[0] == "inbox"
        assert kinds.count("inbox") == 1
        assert change["message"]["text"] == "hello"
        inbox = next(f for f in socket.frames if f["type"] == "inbox")
        assert inbox["conversation"]["id"] == direct["id"]


async def test_removed_member_gets_the_change_last_and_then_left(talk):
    ann, bo, group = talk
    async with bo.connect() as socket:
        ann.remove(group, bo)
        left = await socket.wait_for(frame("inbox", left=group["id"]))
        kept = socket.changes(group["id"])
        assert (kept[-1]["kind"], kept[-1]["removed"]) == ("members", [bo.id])
        assert socket.frames.index(kept[-1]) < socket.frames.index(left)


async def test_leaving_is_told_to_ones_other_devices(talk):
    _, bo, group = talk
    async with bo.connect() as socket:
        bo.leave(group)
        await socket.wait_for(frame("inbox", left=group["id"]))


async def test_reading_on_another_device_comes_as_inbox(talk):
    ann, bo, group = talk
    phone = bo.login()
    seq = ann.send(group, "hello")["seq"]
    async with bo.connect() as socket:
        phone.read(group, seq)
        inbox = await socket.wait_for(
            lambda f: f["type"] == "inbox" and f["conversation"]["read_seq"] == seq)
        assert inbox["conversation"]["unread_count"] == 0


async def test_reading_by_frame_is_kept_and_told_to_other_devices(talk):
    ann, bo, group = talk
    phone = bo.login()
    seq = ann.send(group, "hello")["seq"]
    async with bo.connect() as one, phone.connect() as two:
        await two.put("read", conversation_id=group["id"], seq=seq)
        await one.wait_for(lambda f: f["type"] == "inbox" and f["conversation"]["read_seq"] == seq)
        assert bo.conversation(group)["unread_count"] == 0


async def test_read_frame_never_goes_back(talk):
    ann, bo, group = talk
    first, second = ann.send(group, "one")["seq"], ann.send(group, "two")["seq"]
    async with bo.connect() as socket:
        for seq in (second, first, 99):
            await socket.put("read", conversation_id=group["id"], seq=seq)
        await socket.wait_for(frame("error"))  # the answer to the last: the others have run
        await socket.wait_for(frame("inbox"))  # so it is stored
    assert bo.conversation(group)["read_seq"] == second


# Pings.

async def test_ping_frame_is_answered_with_its_ref(people):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        await socket.put("ping")
        pong = await socket.wait_for(frame("pong"))
        assert pong.get("ref") is None
        assert (await socket.command("ping", ref="mine"))["ref"] == "mine"


async def test_websocket_ping_is_answered(people):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        await asyncio.wait_for(await socket.connection.ping(), ws.DEADLINE_S)


# Errors: the session stays.

async def test_send_to_a_conversation_of_others_is_not_found(people):
    ann, bo = people("ann", "bo")
    group = bo.group()
    async with ann.connect() as socket:
        for conversation_id in (group["id"], new_id()):
            await socket.refused("send", "not_found", conversation_id=conversation_id,
                                 client_id=new_id(), text="let me in")
        await socket.ping()
    assert bo.conversation(group)["last_seq"] == 1


async def test_send_after_removal_is_not_found(talk):
    ann, bo, group = talk
    async with bo.connect() as socket:
        await socket.send(group, "before")
        ann.remove(group, bo)
        await socket.refused(
            "send", "not_found", conversation_id=group["id"], client_id=new_id(), text="after")
        await socket.ping()
    assert ann.texts(group) == ["before"]


async def test_read_beyond_the_head_is_an_error_and_changes_nothing(talk):
    ann, bo, group = talk
    ann.send(group, "hello")
    async with bo.connect() as socket:
        await socket.put("read", conversation_id=group["id"], seq=99)
        error = await socket.wait_for(frame("error"))
        assert error["code"] == "invalid"
        await socket.ping()
    assert bo.conversation(group)["unread_count"] == 1


async def test_unknown_type_is_an_error_with_ref_and_the_session_stays(talk):
    ann, _, group = talk
    async with ann.connect() as socket:
        await socket.refused("unheard-of", "invalid")
        await socket.send(group, "still here")


# Close codes.

@pytest.mark.parametrize("raw", [
    "", "nonsense", "[]", "5", "null", '"text"', "{", '{"type":"ping"', "{}", '{"ref":"1"}',
    '{"type":5}', '{"type":"ping"} {"type":"ping"}'])
async def test_what_is_no_object_with_a_type_closes_with_4002(people, raw):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        await socket.put_raw(raw)
        assert await socket.closed() == 4002


async def test_binary_frame_closes_with_1003(people):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        await socket.put_raw(b'{"type":"ping"}')
        assert await socket.closed() == 1003


async def test_frame_over_256_kib_closes_with_1009(people):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        await socket.put_raw(sized_frame(ws.MAX_FRAME_BYTES + 1))
        assert await socket.closed() == 1009


async def test_frame_of_256_kib_is_read(people):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        answer = socket.answer_to("big")
        await socket.put_raw(sized_frame(ws.MAX_FRAME_BYTES))
        assert (await asyncio.wait_for(answer, ws.DEADLINE_S))["type"] == "error"
        await socket.ping()


def sized_frame(size):
    """A well-formed frame of an unknown type of so many bytes."""
    head, tail = '{"type":"unheard-of","ref":"big","padding":"', '"}'
    return head + "x" * (size - len(head) - len(tail)) + tail


async def test_a_closed_session_loses_nothing_that_was_acked(talk):
    ann, bo, group = talk
    async with ann.connect() as socket:
        await socket.send(group, "acked")
        await socket.put_raw("nonsense")
        assert await socket.closed() == 4002
    assert bo.texts(group) == ["acked"]


@needs_disk
async def test_sigterm_closes_with_1012_and_loses_nothing(make_server):
    server = make_server().start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    group = ann.group(bo)
    async with ann.connect() as one, bo.connect() as two:
        await one.send(group, "kept")
        stopping = asyncio.get_running_loop().run_in_executor(None, server.stop)
        assert await one.closed() == 1012
        assert await two.closed() == 1012
        await stopping
    server.start()
    assert bo.texts(group) == ["kept"]
    server.stop()
