"""How long one hop over the bus takes, while something else is measured: from a client of one NATS server to a client
of another, as a node's event travels."""
import os
import socket
import statistics
import threading
import time

PAUSE_S = 0.05
DEADLINE_S = 5


class Client:
    """As much of a client of NATS as it takes."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=DEADLINE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = self.socket.makefile("rb")
        self.lines.readline()  # INFO
        self.send(b'CONNECT {"verbose":false,"pedantic":false}\r\n')
        self.settle()

    def send(self, data):
        self.socket.sendall(data)

    def settle(self):
        """Until the server has taken in all that was sent."""
        self.send(b"PING\r\n")
        while (line := self.lines.readline()) != b"PONG\r\n":
            self.take(line)

    def message(self):
        """Waits for one, and returns its data."""
        while True:
            line = self.lines.readline()
            if line.startswith(b"MSG "):
                return self.lines.read(int(line.split()[-1]) + 2)[:-2]
            self.take(line)

    def take(self, line):
        if line == b"PING\r\n":
            self.send(b"PONG\r\n")
        elif not line or line.startswith(b"-ERR"):
            raise OSError(f"NATS says: {line.decode('utf-8', 'replace').strip() or 'goodbye'}")

    def close(self):
        self.lines.close()
        self.socket.close()


class Probe:
    """`with Probe(nats) as probe: ...; probe.median_ms`: some 20 hops a second from a thread of its own."""

    def __init__(self, nats, payload=300):
        self.sender = Client(nats.hosts[0], nats.port)
        self.receiver = Client(nats.hosts[-1], nats.port)
        self.subject = f"parley_bench.hop.{os.getpid()}".encode()
        self.payload = b"x" * payload
        self.taken = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)

    def _work(self):
        self.receiver.send(b"SUB %s 1\r\n" % self.subject)
        self.receiver.settle()
        self.receiver.socket.settimeout(DEADLINE_S)
        # The servers tell each other of a subscription after it was made: until one arrives, none counts.
        self.over.wait(1)
        while not self.over.wait(PAUSE_S):
            begun = time.perf_counter()
            self.sender.send(b"PUB %s %d\r\n%s\r\n" % (self.subject, len(self.payload), self.payload))
            self.receiver.message()
            self.taken.append((time.perf_counter() - begun) * 1000)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.sender.close()
        self.receiver.close()

    @property
    def mean_ms(self):
        return statistics.fmean(self.taken) if self.taken else float("nan")

    @property
    def median_ms(self):
        return statistics.median(self.taken) if self.taken else float("nan")
