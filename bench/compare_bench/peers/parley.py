"""parleyd, and the bare relay of bench/relay, which is the floor."""
import os
import pathlib

from compare_bench import process
from compare_bench.peers.base import Peer, filled

ROOT = pathlib.Path(__file__).resolve().parents[3]


def program(name):
    """A built program; PARLEYD, PARLEY_BENCH and so on name others than those of the release build."""
    named = os.environ.get(name.upper().replace("-", "_"))
    path = pathlib.Path(named or ROOT / "build/release/bin" / name).resolve()
    if not path.exists():
        raise process.CompareError(f"{path} is not there: make build")
    return path


class Parley(Peer):
    name, title, stores, scheme = "parley", "Parley", "durable", "http"
    config_names = ("parleyd.toml",)

    def prepare(self):
        self.write("parleyd.toml", filled("parleyd.toml", data=self.folder / "data", port=self.port,
                                          ops_port=self.ops_port))

    def command(self):
        return [program("parleyd"), "serve", "--config", self.folder / "parleyd.toml"]

    def options(self):
        return ["--accounts", self.folder / "accounts"]

    def version(self):
        return process.run([program("parleyd"), "--version"]).strip()


class Relay(Peer):
    name, title, scheme = "relay", "Beast relay", "relay"

    def command(self):
        return [program("parley-relay"), "--port", self.port]

    def version(self):
        return "bench/relay"
