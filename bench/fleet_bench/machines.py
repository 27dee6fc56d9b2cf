"""The servers of a measurement: the engines for as long as it takes, and one, two or three parleyd on them."""
import contextlib
import json
import os
import pathlib
import tempfile
import time
import types

from fleet import engines, parleyd, process, progress, server
from fleet.folder import FleetError, Folder
from fleet.jars import ROOT
from fleet_bench import counters

# As parley-bench --spawn sets them: rates off and cheap password hashes, so that making accounts takes no time.
SETTINGS = ("limits.enabled=false", "auth.argon2_memory_kib=64", "auth.argon2_passes=1", "server.drain_ms=0",
            "log.level=warning")
COUNTS = {"cassandra": 3, "nats": 3, "redis": 1}


def parley_bench():
    """The built load generator; PARLEY_BENCH names another than the release build's."""
    path = pathlib.Path(os.environ.get("PARLEY_BENCH", ROOT / "build/release/bin/parley-bench")).resolve()
    if not path.exists():
        raise FleetError(f"{path} is not there: make build")
    return path


class Machines:
    """Engines that run, and the nodes on them."""

    def __init__(self, folder, made):
        self.folder = folder
        self.engines = made
        self.servers = []
        self.idle_us_per_s = 0.0  # of these nodes together, where somebody has looked

    @property
    def processes(self):
        """{name: pid} of all that runs."""
        names = [one.name for one in self.engines.servers()] + [one.name for one in self.servers]
        return {name: found.pid for name in names if (found := process.running(self.folder, name))}

    @property
    def nodes(self):
        """{name: URL of its operations} of the nodes that run."""
        return {one.name: one.place["ops"] for one in self.servers if process.running(self.folder, one.name)}

    @property
    def urls(self):
        return [one.place["url"] for one in self.servers]

    def accounts(self, workload):
        """The file with the accounts of earlier runs of a workload, which live as long as the data of the engines."""
        return self.folder.make("data") / f"data/accounts-{workload}"

    def start_nodes(self, count, settings=()):
        """That many parleyd and no more, each with empty caches."""
        self.stop_nodes()
        ports = engines.ports_of(self.folder)
        made = parleyd.Nodes(self.folder, ports, count, self.engines, None, (*SETTINGS, *settings))
        self.servers = made.servers()
        # The first one makes the tables: one process alone should.
        server.bring_up(self.folder, self.servers[:1])
        server.bring_up(self.folder, self.servers[1:])
        self.wait_met(count)

    def wait_met(self, count):
        """Until each node knows of all the others."""
        deadline = time.monotonic() + server.READY_S
        for name, url in self.nodes.items():
            while True:
                page = counters.read(url)
                if page is not None and page.total("parley_fleet_nodes") == count:
                    break
                if time.monotonic() > deadline:
                    raise FleetError(f"{name} does not see all {count} nodes")
                time.sleep(progress.PAUSE_S)

    def stop_nodes(self):
        process.stop(self.folder, [one.name for one in self.servers], engines.PATIENCE_S)
        self.servers = []

    def kill(self, name):
        """kill -9 of a node."""
        process.stop(self.folder, [name], 0)


@contextlib.contextmanager
def machines(path=None):
    """The engines in the folder `path`, where they run already, and are left running; else some of one's own."""
    parleyd.program()  # before anything is started for them
    parley_bench()
    if path is not None:
        folder = Folder(path)
        if not folder.state():
            raise FleetError(f"no engines run in {folder.path}; start them with: tools/engines up --dir {folder.path}")
        yield from _with_nodes(folder)
        return
    with tempfile.TemporaryDirectory(prefix="parley-fleet.") as own:
        folder = Folder(own)
        engines.up(types.SimpleNamespace(dir=own, fresh=False, tls=False, auth=False, **COUNTS))
        try:
            yield from _with_nodes(folder)
        finally:
            engines.stop_all(folder, 0)


def _with_nodes(folder):
    told = folder.state()
    if any(len(told[kind]) != count for kind, count in COUNTS.items()):
        raise FleetError(f"the engines in {folder.path} are not {COUNTS}, on which figures can be compared")
    known = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    made = engines.Engines(folder, _Kept(engines.ports_of(folder).earlier), COUNTS,
                           tls="PARLEY_CASSANDRA_CA" in known, auth="PARLEY_CASSANDRA_USER" in known)
    one = Machines(folder, made)
    try:
        yield one
    finally:
        one.stop_nodes()


class _Kept:
    """Gives out the ports that the servers of a folder have, as they run."""

    def __init__(self, ports):
        self.earlier = ports

    def take(self, purpose, hosts, preferred=None, keep=False):
        return self.earlier[purpose]
