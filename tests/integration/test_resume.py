"""Resume: the sync rules of the interface, one after the other."""

import asyncio
import concurrent.futures
import time

import pytest

from harness import shapes, ws
from harness.api import User, new_id, path_of
from harness.checker import Replica, plain
from harness.server import needs_disk
from harness.ws import frame


@pytest.fixture
def talk(people):
    """Ann, Bo and a group of theirs."""
    ann, bo = people("ann", "bo")
    return ann, bo, ann.group(bo)


def send_many(user, conversation, count, text="text"):
    """Sends quickly, from eight threads; the order does not matter."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: user.send(conversation, text), range(count)))


def rename_many(user, conversation, count):
    """Makes many small changes, so that it is their number that counts and not their bytes."""
    for number in range(count):
        user.patch(path_of(conversation), {"title": f"title {number}"}).expect(200)


def parts(frames):
    """The parts of all sync frames, by conversation."""
    found = {}
    for sync in frames:
        for part in sync["conversations"]:
            found.setdefault(part["conversation"]["id"], []).append(part)
    return found


def changes_of(frames, conversation):
    return [c for part in parts(frames).get(conversation["id"], []) for c in part["changes"]]


async def sync(user, cursor=None, heads=None):
    async with user.connect(resume=True) as socket:
        return await socket.resume(cursor, heads)


# Rule 1: what is missed follows what the client has.

async def test_resume_brings_exactly_what_was_missed(talk):
    ann, bo, group = talk
    for number in range(5):
        ann.send(group, f"text {number}")
    frames = await sync(bo, heads={group["id"]: 3})
    assert changes_of(frames, group) == bo.all_changes(group, after=3)
    (part,) = parts(frames)[group["id"]]
    assert part["reset"] is False
    shapes.check(part["conversation"], shapes.CONVERSATION)
    assert part["conversation"]["last_seq"] == 6
    assert frames[-1]["left"] == []


async def test_resume_with_head_zero_brings_the_whole_log_to_a_founder(talk):
    ann, bo, group = talk
    ann.send(group, "hello")
    frames = await sync(bo, heads={group["id"]: 0})
    assert [c["seq"] for c in changes_of(frames, group)] == [1, 2]


@needs_disk
async def test_resume_brings_what_happened_while_the_server_was_down_and_up(make_server):
    server = make_server().start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    group = ann.group(bo)
    async with bo.connect(resume=True) as socket:
        frames = await socket.resume(heads={group["id"]: 1})
        cursor = frames[-1]["cursor"]
    ann.send(group, "one")
    server.kill()
    server.start()
    ann.send(group, "two")
    other = ann.group(bo)
    frames = await sync(bo, cursor, {group["id"]: 1})
    assert [c["message"]["text"] for c in changes_of(frames, group)] == ["one", "two"]
    assert parts(frames)[other["id"]][0]["reset"] is True
    server.stop()


# Rule 2: nothing before the answer to resume; without it the session ends.

async def test_no_change_comes_before_the_answer_to_resume(talk):
    ann, bo, group = talk
    async with bo.connect(resume=True) as socket:
        for number in range(5):
            ann.send(group, f"text {number}")
        await socket.ping()
        assert [f["type"] for f in socket.frames] == ["ready", "pong"]
        frames = await socket.resume(heads={group["id"]: 1})
        assert [c["seq"] for c in changes_of(frames, group)] == [2, 3, 4, 5, 6]
        ann.send(group, "live")
        assert (await socket.change())["seq"] == 7


async def test_no_inbox_comes_before_the_answer_to_resume(people):
    ann, bo = people("ann", "bo")
    async with bo.connect(resume=True) as socket:
        group = ann.group(bo)
        ann.send(group, "hello")
        await socket.ping()
        assert [f["type"] for f in socket.frames] == ["ready", "pong"]
        frames = await socket.resume(cursor=socket.ready["cursor"])
        assert parts(frames)[group["id"]][0]["reset"] is True


async def test_without_resume_in_ten_seconds_the_session_closes_with_4002(people):
    (ann,) = people("ann")
    async with ann.connect(resume=True) as socket:
        begin = time.monotonic()
        assert await socket.closed(timeout=40) == 4002
        assert time.monotonic() - begin > 8


async def test_without_the_parameter_changes_begin_after_ready(talk):
    ann, bo, group = talk
    async with bo.connect() as socket:
        ann.send(group, "live")
        assert (await socket.change())["seq"] == 2


# Rule 3: heads are the truth, the cursor finds the rest.

async def test_cursor_finds_new_conversations_as_reset_objects(people):
    ann, bo = people("ann", "bo")
    cursor = (await sync(bo))[-1]["cursor"]
    group = ann.group(bo)
    ann.send(group, "hello")
    (part,) = parts(await sync(bo, cursor))[group["id"]]
    assert (part["reset"], part["changes"]) == (True, [])
    assert part["conversation"]["last_seq"] == 2
    assert part["conversation"]["last_message"]["text"] == "hello"


async def test_cursor_of_ready_serves_too(people):
    ann, bo = people("ann", "bo")
    async with bo.connect() as socket:
        cursor = socket.ready["cursor"]
    group = ann.group(bo)
    assert group["id"] in parts(await sync(bo, cursor))


async def test_cursor_brings_own_read_position_of_an_equal_head(talk):
    ann, bo, group = talk
    seq = ann.send(group, "hello")["seq"]
    cursor = (await sync(bo, heads={group["id"]: seq}))[-1]["cursor"]
    bo.read(group, seq)
    (part,) = parts(await sync(bo, cursor, {group["id"]: seq}))[group["id"]]
    assert (part["changes"], part["reset"]) == ([], False)
    assert part["conversation"]["read_seq"] == seq


async def test_without_cursor_only_the_given_heads_are_answered(people):
    ann, bo = people("ann", "bo")
    known, other = ann.group(bo), ann.group(bo)
    ann.send(known, "hello")
    ann.send(other, "hello")
    frames = await sync(bo, heads={known["id"]: 1})
    assert set(parts(frames)) == {known["id"]}


async def test_without_anything_the_answer_is_an_empty_sync_with_a_cursor(talk):
    _, bo, _ = talk
    (only,) = await sync(bo)
    assert (only["conversations"], only["left"], only["more"]) == ([], [], False)
    assert isinstance(only["cursor"], str) and only["cursor"]


async def test_equal_head_without_cursor_brings_no_changes(talk):
    ann, bo, group = talk
    seq = ann.send(group, "hello")["seq"]
    frames = await sync(bo, heads={group["id"]: seq})
    for part in parts(frames).get(group["id"], []):
        assert (part["changes"], part["reset"]) == ([], False)


async def test_empty_direct_of_another_is_not_found_by_the_cursor(people):
    ann, bo = people("ann", "bo")
    cursor = (await sync(bo))[-1]["cursor"]
    direct = ann.direct(bo)
    assert direct["id"] not in parts(await sync(bo, cursor))
    ann.send(direct, "hello")
    assert direct["id"] in parts(await sync(bo, cursor))


# Rule 4: frames of at most 256 KiB, the cursor in the last.

async def test_much_comes_in_several_frames_of_at_most_256_kib(people):
    ann, bo = people("ann", "bo")
    groups = [ann.group(bo) for _ in range(4)]
    for group in groups:
        send_many(ann, group, 10, "ä" * 9_000)
    async with bo.connect(resume=True) as socket:
        frames = await socket.resume(heads={group["id"]: 1 for group in groups})
        sizes = [size for f, size in zip(socket.frames, socket.sizes) if f["type"] == "sync"]
    assert len(frames) >= 3
    assert max(sizes) <= ws.MAX_FRAME_BYTES
    assert [f["more"] for f in frames] == [True] * (len(frames) - 1) + [False]
    assert [bool(f.get("cursor")) for f in frames] == [False] * (len(frames) - 1) + [True]
    for group in groups:
        assert not any(part["reset"] for part in parts(frames)[group["id"]])
        assert [c["seq"] for c in changes_of(frames, group)] == list(range(2, 12))


async def test_many_conversations_come_in_several_frames_each_once(people):
    ann, bo = people("ann", "bo")
    groups = [ann.group(bo) for _ in range(30)]
    for group in groups:
        ann.send(group, "x" * 12_000)
    frames = await sync(bo, heads={group["id"]: 1 for group in groups})
    assert len(frames) >= 2
    assert {key: len(found) for key, found in parts(frames).items()} == {
        group["id"]: 1 for group in groups}


async def test_resume_in_several_frames_is_answered_after_the_last(people):
    ann, bo = people("ann", "bo")
    first, second = ann.group(bo), ann.group(bo)
    ann.send(first, "one")
    ann.send(second, "two")
    async with bo.connect(resume=True) as socket:
        await socket.put("resume", heads={first["id"]: 1}, more=True)
        await socket.ping()
        assert [f["type"] for f in socket.frames] == ["ready", "pong"]
        await socket.put("resume", heads={second["id"]: 1})
        frames = await socket.sync_frames()
    assert set(parts(frames)) == {first["id"], second["id"]}
    assert [c["seq"] for c in changes_of(frames, first)] == [2]


async def test_resume_takes_a_thousand_heads_in_a_frame_and_no_more(talk):
    _, bo, group = talk
    async with bo.connect(resume=True) as socket:
        await socket.put("resume", heads={new_id(): 1 for _ in range(1_001)})
        assert (await socket.wait_for(frame("error")))["code"] == "invalid"
        heads = {new_id(): 1 for _ in range(999)}
        frames = await socket.resume(heads={**heads, group["id"]: 0})
    assert sorted(key for f in frames for key in f["left"]) == sorted(heads)
    assert [c["seq"] for c in changes_of(frames, group)] == [1]


# Rule 5: no hole and no repetition between sync and what follows.

async def test_resume_under_fire_has_no_hole_and_no_repetition(people):
    ann, bo = people("ann", "bo")
    groups = [ann.group(bo) for _ in range(3)]
    replica = Replica("bo")
    for group in groups:
        replica.hold(group)
    sending = True

    async def fire(group):
        async with ann.connect() as socket:
            while sending:
                await asyncio.gather(*[socket.send(group, "x" * 500) for _ in range(4)])

    tasks = [asyncio.ensure_future(fire(group)) for group in groups]
    for _ in range(8):
        async with bo.connect(resume=True, listener=replica) as socket:
            await socket.resume(**replica.resume_fields())
            for group in groups:
                await socket.change(conversation_id=group["id"])
    sending = False
    await asyncio.gather(*tasks)
    async with bo.connect(resume=True, listener=replica) as socket:
        await socket.resume(**replica.resume_fields())
    assert replica.resets == 0
    replica.check({group["id"]: bo.all_changes(group) for group in groups})


async def test_resume_again_on_a_living_session_repeats_nothing(talk):
    ann, bo, group = talk
    replica = Replica("bo")
    replica.hold(bo.conversation(group))
    async with bo.connect(resume=True, listener=replica) as socket:
        for number in range(3):
            await socket.resume(**replica.resume_fields())
            ann.send(group, f"text {number}")
            await socket.change(seq=2 + number)
        await socket.resume(heads={group["id"]: 4})
    replica.check({group["id"]: bo.all_changes(group)})


async def test_two_devices_resume_to_the_same(talk):
    ann, bo, group = talk
    send_many(ann, group, 20)
    first = await sync(bo, heads={group["id"]: 1})
    second = await sync(bo.login(), heads={group["id"]: 5})
    assert changes_of(first, group)[4:] == changes_of(second, group)


# Rule 6: when the answer is reset.

async def test_500_missed_changes_come_and_501_reset(talk):
    ann, bo, group = talk
    rename_many(ann, group, 501)
    near = await sync(bo, heads={group["id"]: 2})
    assert [c["seq"] for c in changes_of(near, group)] == list(range(3, 503))
    (part,) = parts(await sync(bo, heads={group["id"]: 1}))[group["id"]]
    assert (part["reset"], part["changes"]) == (True, [])
    assert part["conversation"]["last_seq"] == 502


async def test_more_than_256_kib_missed_in_one_conversation_reset(talk):
    ann, bo, group = talk
    send_many(ann, group, 15, "x" * 20_000)
    (part,) = parts(await sync(bo, heads={group["id"]: 1}))[group["id"]]
    assert (part["reset"], part["changes"]) == (True, [])
    near = await sync(bo, heads={group["id"]: 10})
    assert [c["seq"] for c in changes_of(near, group)] == [11, 12, 13, 14, 15, 16]


async def test_head_beyond_the_end_resets(talk):
    ann, bo, group = talk
    ann.send(group, "hello")
    (part,) = parts(await sync(bo, heads={group["id"]: 99}))[group["id"]]
    assert (part["reset"], part["changes"]) == (True, [])
    assert part["conversation"]["last_seq"] == 2


async def test_head_before_the_first_seq_resets(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    for number in range(3):
        ann.send(group, f"secret {number}")
    ann.add(group, bo)
    (part,) = parts(await sync(bo, heads={group["id"]: 3}))[group["id"]]
    assert (part["reset"], part["changes"]) == (True, [])
    frames = await sync(bo, heads={group["id"]: 4})
    assert [c["seq"] for c in changes_of(frames, group)] == [5]


async def test_live_changes_follow_a_reset_from_the_objects_last_seq(talk):
    ann, bo, group = talk
    async with bo.connect(resume=True) as socket:
        (sync_frame,) = await socket.resume(heads={group["id"]: 99})
        last_seq = sync_frame["conversations"][0]["conversation"]["last_seq"]
        ann.send(group, "live")
        assert (await socket.change())["seq"] == last_seq + 1


async def test_joined_again_under_an_old_head_resets(talk):
    ann, bo, group = talk
    ann.send(group, "first time")
    bo.leave(group)
    ann.send(group, "without bo")
    ann.add(group, bo)
    (part,) = parts(await sync(bo, heads={group["id"]: 2}))[group["id"]]
    assert (part["reset"], part["conversation"]["first_seq"]) == (True, 5)


async def test_reset_over_500_is_filled_by_changes(talk):
    ann, bo, group = talk
    send_many(ann, group, 520)
    (part,) = parts(await sync(bo, heads={group["id"]: 1}))[group["id"]]
    assert part["reset"] is True
    assert [c["seq"] for c in bo.all_changes(group, after=1)] == list(range(2, 522))


# Rule 7: left names what the caller is not in.

async def test_left_names_conversations_that_one_is_not_in(people):
    ann, bo = people("ann", "bo")
    gone, foreign, kept = ann.group(bo), ann.group(), ann.group(bo)
    ann.remove(gone, bo)
    unknown = new_id()
    heads = {gone["id"]: 1, foreign["id"]: 1, unknown: 1, kept["id"]: 0}
    frames = await sync(bo, heads=heads)
    left = [key for f in frames for key in f["left"]]
    assert sorted(left) == sorted([gone["id"], foreign["id"], unknown])
    assert set(parts(frames)) == {kept["id"]}


async def test_left_while_away_tells_nothing_of_what_followed(talk):
    ann, bo, group = talk
    async with bo.connect() as socket:
        cursor = socket.ready["cursor"]
    ann.remove(group, bo)
    ann.send(group, "secret")
    frames = await sync(bo, cursor, {group["id"]: 1})
    assert (parts(frames), frames[-1]["left"]) == ({}, [group["id"]])


# Rule 8: positions are said again after the last sync.

async def test_positions_said_again_after_the_sync_are_kept(talk):
    ann, bo, group = talk
    phone = bo.login()
    seq = ann.send(group, "hello")["seq"]
    async with bo.connect(resume=True) as socket, phone.connect() as other:
        frames = await socket.resume(heads={group["id"]: 1})
        (part,) = parts(frames)[group["id"]]
        assert part["conversation"]["read_seq"] < seq
        await socket.put("delivered", conversation_id=group["id"], seq=seq)
        await socket.put("read", conversation_id=group["id"], seq=seq)
        await other.wait_for(
            lambda f: f["type"] == "inbox" and f["conversation"]["read_seq"] == seq)
        await socket.ping()
        assert not [f for f in socket.frames if f["type"] == "error"]
    seen = bo.conversation(group)
    assert (seen["read_seq"], seen["delivered_seq"], seen["unread_count"]) == (seq, seq, 0)


# Wrong resumes: an error, and the session stays.

@pytest.mark.parametrize("fields", [
    {"cursor": "forged"}, {"cursor": 5}, {"heads": []}, {"heads": {"x": "1"}},
    {"heads": {"x": -1}}, {"heads": {"x": 1.5}}, {"more": 1}, {"nope": 1}])
async def test_wrong_resume_is_an_error_and_a_right_one_still_works(talk, fields):
    _, bo, group = talk
    async with bo.connect(resume=True) as socket:
        await socket.put("resume", **fields)
        assert (await socket.wait_for(frame("error")))["code"] == "invalid"
        frames = await socket.resume(heads={group["id"]: 0})
        assert [c["seq"] for c in changes_of(frames, group)] == [1]


async def test_cursor_with_one_changed_letter_is_an_error(talk):
    _, bo, _ = talk
    async with bo.connect(resume=True) as socket:
        cursor = socket.ready["cursor"]
        middle = len(cursor) // 2
        changed = "A" if cursor[middle] != "A" else "B"
        await socket.put("resume", cursor=cursor[:middle] + changed + cursor[middle + 1:])
        assert (await socket.wait_for(frame("error")))["code"] == "invalid"
        await socket.resume(cursor=cursor)


async def test_cursor_of_another_person_is_of_no_use(people):
    ann, bo, cy = people("ann", "bo", "cy")
    async with ann.connect() as socket:
        cursor = socket.ready["cursor"]
    group = ann.group(bo)
    async with cy.connect(resume=True) as socket:
        await socket.put("resume", cursor=cursor)
        answer = await socket.wait_for(lambda f: f["type"] in ("error", "sync"))
        assert group["id"] not in str(answer)


async def test_synced_and_live_changes_are_those_of_http(talk):
    ann, bo, group = talk
    ann.send(group, "missed")
    async with bo.connect(resume=True) as socket:
        frames = await socket.resume(heads={group["id"]: 0})
        ann.patch(path_of(group), {"title": "live"}).expect(200)
        live = await socket.change(seq=3)
    together = [plain(change) for change in changes_of(frames, group) + [live]]
    assert together == [plain(change) for change in bo.all_changes(group)]
