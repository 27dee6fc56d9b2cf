"""Free ports on loopback addresses."""
import fcntl
import os
import pathlib
import random
import socket
import tempfile

from fleet.folder import FleetError

# Below the range from which the system takes the ports of outgoing connections: none of those can be in the way later.
RANGE = range(10_000, 32_000)


# Servers take seconds to listen: until then another start on this machine must not choose their ports.
CLAIMS = pathlib.Path(tempfile.gettempdir()) / f"parley-ports-{os.getuid()}"


def is_free(host, port):
    with socket.socket() as probe:
        # As servers do: connections of an earlier one that are still closing do no harm.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
        return True


class Ports:
    """Gives out ports by purpose: the one of an earlier start, or the preferred one, or any that is free.

    What it gave out no other start on this machine gives out, for as long as this object lives.
    """

    def __init__(self, earlier=None):
        self.taken = {}  # purpose -> port, of now
        self.earlier = dict(earlier or {})
        self._claims = {}  # port -> locked file

    def take(self, purpose, hosts, preferred=None, keep=False):
        """A port that is free on all `hosts`. With `keep` it must be the earlier one, if there was one."""
        before = self.earlier.get(purpose)
        if keep and before:
            if not self._usable(before, hosts):
                raise FleetError(f"port {before} is taken by another program, and {purpose} has to keep it (its data "
                                 "name it): end that program, or make a new fleet with --fresh")
            return self._give(purpose, before)
        for port in (before, preferred):
            if port and self._usable(port, hosts):
                return self._give(purpose, port)
        for port in random.sample(RANGE, 200):
            if self._usable(port, hosts):
                return self._give(purpose, port)
        raise FleetError(f"found no port that is free on {', '.join(hosts)}")

    def _usable(self, port, hosts):
        return port not in self.taken.values() and self._claim(port) and all(is_free(host, port) for host in hosts)

    def _claim(self, port):
        """Whether no other start has its hand on the port; from here on this one has."""
        if port in self._claims:
            return True
        CLAIMS.mkdir(mode=0o700, exist_ok=True)
        file = open(CLAIMS / str(port), "w", encoding="ascii")  # closed, and so unlocked, with this object
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._claims[port] = file
        return True

    def _give(self, purpose, port):
        self.taken[purpose] = port
        return port
