"""What a parleyd does with engines that are wrong, refuse it, are not there, are slow or misused: clear words, nothing
lost, nothing without bounds.

Run by ctest with the engines' addresses in the environment (cmake/EnginesTest.cmake); by hand:
tools/engines env --dir D -- /usr/bin/python3 -m pytest engines/test_bad_engines.py
"""

import asyncio
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
import websockets

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from fleet import cql  # noqa: E402 (found through the line above)

from faults.gates import Gates, build_detour  # noqa: E402
from harness import ws  # noqa: E402
from harness.api import User, new_id  # noqa: E402
from harness.shifted_clock import fake_time  # noqa: E402
from harness.server import clean_env, program  # noqa: E402

if "PARLEY_CASSANDRA" not in os.environ:
    pytest.skip("no engines: run this through tools/engines env", allow_module_level=True)

KEYSPACE = "bad_input"
CASSANDRA = os.environ["PARLEY_CASSANDRA"]
DEADLINE_S = 60
TRY_AGAIN_S = 0.1
LONGEST_TEXT_BYTES = 20_000  # limits.text_bytes
OUTBOX_BYTES = str(16 * 1024 * 1024)  # room for all that a test sends: its client reads slowly, which is not what is asked


def settings(**changed):
    """The environment of a parleyd on the engines. `changed`: settings by the end of their name."""
    own = {
        "PARLEY_STORAGE_ENGINE": "cassandra", "PARLEY_STORAGE_CASSANDRA_HOSTS": CASSANDRA,
        "PARLEY_STORAGE_CASSANDRA_KEYSPACE": KEYSPACE,
        "PARLEY_STORAGE_CASSANDRA_USERNAME": os.environ["PARLEY_CASSANDRA_USER"],
        "PARLEY_STORAGE_CASSANDRA_PASSWORD": os.environ["PARLEY_CASSANDRA_PASSWORD"],
        "PARLEY_STORAGE_CASSANDRA_CA_FILE": os.environ["PARLEY_CASSANDRA_CA"],
        "PARLEY_BUS_ENGINE": "nats", "PARLEY_BUS_NATS_URLS": os.environ["PARLEY_NATS"],
        "PARLEY_BUS_NATS_USERNAME": os.environ["PARLEY_NATS_USER"],
        "PARLEY_BUS_NATS_PASSWORD": os.environ["PARLEY_NATS_PASSWORD"],
        "PARLEY_BUS_NATS_CA_FILE": os.environ["PARLEY_NATS_CA"],
        "PARLEY_BUS_NATS_PREFIX": KEYSPACE,
    }
    return {**own, **{f"PARLEY_{name.upper()}": value for name, value in changed.items()}}


def run_cql(statement, at=None):
    """At the first node, or `at` another one ("host:port")."""
    host, port = (at or CASSANDRA.split(",")[0]).rsplit(":", 1)
    with cql.Connection(host, int(port), os.environ["PARLEY_CASSANDRA_USER"], os.environ["PARLEY_CASSANDRA_PASSWORD"],
                        os.environ["PARLEY_CASSANDRA_CA"]) as connection:
        connection.run(statement)


def log_of(server):
    return server.log_path.read_text("utf-8", "replace") if server.log_path.exists() else ""


def wait_until(condition, what):
    """What other processes do gives no other sign than that it is so."""
    deadline = time.monotonic() + DEADLINE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {DEADLINE_S} s: {what}"
        time.sleep(0.02)
    return found


def wait_for_log(server, words):
    wait_until(lambda: words in log_of(server) or not server.running, f"{words!r} in the log")
    assert words in log_of(server), server.log_tail()


def readiness(server):
    """What /readyz says: whether it is ready, and the parts that are not, with their words."""
    try:
        told = json.loads(server.ops_get("/readyz"))
    except urllib.error.HTTPError as error:
        with error:
            assert error.code == 503, error
            told = json.loads(error.read())
    return told["ready"], {part["name"]: part["detail"] for part in told["parts"] if not part["ready"]}


def refused_start(make_server, env):
    """The log of a parleyd that must not start."""
    server = make_server(env)
    server.spawn()
    assert server.wait_exit() == 1, server.log_tail()
    server.process = None  # its exit code is right
    assert "cannot start" in log_of(server)
    return log_of(server)


@pytest.fixture(scope="module")
def gates():
    made = Gates(CASSANDRA.split(","))
    yield made
    made.close()


@pytest.fixture(scope="module")
def fleet(make_server, gates, tmp_path_factory):
    """Two parleyd that reach Cassandra through `gates`, and the first of them did not find it there at its start."""
    behind = {"LD_PRELOAD": str(build_detour(tmp_path_factory.mktemp("detour"))), "TEST_DETOURS": gates.detours}
    first, second = (make_server({**settings(node_name=name, server_outbox_bytes=OUTBOX_BYTES), **behind}) for name in ("first", "second"))
    gates.tear()
    first.spawn()
    wait_for_log(first, "waits for Cassandra")
    assert f"Cassandra does not answer at {CASSANDRA}" in log_of(first)
    assert not first.lines(), "it said where it listens before it could serve"
    gates.open()
    first.wait_ready()
    second.start()
    yield first, second


def test_a_cluster_that_is_not_there_at_the_start_is_waited_for(fleet):
    for server in fleet:
        assert readiness(server) == (True, {})


@pytest.mark.parametrize("hosts", ["127.0.0.1:1", "no-such-host.invalid:9042", "nats"])
def test_wrong_addresses_are_named_and_the_wait_ends_when_told(make_server, hosts):
    if hosts == "nats":  # somebody is there, but it is not Cassandra
        hosts = os.environ["PARLEY_NATS"].split(",")[0].rpartition("/")[2]
    server = make_server(settings(storage_cassandra_hosts=hosts))
    server.spawn()
    wait_for_log(server, "waits for Cassandra")
    assert f"Cassandra does not answer at {hosts}" in log_of(server)
    server.stop()


def test_without_tls_it_says_what_may_be_wrong(make_server):
    server = make_server(settings(storage_cassandra_ca_file=""))
    server.spawn()
    wait_for_log(server, "waits for Cassandra")
    assert "whether it wants TLS" in log_of(server)
    server.stop()


def test_refused_credentials_end_the_start(make_server):
    log = refused_start(make_server, settings(storage_cassandra_password="wrong"))
    assert "Cassandra refuses us" in log and "Check the user, the password and the certificates" in log
    assert "wrong" not in log, "a secret in the log"


def test_refused_by_nats_and_redis_it_serves_alone_and_says_so(fleet, make_server):
    address = os.environ["PARLEY_REDIS"].rpartition("@")[2]
    server = make_server(settings(bus_nats_password="wrong", cache_redis_urls=f"redis://:wrong@{address}")).start()
    wait_for_log(server, "the NATS servers refuse the user name or password: check bus.nats.username")
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    ann.send(ann.direct(bo), "alone")
    wait_for_log(server, "Redis")
    server.stop()


def test_without_nats_and_redis_it_serves_alone_and_says_so(fleet, make_server):
    nowhere = settings(bus_nats_urls="tls://127.0.0.1:1", cache_redis_urls="redis://:none@127.0.0.1:1")
    server = make_server(nowhere).start()
    wait_for_log(server, "NATS is not there")
    wait_for_log(server, "the shared cache does not answer: reads go to the store")
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    ann.send(ann.direct(bo), "alone")
    server.stop()


def test_a_keyspace_of_a_newer_version_is_left_alone(fleet, make_server):
    run_cql(f"UPDATE {KEYSPACE}.schema_state SET version = 999 WHERE name = 'schema' IF EXISTS")
    log = refused_start(make_server, settings())
    found = re.search(r"was written by a newer version of Parley \(schema 999, this one knows (\d+)\)", log)
    assert found and "Start that version, or restore a backup" in log, log
    run_cql(f"UPDATE {KEYSPACE}.schema_state SET version = {found[1]} WHERE name = 'schema' IF EXISTS")


def test_a_clock_that_is_off_makes_its_node_not_ready_and_no_other(fleet, make_server):
    server = make_server({**settings(node_name="ahead"), **fake_time(8)}).start()
    what = wait_until(lambda: readiness(server)[1].get("clock"), "not ready for its clock")
    off = re.fullmatch(r"the clock is (\d+) ms ahead of those of the other nodes: set it \(NTP\)", what)
    assert off and 7_000 < int(off[1]) < 9_000, what
    wait_for_log(server, "cannot do its work: the other nodes take over")
    assert [readiness(other) for other in fleet] == [(True, {})] * 2
    server.stop()


def two_people(fleet):
    """A person at each node, and their conversation."""
    ann, bo = (User.register(server, name) for server, name in zip(fleet, ("ann", "bo")))
    return ann, bo, ann.direct(bo)


async def test_messages_near_the_size_cap_fill_every_batch_and_arrive(fleet):
    ann, bo, conversation = two_people(fleet)
    # As many bytes as there may be: in one character each, in two, and in such as JSON has to write longer.
    shapes = [lambda n: "x" * n, lambda n: "é" * (n // 2), lambda n: '"' * n]
    texts = [f"{number:05}" + shape(LONGEST_TEXT_BYTES - 5 - 1) + "." for number, shape in enumerate(shapes * 50)]
    async with ann.connect() as sender, ann.connect() as other, bo.connect() as reader:
        answers = [(sender if number % 2 else other).send(conversation, text) for number, text in enumerate(texts)]
        acks = await asyncio.gather(*answers)
        last = max(ack["seq"] for ack in acks)
        await reader.until(lambda: len(reader.changes(conversation["id"])) >= len(texts))
    arrived = reader.changes(conversation["id"])
    assert [change["seq"] for change in arrived] == list(range(last - len(texts) + 1, last + 1))
    by_seq = {ack["seq"]: text for ack, text in zip(acks, texts)}
    assert all(change["message"]["text"] == by_seq[change["seq"]] for change in arrived)
    stored = bo.all_changes(conversation, last - len(texts))
    assert [change["message"]["text"] for change in stored] == [by_seq[change["seq"]] for change in arrived]


async def send_somehow(socket, conversation, text, client_id):
    """The seq, or None where it was refused for now, or too much waited. Anything else fails, as does no answer."""
    try:
        return (await socket.send(conversation, text, client_id))["seq"]
    except ws.Refused as refused:
        assert refused.code == "unavailable", refused
    except ws.Closed as closed:
        assert closed.code in (1012, 1013), closed  # sent away; too much waits: connect again
    return None


async def send_all(person, conversation, sends, seqs):
    """Sends what has no seq yet until it has one, as a client does."""
    deadline = time.monotonic() + DEADLINE_S
    while left := [client_id for client_id in sends if seqs[client_id] is None]:
        assert time.monotonic() < deadline, f"{len(left)} are still refused"
        try:
            async with person.connect() as socket:
                for client_id in left:
                    seqs[client_id] = await send_somehow(socket, conversation, sends[client_id], client_id)
        except websockets.InvalidStatusCode as refused:
            assert refused.status_code == 503, refused
        await asyncio.sleep(TRY_AGAIN_S)


@pytest.mark.parametrize("delay_s", [0.1, 6])
async def test_a_slow_cassandra_makes_sends_late_or_refused_but_loses_nothing(fleet, gates, delay_s):
    """In each direction: a round trip of 0.2 s is borne, 12 s is more than any statement may take."""
    ann, bo, conversation = two_people(fleet)
    before = [server.metrics()["process_resident_memory_bytes"] for server in fleet]
    sends = {new_id(): f"message {number}" for number in range(200)}
    async with ann.connect() as one, bo.connect() as two:
        gates.slow(delay_s)
        begun = time.monotonic()
        try:
            answers = await asyncio.gather(*(send_somehow((one, two)[n % 2], conversation, text, client_id)
                                             for n, (client_id, text) in enumerate(sends.items())))
        finally:
            gates.open()
        took = time.monotonic() - begun
        assert delay_s > 1 or None not in answers, "refused although it could be done"
        assert took < 25, f"the last answer came after {took:.1f} s"
    # What was refused is sent again by clients, until it is taken.
    seqs = dict(zip(sends, answers))
    for person, own in ((ann, list(sends)[0::2]), (bo, list(sends)[1::2])):
        await send_all(person, conversation, {client_id: sends[client_id] for client_id in own}, seqs)
    for server in fleet:
        wait_until(lambda server=server: readiness(server)[0], "ready again")
    stored = {change["seq"]: change["message"]["text"] for change in ann.all_changes(conversation)
              if change["kind"] == "message"}
    assert {seq: sends[client_id] for client_id, seq in seqs.items()} == stored
    for server, bytes_before in zip(fleet, before):
        grown = server.metrics()["process_resident_memory_bytes"] - bytes_before
        assert grown < 100 << 20, f"{grown / 2**20:.0f} MiB more for 200 messages"


def doctor(env):
    done = subprocess.run([program("parleyd"), "doctor", "--json"], env=clean_env(env), timeout=60,
                          capture_output=True, text=True, check=False)
    return {finding["check"]: finding for finding in json.loads(done.stdout)["findings"]}, done.returncode


def test_one_copy_is_an_error_to_the_doctor_and_at_each_start(fleet, make_server, tmp_path):
    def replicate(copies):
        for node in CASSANDRA.split(","):  # the others would hear of it a little later
            run_cql(f"ALTER KEYSPACE {KEYSPACE} WITH replication = "
                    f"{{'class': 'NetworkTopologyStrategy', 'datacenter1': {copies}}}", node)

    replicate(1)
    try:
        findings, code = doctor({**settings(), "PARLEY_DATA_DIR": str(tmp_path)})
        assert findings["cassandra.replication"]["severity"] == "error" and code == 3
        server = make_server(settings()).start()
        log = log_of(server)
        assert "Cassandra is not set up safely" in log and "has 1 replicas in the datacenter datacenter1" in log
        assert "Who loses that one node's disk loses messages" in log
        server.stop()
    finally:
        replicate(3)
    findings, _ = doctor({**settings(), "PARLEY_DATA_DIR": str(tmp_path)})
    assert findings["cassandra.replication"]["severity"] == "ok"
