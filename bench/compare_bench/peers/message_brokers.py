"""nats-server, with and without JetStream, and mosquitto."""
import json
import re
import socket

from compare_bench import process
from compare_bench.peers.base import HOST, Peer, filled

ANSWER_S = 10


class Nats(Peer):
    name, title, scheme = "nats", "NATS", "nats"
    config_names = ("nats.conf",)
    program = "/usr/sbin/nats-server"

    def jetstream(self):
        return ""

    def prepare(self):
        self.write("nats.conf", filled("nats.conf", port=self.port, jetstream=self.jetstream()))

    def command(self):
        return [self.program, "-c", self.folder / "nats.conf"]

    def version(self):
        return process.run([self.program, "--version"]).split()[-1]


class JetStream(Nats):
    name, title, stores, scheme = "jetstream", "NATS JetStream", "written behind", "jetstream"
    config_names = ("nats.conf", "jetstream.conf")

    def jetstream(self):
        return filled("jetstream.conf", data=self.folder / "data")

    def start(self):
        super().start()
        self.make_stream({"name": "bench", "subjects": ["to.>"], "storage": "file"})

    def make_stream(self, stream):
        """The stream that captures all messages, unless it is there: the server remembers."""
        asked = json.dumps(stream)
        with socket.create_connection((HOST, self.port), ANSWER_S) as link, link.makefile("rb") as lines:
            link.sendall((f'CONNECT {{"verbose":false}}\r\nSUB answer 1\r\nPUB $JS.API.STREAM.CREATE.{stream["name"]} '
                          f"answer {len(asked)}\r\n{asked}\r\n").encode())
            for line in lines:
                if line.startswith(b"MSG"):
                    told = json.loads(lines.readline())
                    if told.get("error"):
                        raise process.CompareError(f"JetStream made no stream: {told['error']}")
                    return
        raise process.CompareError("JetStream did not answer")


class Mosquitto(Peer):
    name, title, scheme = "mosquitto", "mosquitto, QoS 1", "mqtt"
    config_names = ("mosquitto.conf",)
    program = "/usr/sbin/mosquitto"
    user = "mosquitto"

    def prepare(self):
        self.write("mosquitto.conf", filled("mosquitto.conf", port=self.port))

    def command(self):
        return [self.program, "-c", self.folder / "mosquitto.conf"]

    def version(self):
        # It knows no option for that, and tells with its help.
        done = process.subprocess.run([self.program, "-h"], capture_output=True, text=True, check=False)
        return re.search(r"version (\S+)", done.stdout + done.stderr)[1]
