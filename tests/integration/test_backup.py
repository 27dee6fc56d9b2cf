"""`parleyd backup` while people write: a server on the copy holds that moment, whole."""

import asyncio
import shutil
import subprocess

from harness.api import User
from harness.server import clean_env, needs_disk, program

pytestmark = needs_disk


def backup(server, folder):
    return subprocess.run(
        [program("parleyd"), "backup", "--data-dir", str(server.data_dir), str(folder)],
        env=clean_env(), capture_output=True, text=True, timeout=60, check=False)


async def test_backup_under_load_and_restore(make_server, tmp_path):
    server = make_server().start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    group = ann.group(bo)
    acked = [ann.send(group, f"before {n}")["text"] for n in range(50)]
    stop = asyncio.Event()
    sent = []

    async def write():
        async with ann.connect() as socket:
            while not stop.is_set():
                sent.append(f"during {len(sent)}")
                await socket.send(group, sent[-1])

    writing = asyncio.ensure_future(write())
    while len(sent) < 5:
        await asyncio.sleep(0.005)
    known = acked + sent[:-1]
    done = await asyncio.to_thread(backup, server, tmp_path / "copy")
    stop.set()
    await writing
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "copy") in done.stdout
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    for path in (tmp_path / "copy").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path

    restored = make_server()
    shutil.copytree(tmp_path / "copy", restored.data_dir)
    restored.start()
    ann.server = bo.server = restored
    for person in (ann, bo):
        person.http.close()
        person.http.address = restored.http
    texts = [m["text"] for m in all_messages(bo, group)]
    assert texts[:len(known)] == known, "what was acknowledged before the backup began"
    assert texts == (acked + sent)[:len(texts)], "a beginning of the log, without holes"
    assert ann.send(group, "on the copy")["seq"] == len(texts) + 2
    # The first server went on, and knows nothing of it.
    ann.http.close()
    ann.http.address = server.http
    assert [m["text"] for m in all_messages(ann, group)] == acked + sent


async def test_folder_that_is_in_use_and_server_that_is_not_there(make_server, tmp_path):
    server = make_server().start()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    refused = backup(server, tmp_path / "full")
    assert refused.returncode == 1 and "is not empty" in refused.stderr
    refused = backup(server, "/proc/nothing/here")
    assert refused.returncode == 1 and "cannot make this folder" in refused.stderr
    server.stop()
    refused = backup(server, tmp_path / "copy")
    assert refused.returncode == 1 and "no server answers" in refused.stderr


def all_messages(person, group):
    messages, after = [], 0
    while True:
        page = person.page(group, after=after, limit=100)
        messages += page["items"]
        if not page["has_more_after"]:
            return messages
        after = page["items"][-1]["seq"]
