"""A disk that is full: sends are refused, reads go on, and nothing that was acknowledged is lost.

The data folder is a small file system of its own (tmpfs), which needs the right to mount one.
"""

import concurrent.futures
import contextlib
import os
import subprocess
import threading

import pytest

from harness import ws
from harness.api import Http, User, new_id
from harness.server import needs_disk

pytestmark = needs_disk

MIB = 1 << 20
DISK_MIB = 48
SMALL = {"PARLEY_STORAGE_WRITE_BUFFER_BYTES": str(MIB), "PARLEY_LOG_LEVEL": "info"}
TEXT = "x" * 15_000


@pytest.fixture
def small_disk(make_server):
    """`make(env)`: a server, not started, whose data folder is a disk of 48 MiB."""
    with contextlib.ExitStack() as mounts:
        def make(**env):
            server = make_server({**SMALL, **env})
            server.data_dir.mkdir(mode=0o700)
            mounted = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=0700", "tmpfs", str(server.data_dir)],
                capture_output=True, text=True, check=False)
            if mounted.returncode != 0:
                pytest.skip(f"may not mount a file system here: {mounted.stderr.strip()}")
            mounts.callback(subprocess.run, ["umount", "-l", str(server.data_dir)], check=True)
            mounts.callback(server.dispose)
            return server
        yield make


def free_bytes(server):
    info = os.statvfs(server.data_dir)
    return info.f_bavail * info.f_frsize


class Filler:
    """A file that takes the room of the disk."""

    def __init__(self, server, leave_bytes):
        self.path = server.data_dir / "filler"
        with open(self.path, "wb", buffering=0) as file:
            # What the store frees or takes meanwhile is followed until nothing is left.
            while (room := free_bytes(server) - leave_bytes) > 0:
                try:
                    file.write(b"\0" * min(room, MIB))
                except OSError:
                    break

    def remove(self):
        self.path.unlink()


def readiness(server):
    answer = Http(server.ops, documented=False).request("GET", "/readyz")
    parts = {part["name"]: part for part in answer.json["parts"]}
    return answer.status, parts["store"]


async def test_little_room_refuses_sends_until_there_is_more(small_disk):
    server = small_disk(PARLEY_STORAGE_MIN_FREE_BYTES=str(4 * MIB)).start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    group = ann.group(bo)
    acked = [ann.send(group, f"before {n}")["text"] for n in range(5)]
    assert readiness(server) == (200, {"name": "store", "ready": True})

    filler = Filler(server, leave_bytes=2 * MIB)
    client_id = new_id()
    refused = ann.try_send(group, "while it is full", client_id)
    refused.problem(503, "unavailable")
    assert refused.headers["Retry-After"]
    async with ann.connect() as socket:
        await socket.refused("send", "unavailable", conversation_id=group["id"],
                             client_id=new_id(), text="by the socket")
        # Reads go on, and sessions live.
        assert ann.texts(group) == acked
        assert bo.texts(group) == acked
        await socket.ping()
        status, store = readiness(server)
        assert status == 503 and "full" in store["detail"], store
        assert server.metrics()["parley_store_writable"] == 0
        assert server.metrics()["parley_sends_refused_total"] >= 2

        filler.remove()
        assert readiness(server) == (200, {"name": "store", "ready": True})
        acked.append(ann.send(group, "while it is full", client_id)["text"])
        await socket.send(group, "by the socket")
    acked.append("by the socket")
    assert bo.texts(group) == acked

    server.restart()
    assert ann.texts(group) == acked
    assert [c["seq"] for c in ann.all_changes(group)] == list(range(1, len(acked) + 2))


async def test_full_within_a_write_refuses_then_ends_when_there_is_room(small_disk):
    """Without a reserve the log itself meets the end of the disk. What RocksDB would write behind a
    torn record a restart would not find: so nothing is, and once a restart is of use the server
    ends by itself, to be started anew."""
    server = small_disk(PARLEY_STORAGE_MIN_FREE_BYTES="0").start()
    ann = User.register(server, "ann")
    group = ann.group(User.register(server, "bo"))
    acked = [ann.send(group, f"before {n}")["text"] for n in range(3)]
    filler = Filler(server, leave_bytes=0)

    async with ann.connect() as socket:
        refused = 0
        for number in range(400):  # what is preallocated takes some more
            try:
                text = f"{number} {TEXT}"
                await socket.send(group, text)
                acked.append(text)
            except ws.Refused as error:
                assert error.code == "unavailable"
                refused += 1
                if refused == 3:
                    break
        assert refused == 3, "the disk never was full"
        newest = ann.page(group, limit=3)["items"]
        assert [m["text"] for m in newest] == acked[-3:]

    filler.remove()
    with contextlib.suppress(ConnectionError, OSError):
        ann.try_send(group, "this one finds room, and a log that is torn")
    assert server.wait_exit() not in (0, None)
    assert "the disk failed: stopping" in server.log_tail()

    server.start()
    texts = [m["text"] for m in all_messages(ann, group)]
    assert texts[:len(acked)] == acked
    assert ann.send(group, "after")["seq"] == len(texts) + 2


def rename_until(user, full):
    """Writes to the store beside the messages."""
    number = 0
    while not full.is_set():
        number += 1
        user.patch("/v1/users/me", {"display_name": f"name {number} " + "n" * 80})


async def test_full_within_many_writes_at_once_refuses_them_all(small_disk):
    """None of them follows behind the torn record of another, where RocksDB would abort."""
    server = small_disk(PARLEY_STORAGE_MIN_FREE_BYTES="0").start()
    ann = User.register(server, "ann")
    group = ann.group(User.register(server, "bo"))
    others = [User.register(server, f"other{n}") for n in range(6)]
    Filler(server, leave_bytes=MIB)
    full = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(len(others)) as threads:
        renaming = [threads.submit(rename_until, user, full) for user in others]
        try:
            refused = 0
            while refused < 20:
                refused += ann.try_send(group, TEXT).status == 503
        finally:
            full.set()
        for each in renaming:
            each.result()
    assert server.running
    assert len(all_messages(ann, group)) > 0


async def test_filled_by_messages_alone(small_disk):
    """Nobody else takes the room: the store's own files do, with flushes and compactions under way."""
    server = small_disk(PARLEY_STORAGE_MIN_FREE_BYTES=str(8 * MIB)).start()
    ann = User.register(server, "ann")
    group = ann.group(User.register(server, "bo"))
    # Leaves room for some flushes, so that the test need not send the whole disk.
    filler = Filler(server, leave_bytes=16 * MIB)
    acked = []
    async with ann.connect() as socket:
        for number in range(6_000):
            # Not compressible: the disk is to be filled.
            text = f"{number} {os.urandom(7_000).hex()}"
            try:
                await socket.send(group, text)
            except ws.Refused as error:
                assert error.code == "unavailable"
                break
            acked.append(text)
        else:
            raise AssertionError("the disk never was full")
    assert ann.page(group, limit=1)["items"][0]["text"] == acked[-1]
    filler.remove()
    acked.append(ann.send(group, "there is room again")["text"])
    server.restart()
    assert [m["text"] for m in all_messages(ann, group)] == acked


def all_messages(person, group):
    """Every message, oldest first."""
    messages, after = [], 0
    while True:
        page = person.page(group, after=after, limit=100)
        messages += page["items"]
        if not page["has_more_after"]:
            return messages
        after = page["items"][-1]["seq"]
