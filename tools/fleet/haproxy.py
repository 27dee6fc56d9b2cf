"""HAProxy before the parleyd of a fleet."""
import functools
import resource
import socket
import urllib.error
import urllib.request

from fleet.jars import ROOT
from fleet.progress import NotReady
from fleet.server import Server, find_program, run_briefly

HOST = "127.0.0.1"
PORT = 8090
NAME = "haproxy"
MOST_CONNECTIONS = 40_000
TEMPLATE = ROOT / "deploy/haproxy/haproxy.cfg.in"


def config(port, nodes, most_connections):
    """The text of HAProxy's configuration. `nodes`: (name, host, port, port of operations) of each parleyd."""
    servers = "\n".join(f"  server {name} {host}:{port} check addr {host} port {ops}" for name, host, port, ops in nodes)
    values = {"BIND": f"  bind {HOST}:{port}", "MAXCONN": str(most_connections), "SERVERS": servers}
    lines = []
    for line in TEMPLATE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):  # the template's own head says how to fill it in
            for key, value in values.items():
                line = line.replace(f"@{key}@", value)
        lines.append(line)
        if line == "global":
            # Two fleets that start at once may choose the same port: the later one has to fail, not to share it.
            lines.append("  noreuseport")
    return "\n".join(lines) + "\n"


class Balancer:
    """The HAProxy of one fleet."""

    def __init__(self, folder, ports):
        self.folder = folder
        self.port = ports.take("balancer", [HOST], PORT)

    @property
    def url(self):
        return f"http://{HOST}:{self.port}"

    def server(self, nodes):
        """Writes the configuration, has it checked, and tells how HAProxy is started."""
        _, descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = MOST_CONNECTIONS if descriptors < 0 else min(MOST_CONNECTIONS, (descriptors - 200) // 2)
        path = self.folder.write("config/haproxy.cfg", config(self.port, nodes, most))
        program = find_program("haproxy")
        run_briefly(program, "-c", "-q", "-f", path)
        return Server(None, NAME, [program, "-db", "-f", path], {"url": self.url}, functools.partial(check, self.port))


def check(port):
    """Raises until HAProxy accepts connections; whether there is a parleyd behind it is seen there."""
    socket.create_connection((HOST, port), timeout=5).close()


def check_people(url):
    """Raises until people are served: HAProxy looks for ready servers once a second."""
    try:
        with urllib.request.urlopen(f"{url}/v1/server", timeout=5):
            return
    except urllib.error.HTTPError as error:
        with error:
            raise NotReady(f"the balancer answers {error.code}") from None
