"""Tests of tools/engines: exactly what was started is stopped, and everybody finds what runs. With small fakes for servers."""
import contextlib
import io
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from fleet import cassandra, cql, engines, nats, process, progress, redis, server  # noqa: E402
from fleet.folder import FleetError, Folder  # noqa: E402
from fleet.ports import Ports  # noqa: E402

LOOPBACK = "127.0.0.1"
PATIENCE_S = 20


def quiet():
    """Keeps to itself what people are told while servers start."""
    return contextlib.redirect_stderr(io.StringIO())


class FolderTest(unittest.TestCase):
    """Each test has a fleet's folder of its own; what runs in it is killed at the end."""

    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = Folder(pathlib.Path(kept.name) / "fleet")
        self.children = []
        self.addCleanup(self.end_all)

    def end_all(self):
        process.stop(self.folder, server.names_of(self.folder), 0)
        for child in self.children:
            child.wait(PATIENCE_S)

    def fake(self, name, script, check=lambda: None):
        return server.Server("fakes", name, ["sh", "-c", script], {"url": f"fake://{name}"}, check)

    def start(self, name, script="exec sleep 1000"):
        """Starts a fake and waits until it has become itself; returns its identity."""
        child = server.start_all(self.folder, [self.fake(name, script)])[name]
        self.children.append(child)
        self.until_itself(child)
        return process.running(self.folder, name)

    def until_itself(self, child):
        """Waits until the runner has become the fake."""
        self.until(lambda: pathlib.Path(f"/proc/{child.pid}/comm").read_text().strip() in ("sh", "sleep"))

    def until(self, condition):
        end = time.monotonic() + PATIENCE_S
        while not condition():
            self.assertLess(time.monotonic(), end, "waited too long")
            time.sleep(0.02)

    def stop(self, *names, patience_s=PATIENCE_S):
        return process.stop(self.folder, names, patience_s)


class PortsTest(unittest.TestCase):
    def setUp(self):
        self.listener = socket.create_server((LOOPBACK, 0))
        self.addCleanup(self.listener.close)
        self.busy = self.listener.getsockname()[1]
        with socket.create_server((LOOPBACK, 0)) as other:
            self.free = other.getsockname()[1]

    def test_the_preferred_port_is_given_where_it_is_free(self):
        self.assertEqual(Ports().take("x", [LOOPBACK], self.free), self.free)
        self.assertNotEqual(Ports().take("x", [LOOPBACK], self.busy), self.busy)

    def test_a_port_must_be_free_on_every_address(self):
        self.assertNotEqual(Ports().take("x", ["127.0.0.2", LOOPBACK], self.busy), self.busy)

    def test_an_earlier_port_is_given_again(self):
        self.assertEqual(Ports({"x": self.free}).take("x", [LOOPBACK]), self.free)
        self.assertNotEqual(Ports({"x": self.busy}).take("x", [LOOPBACK]), self.busy)

    def test_a_port_that_must_be_kept_and_is_taken_is_an_error(self):
        with self.assertRaisesRegex(FleetError, f"port {self.busy} is taken by another program"):
            Ports({"x": self.busy}).take("x", [LOOPBACK], keep=True)

    def test_what_one_start_took_is_left_alone_by_another_until_it_ends(self):
        first = Ports()
        self.assertEqual(first.take("x", [LOOPBACK], self.free), self.free)
        self.assertNotEqual(Ports().take("x", [LOOPBACK], self.free), self.free)
        del first
        self.assertEqual(Ports().take("x", [LOOPBACK], self.free), self.free)

    def test_no_port_is_given_twice(self):
        ports = Ports()
        ports.take("x", [LOOPBACK], self.free)
        self.assertNotEqual(ports.take("y", [LOOPBACK], self.free), self.free)


class IdentityTest(FolderTest):
    def test_a_process_that_runs_is_itself(self):
        self.assertTrue(process.Identity.of(os.getpid()).alive)

    def test_another_process_of_the_same_id_is_not(self):
        me = process.Identity.of(os.getpid())
        self.assertFalse(process.Identity(me.pid, me.started - 1, me.boot).alive)
        self.assertFalse(process.Identity(me.pid, me.started, "another boot").alive)

    def test_a_process_that_has_ended_and_was_not_waited_for_does_not_run(self):
        child = subprocess.Popen(["true"])
        self.addCleanup(child.wait)
        self.until(lambda: process.Identity.of(child.pid) is None)
        self.assertTrue(pathlib.Path(f"/proc/{child.pid}").exists())

    def test_a_foreign_process_is_not_stopped(self):
        child = subprocess.Popen(["sleep", "1000"])
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        real = process.Identity.of(child.pid)
        # Its id once was that of a server of ours.
        self.folder.write("run/a.pid", str(process.Identity(real.pid, real.started - 100, real.boot)))
        self.assertEqual(self.stop("a"), [])
        self.assertTrue(real.alive)
        self.assertFalse((self.folder / "run/a.pid").exists())


class LifeTest(FolderTest):
    def test_each_is_started_in_a_session_of_its_own_and_told_to_others(self):
        identity = self.start("a")
        entry, = self.folder.state()["fakes"]
        self.assertEqual(set(entry), {"name", "url", "pid", "command"})
        self.assertEqual((entry["name"], entry["url"], entry["pid"]), ("a", "fake://a", identity.pid))
        self.assertEqual(os.getsid(identity.pid), identity.pid)

    def test_what_was_asked_to_end_and_does_not_is_killed(self):
        self.start("deaf", "trap '' TERM; while :; do sleep 1; done")
        polite = self.start("polite", "exec sleep 1000")
        self.assertEqual(self.stop("deaf", "polite", patience_s=0.3), ["deaf", "polite"])
        self.assertFalse(polite.alive)
        self.assertEqual(self.stop("deaf", "polite"), [])

    def test_a_frozen_process_hears_that_it_shall_end(self):
        ended = self.folder / "ended"
        identity = self.start("a", f"trap 'touch {ended}; exit' TERM; echo set; while :; do sleep 0.1; done")
        self.until(lambda: "set" in (self.folder / "log/a.log").read_text())
        process.send(identity, signal.SIGSTOP)
        self.stop("a")
        self.assertTrue(ended.exists())

    def test_the_command_starts_it_again_as_the_shells_own_process(self):
        before = self.start("a")
        process.send(before, signal.SIGKILL)
        child = subprocess.Popen(self.folder.state()["fakes"][0]["command"], shell=True)
        self.children.append(child)
        self.until(lambda: self.folder.state()["fakes"][0]["pid"] == child.pid)
        self.until_itself(child)
        self.assertEqual(self.stop("a"), ["a"])
        self.assertEqual(child.wait(), -signal.SIGTERM)

    def test_a_second_one_waits_for_the_first_to_end(self):
        first = self.start("a", "trap 'sleep 0.5; exit' TERM; echo set; while :; do sleep 0.1; done")
        self.until(lambda: "set" in (self.folder / "log/a.log").read_text())
        process.send(first, signal.SIGTERM)
        second = process.start(self.folder, "a", server.argv_of(self.folder, "a"))
        self.children.append(second)
        self.until(lambda: process.running(self.folder, "a") == process.Identity.of(second.pid))
        self.assertFalse(first.alive)

    def test_a_second_one_beside_the_first_is_refused(self):
        identity = self.start("a")
        with mock.patch.object(process, "PREDECESSOR_S", 0.05), quiet():
            with self.assertRaisesRegex(FleetError, f"a runs already, as process {identity.pid}"):
                process.become(self.folder, "a")
        self.assertTrue(identity.alive)

    def test_a_name_that_was_never_defined_is_refused(self):
        with self.assertRaisesRegex(FleetError, "no process of the name 'b'"):
            process.become(self.folder, "b")

    def test_the_callers_settings_of_parley_are_not_handed_on(self):
        with mock.patch.dict(os.environ, PARLEY_STORAGE_ENGINE="memory", OTHER="kept"):
            self.start("a", "env; exec sleep 1000")
        self.until(lambda: "OTHER=kept" in (self.folder / "log/a.log").read_text())
        self.assertNotIn("PARLEY_STORAGE_ENGINE", (self.folder / "log/a.log").read_text())

    def test_up_means_that_all_run(self):
        self.assertFalse(server.is_up(self.folder))
        self.start("a")
        self.start("b")
        self.assertTrue(server.is_up(self.folder))
        self.stop("b")
        self.assertFalse(server.is_up(self.folder))

    def test_clearing_leaves_nothing(self):
        identity = self.start("a")
        with self.folder.locked():
            engines.clear(self.folder)
        self.assertFalse(identity.alive)
        self.assertEqual([path.name for path in self.folder.path.iterdir()], ["lock"])

    def test_a_folder_with_something_else_in_it_is_not_cleared(self):
        identity = self.start("a")
        thesis = self.folder.write("thesis.txt", "three years")
        with self.assertRaisesRegex(FleetError, "thesis.txt is of no fleet"):
            engines.clear(self.folder)
        self.assertTrue(identity.alive and thesis.exists())

    def test_who_uses_others_is_stopped_before_them(self):
        """It still finds them while it ends."""
        other = self.start("nats-1")
        found = self.folder / "found"
        script = f"trap 'kill -0 {other.pid} && touch {found}; exit' TERM; echo set; while :; do sleep 0.1; done"
        self.start("parleyd-1", script)
        self.until(lambda: "set" in (self.folder / "log/parleyd-1.log").read_text())
        self.assertEqual(engines.stop_all(self.folder, PATIENCE_S), ["parleyd-1", "nats-1"])
        self.assertTrue(found.exists())


class WaitingTest(FolderTest):
    def not_ready(self):
        raise progress.NotReady("it is still reading")

    def test_one_that_ends_instead_is_told_with_its_log(self):
        with quiet(), self.assertRaisesRegex(FleetError, "(?s)a has ended.*no such luck"):
            server.bring_up(self.folder, [self.fake("a", "echo no such luck; exit 1", self.not_ready)])

    def test_one_that_has_ended_is_not_taken_for_another_that_answers(self):
        with self.assertRaisesRegex(FleetError, "a has ended instead of serving"):
            progress.wait_ready("a", lambda: None, lambda: False, self.folder / "log", 0)

    def test_one_that_is_not_ready_in_time_is_told_with_the_reason_and_its_log(self):
        fake = self.fake("a", "echo the log; exec sleep 1000", self.not_ready)
        with mock.patch.object(server, "READY_S", 0.5), quiet():
            with self.assertRaisesRegex(FleetError, "(?s)a is not ready in time: it is still reading.*a is started"):
                server.bring_up(self.folder, [fake])


class StateTest(FolderTest):
    def test_only_the_owner_may_read_what_is_written(self):
        path = self.folder.write("x/secret", "s")
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.folder.make("y").path.stat().st_mode & 0o777, 0o700)

    def test_a_damaged_state_is_told(self):
        self.folder.write("state.json", "{")
        with self.assertRaisesRegex(FleetError, "is damaged"):
            self.folder.state()

    def test_two_starts_at_once_are_refused(self):
        with self.folder.locked(), self.assertRaisesRegex(FleetError, "another start or stop"):
            with self.folder.locked(wait=False):
                pass


class CommandTest(FolderTest):
    def run_tool(self, *arguments):
        return subprocess.run([HERE / "engines", *arguments], capture_output=True, text=True, check=False)

    def test_env_gives_the_addresses_and_answers_with_the_commands_own_code(self):
        self.folder.write_state({"nats": []})
        self.folder.write("environment.json", json.dumps({"PARLEY_NATS": "nats://127.0.0.1:1"}))
        done = self.run_tool("env", "--dir", self.folder.path, "--", "sh", "-c", 'echo "$PARLEY_NATS"; exit 7')
        self.assertEqual((done.returncode, done.stdout), (7, "nats://127.0.0.1:1\n"))

    def test_env_without_engines_says_how_to_start_them(self):
        done = self.run_tool("env", "--dir", self.folder.path, "--", "true")
        self.assertEqual(done.returncode, 2)
        self.assertIn("tools/engines up --dir", done.stderr)

    def test_down_where_nothing_runs_is_no_error(self):
        done = self.run_tool("down", "--dir", self.folder.path)
        self.assertEqual((done.returncode, "nothing ran" in done.stderr), (0, True))

    def test_status_fails_when_one_is_gone(self):
        self.start("a")
        self.assertEqual(self.run_tool("status", "--dir", self.folder.path).returncode, 0)
        self.stop("a")
        done = self.run_tool("status", "--dir", self.folder.path)
        self.assertEqual((done.returncode, done.stdout.split()), (1, ["a", "does", "not", "run"]))

    def test_more_nodes_than_addresses_are_refused_before_anything_starts(self):
        done = self.run_tool("up", "--dir", self.folder.path, "--cassandra", "4")
        self.assertEqual((done.returncode, "0 to 3" in done.stderr), (2, True))


class ConfigurationTest(FolderTest):
    def test_cassandra_nodes_share_the_ring_evenly(self):
        self.folder.make("tls")
        nodes = cassandra.Nodes(self.folder, Ports(), 3, self.folder / "tls", auth=True)
        texts = [nodes.yaml(number, host) for number, host in enumerate(nodes.hosts, 1)]
        self.assertNotIn("@", "".join(texts))
        read = [yaml.safe_load(text) for text in texts]
        tokens = [int(one["initial_token"]) for one in read]
        self.assertEqual(tokens[0], -2**63)
        self.assertEqual([after - before for before, after in zip(tokens, tokens[1:])], [2**64 // 3] * 2)
        self.assertEqual([one["listen_address"] for one in read], ["127.0.0.1", "127.0.0.2", "127.0.0.3"])
        self.assertEqual({one["authenticator"] for one in read}, {"PasswordAuthenticator"})
        self.assertEqual({one["client_encryption_options"]["optional"] for one in read}, {False})

    def test_data_of_other_nodes_are_not_started_upon(self):
        self.folder.make("data/cassandra-1", "data/cassandra-2", "data/cassandra-3")
        with self.assertRaisesRegex(FleetError, "spread over 3 Cassandra nodes, not 1"):
            cassandra.Nodes(self.folder, Ports(), 1)

    def test_secrets_are_told_only_where_they_are_needed(self):
        open_ones = engines.Engines(self.folder, Ports(), {"cassandra": 1, "nats": 1, "redis": 1}, False, False)
        self.assertEqual(set(open_ones.environment()), {"PARLEY_CASSANDRA", "PARLEY_NATS", "PARLEY_REDIS"})
        closed = engines.Engines(self.folder, Ports(), {"cassandra": 3, "nats": 3, "redis": 1}, True, True).environment()
        self.assertEqual(len(closed), 9)
        self.assertEqual(closed["PARLEY_NATS"].count("tls://127.0.0."), 3)
        self.assertEqual(len({closed["PARLEY_NATS_PASSWORD"], closed["PARLEY_CASSANDRA_PASSWORD"]}), 2)

    @unittest.skipUnless(shutil.which("nats-server", path=":".join(server.SBIN)), "there is no nats-server")
    def test_nats_takes_its_configuration(self):
        servers = engines.Engines(self.folder, Ports(), {"cassandra": 0, "nats": 3, "redis": 0}, True, True).servers()
        for one in servers:
            server.run_briefly(one.argv[0], "-t", *one.argv[1:])

    @unittest.skipUnless(shutil.which("nats-server", path=":".join(server.SBIN)) and shutil.which("redis-server"),
                         "there is no nats-server or redis-server")
    def test_real_servers_without_tls_and_passwords_start_and_stop(self):
        parts = engines.Engines(self.folder, Ports(), {"cassandra": 0, "nats": 2, "redis": 1}, False, False)
        with quiet():
            server.bring_up(self.folder, parts.servers())
        self.assertTrue(server.is_up(self.folder))
        self.assertEqual(self.stop("nats-1", "nats-2", "redis-1"), ["nats-1", "nats-2", "redis-1"])

    @unittest.skipUnless(shutil.which("redis-server"), "there is no redis-server")
    def test_a_redis_with_another_password_is_not_ready(self):
        caches = redis.Caches(self.folder, Ports(), 1, auth=True)
        with quiet():
            server.bring_up(self.folder, caches.servers())
        self.folder.write("secrets.json", json.dumps({"redis": "another"}))
        with self.assertRaisesRegex(progress.NotReady, "WRONGPASS"):
            caches.check(caches.ports[0])

    def test_nats_is_ready_with_all_routes(self):
        servers = nats.Servers(self.folder, Ports(), 3)
        answers = {"healthz": {"status": "ok"}, "routez": {"routes": [{"remote_id": "B"}, {"remote_id": "B"}]}}
        with mock.patch.object(servers, "_ask", lambda host, what: answers[what]):
            with self.assertRaisesRegex(progress.NotReady, "routes to 1 of 2"):
                servers.check(LOOPBACK)
            answers["routez"]["routes"].append({"remote_id": "C"})
            servers.check(LOOPBACK)


class CqlTest(unittest.TestCase):
    """Against a server that says what a test wants to hear."""

    def serve(self, *answers):
        """Answers each request with the next of (kind, body); returns the port and the list of requests."""
        listener = socket.create_server((LOOPBACK, 0))
        self.addCleanup(listener.close)
        seen = []

        def run():
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as requests:
                for kind, body in answers:
                    header = cql.HEADER.unpack(requests.read(cql.HEADER.size))
                    seen.append((header[3], requests.read(header[4])))
                    connection.sendall(cql.HEADER.pack(0x84, 0, 0, kind, len(body)) + body)

        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)
        return listener.getsockname()[1], seen

    def test_signs_in_and_runs(self):
        port, seen = self.serve((cql.AUTHENTICATE, b""), (cql.AUTH_SUCCESS, b""), (cql.RESULT, b""))
        with cql.Connection(LOOPBACK, port, "ann", "secret") as connection:
            connection.run("SELECT 1", cql.ALL)
        self.assertEqual(seen[1], (cql.AUTH_RESPONSE, b"\0\0\0\x0b\0ann\0secret"))
        self.assertEqual(seen[2], (cql.QUERY, b"\0\0\0\x08SELECT 1\0\x05\0"))

    def test_an_error_is_told_with_its_code(self):
        port, _ = self.serve((cql.READY, b""), (cql.ERROR, b"\0\0\x10\0\0\x04gone"))
        with cql.Connection(LOOPBACK, port) as connection, self.assertRaisesRegex(cql.Refused, "gone") as caught:
            connection.run("SELECT 1")
        self.assertEqual(caught.exception.code, 0x1000)

    def test_a_connection_that_is_closed_is_not_ready(self):
        port, _ = self.serve((cql.READY, b""))
        with cql.Connection(LOOPBACK, port) as connection, self.assertRaises((progress.NotReady, ConnectionError)):
            connection.run("SELECT 1")


if __name__ == "__main__":
    unittest.main()
