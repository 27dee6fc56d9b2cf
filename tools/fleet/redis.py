"""Redis servers: each a cache of its own. They keep nothing on disk."""
import functools
import socket

from fleet.credentials import password
from fleet.progress import NotReady
from fleet.server import Server, find_program

HOST = "127.0.0.1"
MEMORY = "64mb"


class Caches:
    """The Redis servers of one fleet. Without TLS: the client library that Debian 12 has cannot do it."""

    def __init__(self, folder, ports, count, auth=False, pleasant=False):
        self.folder = folder
        self.auth = auth
        self.ports = [ports.take(f"redis-{n}", [HOST], 6379 if pleasant and n == 1 else None)
                      for n in range(1, count + 1)]

    @property
    def secret(self):
        return password(self.folder, "redis") if self.auth else None

    @property
    def urls(self):
        user = f":{self.secret}@" if self.auth else ""
        return [f"redis://{user}{HOST}:{port}" for port in self.ports]

    def environment(self):
        """What tests are told."""
        return {"PARLEY_REDIS": ",".join(self.urls)} if self.ports else {}

    def servers(self):
        """Writes the configuration of each server and tells how it is started."""
        found = []
        for number, (port, url) in enumerate(zip(self.ports, self.urls), 1):
            name = f"redis-{number}"
            data = self.folder.make(f"data/{name}") / f"data/{name}"
            config = self.folder.write(f"config/{name}.conf", self.config(port, data))
            found.append(Server("redis", name, [find_program("redis-server"), config], {"url": url},
                                functools.partial(self.check, port)))
        return found

    def config(self, port, data):
        """The text of one server's configuration."""
        lines = [f"bind {HOST}", f"port {port}", f'dir "{data}"', "daemonize no", 'save ""', "appendonly no",
                 f"maxmemory {MEMORY}", "maxmemory-policy allkeys-lru"]
        if self.auth:
            lines.append(f'requirepass "{self.secret}"')
        return "\n".join(lines) + "\n"

    def check(self, port):
        """Raises until the server answers a PING."""
        words = f"AUTH {self.secret}\r\nPING\r\n" if self.auth else "PING\r\n"
        with socket.create_connection((HOST, port), timeout=5) as connection:
            connection.sendall(words.encode("ascii"))
            answer = b""
            while b"PONG" not in answer:
                more = connection.recv(4096)
                if not more or b"-" in more[:1]:
                    raise NotReady(f"it answers {(more or b'nothing').decode('utf-8', 'replace').strip()}")
                answer += more
