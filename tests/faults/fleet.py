"""A fleet of its own for a run (tools/cluster), and what can be done to its processes."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from fleet import cql, process  # noqa: E402 (found through the line above)
from fleet.folder import Folder  # noqa: E402
from fleet.progress import NotReady  # noqa: E402

from faults.gates import Gates, build_detour  # noqa: E402

CLUSTER = ROOT / "tools/cluster"
ENGINES = ROOT / "tools/engines"
READY_DEADLINE_S = 120
STOP_DEADLINE_S = 60

# Tests are in a hurry (harness.server): cheap password hashes, no rate limits.
SETTINGS = {
    "limits.enabled": "false",
    "auth.argon2_memory_kib": "8192",
    "auth.argon2_passes": "1",
    "server.drain_ms": "1000",
}


class Fleet:
    """3 Cassandra, 3 NATS, Redis, 3 parleyd and a balancer, which is where clients connect.

    Stands for a harness.server.Server wherever one asks for its address alone.
    """

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._started = {}  # name -> Popen, of what was started again here
        self.gates = {}  # kind of server -> Gates

    def start(self):
        settings = [part for key, value in SETTINGS.items() for part in ("--set", f"{key}={value}")]
        self._cluster("up", "--fresh", *settings)
        return self

    def stop(self):
        for process in self._started.values():
            if process.poll() is None:
                process.kill()
                process.wait()
        self._cluster("stop", "--now")
        for gates in self.gates.values():
            gates.close()

    def _cluster(self, *arguments):
        done = subprocess.run([sys.executable, CLUSTER, arguments[0], "--dir", self.folder, *arguments[1:]],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False, env=dict(os.environ))
        assert done.returncode == 0, f"tools/cluster {arguments[0]} failed:\n{done.stdout}"

    # Where things are.

    @property
    def state(self):
        return json.loads((self.folder / "state.json").read_text("utf-8"))

    @property
    def url(self):
        return self.state["balancer"]

    @property
    def http(self):
        return self.url.removeprefix("http://")

    def names(self, kind):
        return [entry["name"] for entry in self.state[kind]]

    def entry(self, name):
        for entries in self.state.values():
            if isinstance(entries, list):
                for entry in entries:
                    if entry["name"] == name:
                        return entry
        raise KeyError(name)

    def _pid(self, name):
        process = self._started.get(name)
        return process.pid if process and process.poll() is None else self.entry(name)["pid"]

    # What can be done to one process.

    def kill(self, name):
        """SIGKILL: nothing is flushed, nothing is said."""
        self._end(name, signal.SIGKILL)

    def terminate(self, name):
        """SIGTERM, and waits for the end."""
        self._end(name, signal.SIGTERM)

    def _end(self, name, how):
        pid = self._pid(name)
        os.kill(pid, how)
        process = self._started.pop(name, None)
        if process:
            process.wait(STOP_DEADLINE_S)
            return
        deadline = time.monotonic() + STOP_DEADLINE_S
        while _alive(pid):
            assert time.monotonic() < deadline, f"{name} does not end"
            time.sleep(0.02)

    def pause(self, name):
        os.kill(self._pid(name), signal.SIGSTOP)

    def wake(self, name):
        os.kill(self._pid(name), signal.SIGCONT)

    def start_again(self, name):
        """Starts what was ended, as its command says; does not wait for more."""
        self._started[name] = subprocess.Popen(
            self.entry(name)["command"], shell=True, stdin=subprocess.DEVNULL)

    def place_gates(self, name, kind):
        """Starts a parleyd again so that it reaches the servers of a kind through gates, which are its alone."""
        entries = self.state[kind]
        gates = Gates([entry.get("address") or entry["url"].rpartition("/")[2] for entry in entries])
        self.gates[kind] = gates
        self.start_with(name, {"LD_PRELOAD": str(build_detour(self.folder / "run")), "TEST_DETOURS": gates.detours})

    def start_with(self, name, environment):
        """Ends a process and starts it again with this environment beside its own, now and later; does not wait."""
        folder = Folder(self.folder)
        definition = json.loads((folder / f"processes/{name}.json").read_text("utf-8"))
        process.define(folder, name, definition["argv"], {**definition["environment"], **environment})
        self.terminate(name)
        self.start_again(name)

    def wait_ready(self, name):
        """Of a parleyd: until it says that it is ready."""
        deadline = time.monotonic() + READY_DEADLINE_S
        while True:
            try:
                with urllib.request.urlopen(self.entry(name)["ops"] + "/readyz", timeout=5):
                    return
            except (OSError, urllib.error.HTTPError) as error:
                assert time.monotonic() < deadline, f"{name} is not ready: {error}\n{self.log_tail(name)}"
            time.sleep(0.1)

    def wait_balanced(self, name):
        """Of a parleyd: until the balancer gives it its share of what comes."""
        count = "parley_http_requests_total"
        before = self.metrics(name).get(count, 0)
        deadline = time.monotonic() + READY_DEADLINE_S
        while self.metrics(name).get(count, 0) == before:
            assert time.monotonic() < deadline, f"the balancer leaves {name} out"
            for _ in self.state["parleyd"]:
                with urllib.request.urlopen(f"{self.url}/v1/server", timeout=30):
                    pass

    def engines_ready(self):
        """Waits until every node of Cassandra sees all the others up, and all else runs."""
        deadline = time.monotonic() + READY_DEADLINE_S
        while True:
            try:
                self._look_at_engines()
                return
            except (OSError, NotReady) as error:
                assert time.monotonic() < deadline, f"not all is up: {error}"
            time.sleep(0.2)

    def _look_at_engines(self):
        done = subprocess.run([sys.executable, CLUSTER, "status", "--dir", self.folder],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NotReady(f"{done.stdout}{done.stderr}")
        told = self._addresses()
        for address in told["PARLEY_CASSANDRA"].split(","):
            host, port = address.rsplit(":", 1)
            with cql.Connection(host, int(port), told["PARLEY_CASSANDRA_USER"], told["PARLEY_CASSANDRA_PASSWORD"],
                                told["PARLEY_CASSANDRA_CA"]) as connection:
                # Refused as long as one of the nodes is not seen.
                connection.run("SELECT role FROM system_auth.roles LIMIT 1", cql.ALL)

    def _addresses(self):
        """Of the engines, with who may use them, as tools/engines tells it."""
        done = subprocess.run([sys.executable, ENGINES, "env", "--dir", self.folder, "--", "env"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        return dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("PARLEY_"))

    def flush_redis(self, name):
        address, _, password = self._redis(name)
        host, port = address.rsplit(":", 1)
        subprocess.run(["redis-cli", "-h", host, "-p", port, "--no-auth-warning", "-a", password, "FLUSHALL"],
                       check=True, capture_output=True)

    def _redis(self, name):
        rest = self.entry(name)["url"].removeprefix("redis://")
        password, _, address = rest.rpartition("@")
        return address, "@", password.lstrip(":")

    def metrics(self, name):
        """Prometheus samples of one parleyd by name, summed over their labels."""
        values = {}
        with urllib.request.urlopen(self.entry(name)["ops"] + "/metrics", timeout=30) as answer:
            for line in answer.read().decode("utf-8").splitlines():
                if line and not line.startswith("#"):
                    key, value = line.rsplit(" ", 1)
                    key = key.split("{")[0]
                    values[key] = values.get(key, 0.0) + float(value)
        return values

    def log_tail(self, name, lines=30):
        path = self.folder / f"log/{name}.log"
        text = path.read_text("utf-8", "replace").splitlines() if path.exists() else ["(no log)"]
        return "\n".join([f"--- last lines of {name}", *text[-lines:]])


def _alive(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
