"""NATS servers: their configuration, and when they are a cluster."""
import functools
import json
import urllib.request

from fleet.credentials import HOSTS, password
from fleet.folder import FleetError
from fleet.progress import NotReady
from fleet.server import Server, find_program

USER = "parley"
MOST_SERVERS = len(HOSTS)


class Servers:
    """The NATS servers of one fleet."""

    def __init__(self, folder, ports, count, tls=None, auth=False, pleasant=False):
        if not 0 <= count <= MOST_SERVERS:
            raise FleetError(f"{count} NATS servers are not possible here: 0 to {MOST_SERVERS}")
        self.folder = folder
        self.hosts = HOSTS[:count]
        self.tls = tls
        self.auth = auth
        if count:
            self.port = ports.take("nats", self.hosts, 4222 if pleasant else None)
            self.route_port = ports.take("nats-routes", self.hosts, 6222 if pleasant else None)
            self.monitor_port = ports.take("nats-monitor", self.hosts, 8222 if pleasant else None)

    @property
    def urls(self):
        return [f"{'tls' if self.tls else 'nats'}://{host}:{self.port}" for host in self.hosts]

    @property
    def user(self):
        return (USER, password(self.folder, "nats")) if self.auth else (None, None)

    @property
    def authority(self):
        return str(self.tls / "ca.pem") if self.tls else None

    def environment(self):
        """What tests are told."""
        told = {"PARLEY_NATS": ",".join(self.urls)} if self.hosts else {}
        if told and self.tls:
            told["PARLEY_NATS_CA"] = self.authority
        if told and self.auth:
            told["PARLEY_NATS_USER"], told["PARLEY_NATS_PASSWORD"] = self.user
        return told

    def servers(self):
        """Writes the configuration of each server and tells how it is started."""
        found = []
        for number, (host, url) in enumerate(zip(self.hosts, self.urls), 1):
            name = f"nats-{number}"
            config = self.folder.write(f"config/{name}.conf", self.config(name, host))
            found.append(Server("nats", name, [find_program("nats-server"), "-c", config], {"url": url},
                                functools.partial(self.check, host)))
        return found

    def config(self, name, host):
        """The text of one server's configuration."""
        routes = ", ".join(f'"nats://{other}:{self.route_port}"' for other in self.hosts)
        lines = [
            f'server_name: "{name}"',
            f'listen: "{host}:{self.port}"',
            f'http: "{host}:{self.monitor_port}"',
            f'cluster {{ name: "parley", listen: "{host}:{self.route_port}", routes: [{routes}] }}',
        ]
        if self.auth:
            user, secret = self.user
            lines.append(f'authorization {{ user: "{user}", password: "{secret}" }}')
        if self.tls:
            lines.append(f'tls {{ cert_file: "{self.tls / "server.pem"}", key_file: "{self.tls / "server.key"}" }}')
        return "\n".join(lines) + "\n"

    def check(self, host):
        """Raises until the server is healthy and has a route to each of the others."""
        self._ask(host, "healthz")
        routes = self._ask(host, "routez")["routes"] or []
        others = {route["remote_id"] for route in routes}  # newer servers keep several routes to one
        if len(others) < len(self.hosts) - 1:
            raise NotReady(f"it has routes to {len(others)} of {len(self.hosts) - 1} others")

    def _ask(self, host, what):
        with urllib.request.urlopen(f"http://{host}:{self.monitor_port}/{what}", timeout=5) as answer:
            return json.load(answer)
