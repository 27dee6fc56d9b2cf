"""The parleyd of a fleet: their configuration, and when they serve."""
import functools
import json
import os
import pathlib
import urllib.error
import urllib.request

from fleet.folder import FleetError
from fleet.jars import ROOT
from fleet.progress import NotReady
from fleet.server import Server

HOST = "127.0.0.1"
FIRST_PORT, FIRST_OPS_PORT = 8091, 8191
MOST = 64
KEYSPACE = "parley"
DATACENTER = "datacenter1"  # what Cassandra's SimpleSnitch calls it


def program():
    """The built parleyd; PARLEYD names another than the release build's."""
    path = pathlib.Path(os.environ.get("PARLEYD", ROOT / "build/release/bin/parleyd")).resolve()
    if not path.exists():
        raise FleetError(f"{path} is not there: make build")
    return path


def toml(sections):
    """{section: {setting: value}} as TOML; the section "" comes first. A value of None is left out."""
    lines = []
    for section, settings in sections.items():
        kept = {key: value for key, value in settings.items() if value is not None}
        if not kept:
            continue
        if section:
            lines += ["", f"[{section}]"]
        # Texts, lists of texts, numbers and truth values are written in TOML as in JSON.
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in kept.items()]
    return "\n".join(lines) + "\n"


class Nodes:
    """The parleyd of one fleet, on its engines."""

    def __init__(self, folder, ports, count, engines, public_url, settings=()):
        if not 0 <= count <= MOST:
            raise FleetError(f"{count} parleyd are not possible here: 0 to {MOST}")
        self.folder = folder
        self.engines = engines
        self.public_url = public_url
        self.settings = settings
        self.ports = [(ports.take(f"parleyd-{n}", [HOST], FIRST_PORT + n - 1),
                       ports.take(f"parleyd-{n}-ops", [HOST], FIRST_OPS_PORT + n - 1)) for n in range(1, count + 1)]

    @property
    def names(self):
        return [f"parleyd-{number}" for number in range(1, len(self.ports) + 1)]

    def servers(self):
        """Writes the configuration of each node and tells how it is started."""
        found = []
        for name, (port, ops_port) in zip(self.names, self.ports):
            config = self.folder.write(f"{name}.toml", self.config(name, port, ops_port))
            argv = [program(), "serve", "--config", config]
            for setting in self.settings:
                argv += ["--set", setting]
            place = {"url": f"http://{HOST}:{port}", "ops": f"http://{HOST}:{ops_port}"}
            found.append(Server("parleyd", name, argv, place, functools.partial(check, ops_port)))
        return found

    def config(self, name, port, ops_port):
        """The text of one node's configuration."""
        cassandra, nats, redis = self.engines.cassandra, self.engines.nats, self.engines.redis
        cassandra_user, cassandra_password = cassandra.user
        nats_user, nats_password = nats.user
        return "# Made by tools/cluster at each start.\n" + toml({
            "": {"data_dir": str(self.folder / f"data/{name}"),  # the control socket; what is kept is in Cassandra
                 "listen": f"{HOST}:{port}", "ops_listen": f"{HOST}:{ops_port}"},
            "node": {"name": name},
            "server": {"public_url": self.public_url, "trusted_proxies": [HOST]},
            "storage": {"engine": "cassandra"},
            "storage.cassandra": {
                "hosts": cassandra.addresses, "keyspace": KEYSPACE, "datacenter": DATACENTER,
                "username": cassandra_user, "password": cassandra_password, "ca_file": cassandra.authority},
            "bus": {"engine": "nats"},
            "bus.nats": {"urls": nats.urls, "username": nats_user, "password": nats_password,
                         "ca_file": nats.authority},
            "cache.redis": {"url": next(iter(redis.urls), None)},
        })


def check(ops_port):
    """Raises until the node is ready."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{ops_port}/readyz", timeout=5):
            return
    except urllib.error.HTTPError as error:
        with error:
            raise NotReady(f"/readyz says {error.read(500).decode('utf-8', 'replace')}") from None
