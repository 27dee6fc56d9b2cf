"""Tests of tools/cluster and deploy/: what it writes is what the programs take, and the balancer does what it says."""
import contextlib
import http.server
import io
import json
import os
import pathlib
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import unittest
import urllib.error
import urllib.request
from unittest import mock

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from fleet import cluster, credentials, haproxy, parleyd, process, server  # noqa: E402
from fleet.engines import Engines  # noqa: E402
from fleet.folder import FleetError, Folder  # noqa: E402
from fleet.ports import Ports  # noqa: E402

PATIENCE_S = 30
SBIN = ":".join(server.SBIN)
needs_haproxy = unittest.skipUnless(shutil.which("haproxy", path=SBIN), "there is no haproxy")


class FolderTest(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = Folder(pathlib.Path(kept.name) / "fleet")
        self.addCleanup(lambda: process.stop(self.folder, server.names_of(self.folder), 0))

    def until(self, condition, what):
        end = time.monotonic() + PATIENCE_S
        while not condition():
            self.assertLess(time.monotonic(), end, f"waited too long: {what}")
            time.sleep(0.05)


class ParleydTest(FolderTest):
    def nodes(self, counts=None, closed=True, **options):
        counts = counts or {"cassandra": 3, "nats": 3, "redis": 1}
        engines = Engines(self.folder, Ports(), counts, tls=closed, auth=closed)
        program = mock.patch.object(parleyd, "program", lambda: "/bin/parleyd")
        program.start()
        self.addCleanup(program.stop)
        return parleyd.Nodes(self.folder, Ports(), 2, engines, "http://127.0.0.1:8090", **options)

    def test_each_node_knows_the_engines_and_the_balancer(self):
        nodes = self.nodes()
        nodes.servers()
        first, second = (tomllib.loads((self.folder / f"{name}.toml").read_text()) for name in nodes.names)
        self.assertEqual((first["node"]["name"], second["node"]["name"]), ("parleyd-1", "parleyd-2"))
        self.assertEqual(len({first["listen"], first["ops_listen"], second["listen"], second["ops_listen"]}), 4)
        self.assertEqual(first["server"], {"public_url": "http://127.0.0.1:8090", "trusted_proxies": ["127.0.0.1"]})
        self.assertEqual((first["storage"]["engine"], first["bus"]["engine"]), ("cassandra", "nats"))
        told = nodes.engines.environment()
        store, bus = first["storage"]["cassandra"], first["bus"]["nats"]
        self.assertEqual(store["hosts"], told["PARLEY_CASSANDRA"].split(","))
        self.assertEqual((store["username"], store["password"]), ("parley", told["PARLEY_CASSANDRA_PASSWORD"]))
        self.assertEqual(bus["urls"], told["PARLEY_NATS"].split(","))
        self.assertEqual((bus["username"], bus["password"]), ("parley", told["PARLEY_NATS_PASSWORD"]))
        self.assertTrue(pathlib.Path(store["ca_file"]).exists() and pathlib.Path(bus["ca_file"]).exists())
        self.assertEqual(first["cache"]["redis"]["urls"], [told["PARLEY_REDIS"]])

    def test_what_there_is_not_is_left_out(self):
        nodes = self.nodes({"cassandra": 1, "nats": 1, "redis": 0}, closed=False)
        read = tomllib.loads(nodes.config("parleyd-1", 1, 2))
        self.assertNotIn("cache", read)
        self.assertEqual(set(read["bus"]["nats"]), {"urls"})

    def test_settings_of_the_caller_reach_every_node(self):
        for one in self.nodes(settings=["limits.enabled=false"]).servers():
            self.assertEqual(one.argv[-2:], ["--set", "limits.enabled=false"])

    def test_ports_are_the_pleasant_ones_where_they_are_free(self):
        with mock.patch("fleet.ports.is_free", lambda host, port: port != 8092):
            nodes = self.nodes()
        self.assertEqual(nodes.ports[0], (8091, 8191))
        self.assertNotEqual(nodes.ports[1][0], 8092)


class ClusterTest(FolderTest):
    def test_without_a_build_nothing_is_started(self):
        environment = {**os.environ, "PARLEYD": "/nowhere/parleyd"}
        done = subprocess.run([HERE / "cluster", "up", "--dir", self.folder.path], env=environment,
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, "/nowhere/parleyd is not there: make build" in done.stderr), (2, True))
        self.assertEqual(server.defined(self.folder), [])

    def test_stopping_where_nothing_runs_is_no_error(self):
        done = subprocess.run([HERE / "cluster", "stop", "--dir", self.folder.path], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0)

    def test_the_table_tells_addresses_and_the_latest_link_but_no_password(self):
        self.folder.write_state({
            "balancer": "http://127.0.0.1:8090",
            "parleyd": [{"name": "parleyd-1", "url": "http://127.0.0.1:8091", "ops": "http://127.0.0.1:8191", "pid": 7}],
            "cassandra": [{"name": "cassandra-1", "address": "127.0.0.1:9042", "pid": 8}],
            "nats": [], "redis": [{"name": "redis-1", "url": "redis://:secret@127.0.0.1:6379", "pid": 9}]})
        started = process.started_line("parleyd-1")
        self.folder.write("log/parleyd-1.log", f"{started}administrator link: http://old\n{started}")
        self.assertNotIn("http://old", cluster.table(self.folder))
        self.folder.write("log/parleyd-1.log", f"{started}administrator link: http://new\n")
        table = cluster.table(self.folder)
        for told in ("http://127.0.0.1:8090", "ops http://127.0.0.1:8191", "127.0.0.1:9042", "127.0.0.1:6379",
                     "pid 7", "http://new"):
            self.assertIn(told, table)
        self.assertNotIn("secret", table)

    def test_a_fleet_that_runs_otherwise_is_not_touched(self):
        self.folder.write("plan.json", json.dumps({"parleyd": 3}))
        with self.assertRaisesRegex(FleetError, "stop it first"):
            cluster.refuse_other_plan(self.folder, {"parleyd": 2})

    @needs_haproxy
    def test_state_has_the_documented_form(self):
        """With small fakes for parleyd, and no engines."""
        fake = self.folder.write("parleyd", FAKE_PARLEYD, mode=0o700)
        plan = {"parleyd": 2, "cassandra": 0, "nats": 0, "redis": 0, "set": []}
        with mock.patch.dict(os.environ, PARLEYD=str(fake)), contextlib.redirect_stderr(io.StringIO()):
            cluster.bring_up(self.folder, plan)
        state = self.folder.state()
        self.assertEqual(list(state), ["balancer", "parleyd", "cassandra", "nats", "redis"])
        self.assertEqual([set(entry) for entry in state["parleyd"]], [{"name", "url", "ops", "pid", "command"}] * 2)
        self.assertTrue(server.is_up(self.folder))
        self.until(lambda: ask(state["balancer"] + "/")[0] == 200, "the balancer finds a node")
        # As a script does that kills and restarts.
        os.kill(state["parleyd"][0]["pid"], 9)
        again = subprocess.Popen(state["parleyd"][0]["command"], shell=True)
        self.until(lambda: ask(state["parleyd"][0]["ops"] + "/readyz")[0] == 200, "the node is there again")
        self.assertEqual(self.folder.state()["parleyd"][0]["pid"], again.pid)
        stopped = process.stop(self.folder, server.names_of(self.folder), PATIENCE_S)
        self.assertEqual(stopped, ["haproxy", "parleyd-1", "parleyd-2"])
        again.wait(PATIENCE_S)

    @needs_haproxy
    def test_when_one_does_not_start_nothing_is_left_running(self):
        fake = self.folder.write("parleyd", "#!/bin/sh\necho wrong configuration\nexit 2\n", mode=0o700)
        plan = {"parleyd": 1, "cassandra": 0, "nats": 0, "redis": 0, "set": []}
        with mock.patch.dict(os.environ, PARLEYD=str(fake)), contextlib.redirect_stderr(io.StringIO()):
            with self.assertRaisesRegex(FleetError, "(?s)parleyd-1 has ended.*wrong configuration"):
                cluster.bring_up(self.folder, plan)
        self.assertIsNone(self.folder.state())
        self.assertIsNone(process.running(self.folder, "haproxy"))


FAKE_PARLEYD = """#!/usr/bin/python3
import http.server, sys, threading, tomllib
config = tomllib.load(open(sys.argv[sys.argv.index("--config") + 1], "rb"))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
def serve(place):
    host, port = place.split(":")
    http.server.ThreadingHTTPServer((host, int(port)), Handler).serve_forever()
threading.Thread(target=serve, args=(config["ops_listen"],), daemon=True).start()
serve(config["listen"])
"""


def ask(url, method="GET", headers=None):
    """(status, headers, body), or (None, None, words) when nobody answers."""
    request = urllib.request.Request(url, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()
    except OSError as error:
        return None, None, str(error)


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A connection that the balancer ends is nothing to tell of."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Node:
    """As much of a parleyd as its balancer sees: a port for people, and one that says whether it is ready."""

    def __init__(self, name):
        self.name = name
        self.answering = threading.Event()  # cleared: frozen
        self.answering.set()
        self.status = 200
        self.people, self.ops = self._listen(self._serve_people), self._listen(self._serve_ops)

    def _listen(self, handle):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                handle(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        made = Listener(("127.0.0.1", 0), Handler)
        threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
        return made

    def _serve_ops(self, handler):
        self.answering.wait()
        handler.send_response(self.status if handler.path == "/readyz" else 404)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _serve_people(self, handler):
        if handler.headers.get("Upgrade") == "websocket":
            handler.send_response_only(101)
            handler.send_header("Upgrade", "websocket")
            handler.send_header("Connection", "Upgrade")
            handler.send_header("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")  # of RFC 6455's sample key
            handler.end_headers()
            while line := handler.rfile.readline():
                handler.wfile.write(f"{self.name} {line.decode()}".encode())
            return
        body = json.dumps({"node": self.name, "headers": dict(handler.headers)}).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    @property
    def place(self):
        return self.name, "127.0.0.1", self.people.server_address[1], self.ops.server_address[1]

    def close(self):
        self.answering.set()
        for one in (self.people, self.ops):
            one.shutdown()
            one.server_close()


class Tunnel:
    """A connection through the balancer that was upgraded, as a WebSocket is."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self.lines = self.socket.makefile("rwb")
        self.lines.write(b"GET /v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        self.lines.flush()
        self.status = self.lines.readline()
        while self.lines.readline() not in (b"\r\n", b""):
            pass

    def say(self, word):
        """The node's answer, or b"" when the connection has ended."""
        try:
            self.lines.write(word + b"\n")
            self.lines.flush()
            return self.lines.readline()
        except ConnectionError:
            return b""

    def close(self):
        with contextlib.suppress(OSError):
            self.lines.close()
        self.socket.close()


@needs_haproxy
class BalancerTest(FolderTest):
    def setUp(self):
        super().setUp()
        self.nodes = [Node("parleyd-1"), Node("parleyd-2")]
        for node in self.nodes:
            self.addCleanup(node.close)
        self.port = Ports().take("balancer", ["127.0.0.1"])
        text = haproxy.config(self.port, [node.place for node in self.nodes], 1000)
        # The same checks, faster.
        self.assertIn("inter 1s", text)
        self.assertIn("timeout check 2s", text)
        path = self.folder.write(
            "haproxy.cfg", text.replace("inter 1s", "inter 50ms").replace("timeout check 2s", "timeout check 500ms"))
        program = server.find_program("haproxy")
        self.assertEqual(server.run_briefly(program, "-c", "-f", path).strip(), "Configuration file is valid")
        one = server.Server(None, "haproxy", [program, "-db", "-f", path], {}, lambda: haproxy.check(self.port))
        with contextlib.redirect_stderr(io.StringIO()):
            server.bring_up(self.folder, [one])
        self.until(lambda: self.nodes_that_answer() == {"parleyd-1", "parleyd-2"}, "both serve")

    def get(self, headers=None):
        status, _, body = ask(f"http://127.0.0.1:{self.port}/v1/server", headers=headers)
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def nodes_that_answer(self):
        return {self.get()["node"] for _ in range(6)}

    def tunnel(self):
        made = Tunnel(self.port)
        self.addCleanup(made.close)
        self.assertIn(b"101", made.status)
        return made

    def tunnel_to(self, node):
        """Tunnels go to the node that has the fewest: the second of two goes to the other."""
        for made in (self.tunnel(), self.tunnel()):
            if made.say(b"hello").startswith(node.name.encode()):
                return made
        self.fail("both tunnels led to the other node")

    def test_what_people_claim_of_their_address_is_not_handed_on(self):
        claimed = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https", "Forwarded": "for=1.2.3.4"}
        seen = {name.lower(): value for name, value in self.get(claimed)["headers"].items()}
        self.assertEqual((seen["x-forwarded-for"], seen["x-forwarded-proto"]), ("127.0.0.1", "http"))
        self.assertNotIn("forwarded", seen)

    def test_a_node_that_is_not_ready_keeps_its_connections_and_gets_no_more(self):
        first, second = self.nodes
        tunnel = self.tunnel_to(first)
        first.status = 503
        self.until(lambda: self.nodes_that_answer() == {second.name}, "the other gets all")
        self.assertEqual(tunnel.say(b"still here"), b"parleyd-1 still here\n")
        first.status = 200
        self.until(lambda: first.name in self.nodes_that_answer(), "it serves again")

    def test_a_node_that_is_frozen_loses_its_connections(self):
        first, second = self.nodes
        tunnel = self.tunnel_to(first)
        first.answering.clear()
        self.until(lambda: tunnel.say(b"anybody?") == b"", "the tunnel is closed")
        self.assertEqual(self.nodes_that_answer(), {second.name})

    def test_a_request_that_cannot_be_handed_over_goes_to_another_node(self):
        self.nodes[0].people.shutdown()
        self.nodes[0].people.server_close()
        for _ in range(6):
            self.assertEqual(ask(f"http://127.0.0.1:{self.port}/v1/messages", "POST")[0], 200)

    def test_without_a_ready_node_people_hear_what_parleyd_would_say(self):
        for node in self.nodes:
            node.status = 503
        answer = {}

        def refused():
            answer["is"] = ask(f"http://127.0.0.1:{self.port}/v1/server")
            return answer["is"][0] == 503

        self.until(refused, "there is nobody")
        _, headers, body = answer["is"]
        self.assertEqual((headers["Content-Type"], headers["Retry-After"]), ("application/problem+json", "1"))
        problem = json.loads(body)
        self.assertEqual((problem["status"], problem["code"]), (503, "unavailable"))


class NginxTest(FolderTest):
    @unittest.skipUnless(shutil.which("nginx", path=SBIN), "there is no nginx")
    def test_nginx_takes_the_configuration(self):
        tls = credentials.certificates(self.folder)
        text = (HERE.parent / "deploy/nginx/parley.conf").read_text(encoding="utf-8")
        text = re.sub(r"ssl_certificate (\S+);", f"ssl_certificate {tls}/server.pem;", text)
        text = re.sub(r"ssl_certificate_key (\S+);", f"ssl_certificate_key {tls}/server.key;", text)
        site = self.folder.write("parley.conf", text)
        main = self.folder.write("nginx.conf", "\n".join([
            f"pid {self.folder / 'nginx.pid'};", f"error_log {self.folder / 'error.log'};", "events {}",
            f"http {{ access_log off; include {site}; }}"]))
        program = shutil.which("nginx", path=SBIN)
        done = subprocess.run([program, "-t", "-c", main, "-p", self.folder.path], capture_output=True, text=True, check=False)
        self.assertIn("test is successful", done.stderr)
        self.assertNotIn("[warn]", done.stderr)


if __name__ == "__main__":
    unittest.main()
