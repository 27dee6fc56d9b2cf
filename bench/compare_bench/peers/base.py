"""What all servers have in common."""
import pathlib
import string

from compare_bench import process

CONFIGS = pathlib.Path(__file__).resolve().parent.parent / "configs"
HOST = "127.0.0.1"


def filled(name, **values):
    """A configuration file of this comparison with these values in it."""
    return string.Template((CONFIGS / f"{name}.in").read_text(encoding="utf-8")).substitute(values)


class Peer:
    """One server: prepared once, then started and stopped for each measurement, with its data kept."""

    name = ""
    title = ""
    stores = "nothing"  # or "written behind": what is acknowledged may be lost with the power; or "durable"
    scheme = ""
    user = None  # who runs it, where this program is root
    config_names = ()  # of configs/, for whoever reads the results

    def __init__(self, folder, ports, people):
        self.folder = process.give(folder / self.name, self.user)
        self.people = people
        self.port = ports.take(self.name, [HOST])
        self.ops_port = ports.take(f"{self.name}-ops", [HOST])
        self.process = None

    # What each of them says for itself.

    def command(self):
        """The words that start it."""
        raise NotImplementedError

    def version(self):
        raise NotImplementedError

    def prepare(self):
        """Configuration and accounts, once."""

    def close(self):
        """What prepare() has started."""

    env = None

    # What drives it.

    @property
    def url(self):
        return f"{self.scheme}://{HOST}:{self.port}"

    @property
    def pids(self):
        """Of all that works for it; what these have started counts with them."""
        return [self.process.pid]

    def options(self):
        """What parley-bench wants for it besides."""
        return []

    def start(self):
        self.process = process.Process(self.command(), self.folder, self.user, self.env)
        self.process.start(self.port)

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path
