"""Health, metrics, logs, signals: what whoever runs the server relies on."""

import asyncio
import contextlib
import json
import os
import pathlib
import re
import signal
import socket as sockets
import time

import pytest

from harness import ws
from harness.api import Http, User, new_id
from harness.server import needs_disk

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/operations.md"
DEADLINE_S = 30


def wait_for(condition, what):
    """Waits until `condition()` is true."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, f"never {what}"
        time.sleep(0.01)


def read_log(server):
    return server.log_path.read_text("utf-8", "replace")


# Metrics.


def families(server):
    """Name -> type of all that /metrics tells."""
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", server.ops_get("/metrics"), re.M))


async def test_every_metric_is_documented_and_every_documented_one_is_there(server):
    table = re.findall(r"^\| `((?:parley|process)_\w+)` \| (\w+) \|", DOCUMENT.read_text(), re.M)
    assert len(table) == len(dict(table)), "a family is documented twice"
    assert dict(table) == families(server)


async def test_metrics_count_what_happens(server, people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    async with bo.connect() as bos, ann.connect() as anns:
        before = server.metrics()
        client_id = new_id()
        await anns.send(group, "one", client_id)
        await anns.send(group, "one", client_id)
        ann.send(group, "two")
        await bos.change(seq=3)
        await anns.refused("send", "not_found", conversation_id=new_id(), client_id=new_id(),
                           text="?")
        await anns.ping()
        after = server.metrics()

    def rise(name):
        return after[name] - before.get(name, 0)

    assert rise("parley_messages_sent_total") == 2
    assert rise("parley_messages_duplicate_total") == 1
    assert rise("parley_sends_refused_total") == 1
    assert rise("parley_deliveries_total") == 4
    assert rise("parley_errors_total") == 1
    assert rise("parley_commit_entries_total") == 2
    for histogram in ("parley_commit_seconds", "parley_commit_write_seconds",
                      "parley_commit_group_entries"):
        assert rise(f"{histogram}_count") in (1, 2), histogram
        assert rise(f"{histogram}_sum") > 0, histogram
    assert after["parley_sessions"] - before["parley_sessions"] == 0
    assert after["parley_sessions"] >= 2
    assert after["parley_actors"] >= 1
    wait_for(lambda: server.metrics()["parley_shard_latency_seconds_count"] > 0, "sampled shards")
    assert after["process_resident_memory_bytes"] > 1 << 20
    assert 0 < after["process_open_fds"] < after["process_max_fds"]
    assert after["process_cpu_seconds_total"] >= before["process_cpu_seconds_total"]
    wait_for(lambda: server.metrics()["parley_sessions"] == before["parley_sessions"] - 2,
             "counted the sessions that ended")
    waiting = [line for line in server.ops_get("/metrics").splitlines()
               if line.startswith('parley_queue_length{queue="commands')]
    assert len(waiting) == 2 and all(line.endswith(" 0") for line in waiting), waiting


async def test_resumes_are_counted(server, people):
    ann, = people("ann")
    before = server.metrics()
    async with ann.connect(resume=True) as socket:
        await socket.resume()
    after = server.metrics()
    assert after["parley_resumes_total"] - before["parley_resumes_total"] == 1
    assert after["parley_sync_frames_total"] - before["parley_sync_frames_total"] == 1


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz"])
async def test_not_on_the_public_port(server, anyone, path):
    anyone.request("GET", path).problem(404, "not_found")
    assert Http(server.ops, documented=False).request("GET", path).status == 200


async def test_ready_names_its_parts(server):
    answer = Http(server.ops, documented=False).request("GET", "/readyz").expect(200)
    assert answer["ready"] is True
    assert [part["name"] for part in answer["parts"]] == ["server", "store"]


async def test_commands_beyond_the_bound_are_refused(make_server):
    """1 MiB for all commands that wait: one with a long text does not fit beside a thousand."""
    server = make_server({"PARLEY_LIMITS_WAITING_BYTES": str(1 << 20)}).start()
    senders = [User.register(server, "sender") for _ in range(8)]
    groups = [sender.group() for sender in senders]
    opened = await asyncio.gather(*[sender.connect() for sender in senders])
    answers = []
    for group, socket in zip(groups, opened):
        frames = [{"type": "send", "ref": socket.new_ref(), "conversation_id": group["id"],
                   "client_id": new_id(), "text": "x" * 19_000} for _ in range(50)]
        answers += [socket.answer_to(f["ref"]) for f in frames]
        socket.put_encoded(ws.encode(frames))
    done = await asyncio.wait_for(asyncio.gather(*answers), 60)
    kinds = {(a["type"], a.get("code")) for a in done}
    assert ("ack", None) in kinds
    assert kinds <= {("ack", None), ("error", "unavailable")}, kinds
    committed = server.metrics()["parley_messages_sent_total"]
    assert committed == sum(a["type"] == "ack" for a in done)
    for group, socket in zip(groups, opened):
        await socket.send(group, "there is room again")
        await socket.close()


async def test_queues_are_as_long_as_the_settings_say(make_server):
    server = make_server({"PARLEY_STORAGE_READ_QUEUE": "77", "PARLEY_AUTH_HASH_QUEUE": "5"}).start()
    lines = server.ops_get("/metrics").splitlines()
    assert 'parley_queue_limit{queue="reads"} 77' in lines
    assert 'parley_queue_limit{queue="hashes"} 5' in lines


# Signals.


def level_is(server, level):
    """Whether lines of this level are logged: every request makes one at debug."""
    Http(server.http).get("/v1/server")
    return (f" {level} answered a request" in read_log(server))


async def test_sighup_rereads_the_level_and_names_what_must_wait(make_server, tmp_path):
    config = tmp_path / "parley.toml"
    config.write_text('log.level = "warning"\nthreads = 1\n')
    server = make_server(args=["--config", str(config)]).start()
    Http(server.http).get("/v1/server")
    assert "answered a request" not in read_log(server)

    config.write_text('log.level = "loud"\n')
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "nothing was changed" in read_log(server), "said that the file is wrong")
    assert "log.level must be debug, info, warning or error" in read_log(server)

    config.write_text('log.level = "debug"\nthreads = 2\n')
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: level_is(server, "debug"), "logged at the new level")
    wait_for(lambda: "take effect at the next start" in read_log(server), "named the others")
    line = next(x for x in read_log(server).splitlines() if "at the next start" in x)
    assert line.endswith("settings=threads"), line
    assert "changed=log.level" in read_log(server)


async def test_sighup_rereads_the_limits(make_server, tmp_path):
    config = tmp_path / "parley.toml"
    config.write_text("")
    server = make_server(args=["--config", str(config)]).start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    group = ann.group(bo)
    async with ann.connect() as socket:  # opened before, and held to them all the same
        await socket.send(group, "a longer text")
        config.write_text("[limits]\ntext_bytes = 5\ngroup_members = 2\n")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: Http(server.http).get("/v1/server").expect(200)["limits"]["text_bytes"] == 5,
                 "took over the limits")
        refusal = await socket.refused(
            "send", "invalid", conversation_id=group["id"], client_id=new_id(), text="a longer text")
        assert "at most 5 bytes" in refusal["detail"]
        await socket.send(group, "short")
    cy = User.register(server, "cy")
    ann.post(f"/v1/conversations/{group['id']}/members", {"user_ids": [cy.id]}).problem(409, "conflict")


@needs_disk
async def test_sigterm_drains_under_load_and_keeps_what_it_acked(make_server):
    server = make_server({"PARLEY_SERVER_DRAIN_MS": "1500"}).start()
    people = [User.register(server, "sender") for _ in range(6)]
    group = people[0].group(*people[1:])
    opened = await asyncio.gather(*[person.connect() for person in people])
    acked, codes = [], []

    async def send_until_closed(socket, name):
        for number in range(100_000):
            text = f"{name} {number}"
            try:
                await socket.send(group, text)
            except ws.Closed as error:
                codes.append(error.code)
                return
            except ws.Refused as error:
                assert error.code == "unavailable"
                continue
            acked.append(text)

    running = [asyncio.ensure_future(send_until_closed(socket, n)) for n, socket in enumerate(opened)]
    while len(acked) < 50:
        await asyncio.sleep(0.01)
    begin = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    ready = None
    with contextlib.suppress(OSError):  # it may have ended
        while (ready := Http(server.ops, documented=False).request("GET", "/readyz")).status == 200:
            await asyncio.sleep(0.005)
    assert ready is not None and ready.status == 503
    assert ready.json["parts"][0] == {"name": "server", "ready": False, "detail": "is stopping"}
    with pytest.raises(OSError):
        sockets.create_connection(server.http.rsplit(":", 1), timeout=5).close()
    await asyncio.wait_for(asyncio.gather(*running), DEADLINE_S)
    assert codes == [1012] * len(people)
    assert time.monotonic() - begin > 0.5, "they were not spread"
    await asyncio.to_thread(server.wait_exit)
    assert server.process.returncode == 0

    server.start()
    there = set()
    after = 0
    while True:
        page = people[0].page(group, after=after, limit=100)
        there |= {message["text"] for message in page["items"]}
        if not page["has_more_after"]:
            break
        after = page["items"][-1]["seq"]
    assert set(acked) <= there
    for socket in opened:
        await socket.close()


async def test_second_sigterm_hurries(make_server):
    server = make_server({"PARLEY_SERVER_DRAIN_MS": "600000"}).start()
    people = [User.register(server, "sender") for _ in range(5)]
    opened = await asyncio.gather(*[person.connect() for person in people])
    server.process.send_signal(signal.SIGTERM)
    wait_for(lambda: Http(server.ops, documented=False).request("GET", "/readyz").status == 503, "drained")
    server.process.send_signal(signal.SIGTERM)
    codes = [await socket.closed() for socket in opened]
    assert await asyncio.to_thread(server.wait_exit) == 0
    assert codes == [1012] * len(people)
    assert "stopping at once" in read_log(server)


async def test_systemd_is_told_of_the_state(make_server, tmp_path):
    path = str(tmp_path / "notify")
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(DEADLINE_S)
        server = make_server({"NOTIFY_SOCKET": path}).start()
        assert manager.recv(1_000) == b"READY=1"
        server.process.send_signal(signal.SIGHUP)
        assert re.fullmatch(rb"RELOADING=1\nMONOTONIC_USEC=\d+", manager.recv(1_000))
        assert manager.recv(1_000) == b"READY=1"
        server.stop()
        assert manager.recv(1_000) == b"STOPPING=1"


# Logs.

SECRETS = {
    "text": "ThisIsWhatIWrote", "title": "TitleOfOurGroup", "password": "Passw0rdOfMine",
    "display_name": "NameThatIGave", "device_name": "DeviceOfMine", "query": "SearchedForThis",
    "path": "PathThatIsNone",
}


@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_the_log_never_holds_what_people_write(make_server, log_format):
    server = make_server({"PARLEY_LOG_LEVEL": "debug", "PARLEY_LOG_FORMAT": log_format}).start()
    ann = User.register(server, "annsname", display_name=SECRETS["display_name"],
                        device_name=SECRETS["device_name"])
    ann.password = SECRETS["password"]
    ann.request("POST", "/v1/users/me/password",
                {"old": "correct horse battery", "new": SECRETS["password"]}).expect(204)
    ann.login()
    anyone = Http(server.http)
    wrong = {"username": ann.username, "password": SECRETS["password"] + "!"}
    anyone.request("POST", "/v1/sessions", wrong).problem(401, "unauthenticated")
    anyone.request("GET", "/v1/users/me", headers={"Authorization": f"Bearer {ann.token}x"})
    anyone.request("GET", "/" + SECRETS["path"])
    anyone.request("POST", "/v1/accounts", body=SECRETS["text"].encode())
    group = ann.group(title=SECRETS["title"])
    ann.get("/v1/users", query=SECRETS["query"])
    message = ann.send(group, SECRETS["text"])
    async with ann.connect() as socket:
        await socket.send(group, SECRETS["text"])
        await socket.put_raw(json.dumps({"type": SECRETS["text"], "ref": SECRETS["text"]}))
        await socket.ping()
    async with ws.Connecting(server.http) as socket:
        await socket.auth(ann.token)
    server.restart()
    log = read_log(server)
    assert "answered a request" in log and "a WebSocket ended" in log
    for secret in [*SECRETS.values(), ann.token, ann.username, message["client_id"], "127.0.0.1"]:
        assert secret not in log, secret
    if log_format == "json":
        for line in log.splitlines():
            assert {"time", "level", "message"} <= set(json.loads(line)), line


@pytest.mark.parametrize("token_in", ["header", "frame"])
async def test_sessions_are_found_in_the_log_by_the_request_id(make_server, token_in):
    server = make_server({
        "PARLEY_LOG_FORMAT": "json", "PARLEY_SERVER_TRUSTED_PROXIES": "127.0.0.1"}).start()
    ann = User.register(server, "ann")
    token = ann.token if token_in == "header" else None
    through_a_proxy = {"X-Forwarded-For": "198.51.100.7"}
    async with ws.Connecting(server.http, token=token, headers=through_a_proxy) as socket:
        request_id = socket.connection.response_headers["X-Request-Id"]
        if token is None:
            await socket.auth(ann.token)
        await socket.ping()
        await socket.put_raw("not JSON")
        assert await socket.closed() == 4002

    def lines():
        parsed = [json.loads(line) for line in read_log(server).splitlines()]
        return {line["message"]: line for line in parsed if line.get("request_id") == request_id}

    wait_for(lambda: "a WebSocket ended" in lines(), "logged the end")
    opened, ended = lines()["a WebSocket was opened"], lines()["a WebSocket ended"]
    assert opened["user"] == (ann.id if token else "unknown")
    assert ended["user"] == ann.id
    assert opened["client"] == ended["client"] == "198.51.100.0/24"
    assert (ended["reason"], ended["code"]) == ("by_server", 4002)
    assert ended["frames_out"] == 2  # ready and pong
    assert ended["frames_in"] == (2 if token else 3)
    assert 0 <= ended["millis"] < 60_000


async def test_a_log_that_nobody_reads_stops_nobody(make_server):
    server = make_server({"PARLEY_LOG_LEVEL": "debug"})
    os.mkfifo(server.log_path)
    # Open for reading and writing, so that it can be opened for writing; and never read.
    pipe = os.open(server.log_path, os.O_RDWR | os.O_NONBLOCK)
    try:
        server.start()
        ann = User.register(server, "ann")
        while server.metrics()["parley_log_lines_dropped_total"] == 0:
            for _ in range(500):
                ann.get("/v1/users/me").expect(200)
        assert server.metrics()["process_resident_memory_bytes"] < 2 << 30
        async with ann.connect() as socket:
            await socket.ping()
        # Read at last: the writer goes on, and the server can end.
        os.set_blocking(pipe, True)
        drain = asyncio.create_task(asyncio.to_thread(read_until_gone, pipe))
        await asyncio.to_thread(server.stop)
        os.write(pipe, b"\0")
        await drain
    finally:
        os.close(pipe)
        server.log_path.unlink()


def read_until_gone(pipe):
    while b"\0" not in os.read(pipe, 1 << 16):
        pass
