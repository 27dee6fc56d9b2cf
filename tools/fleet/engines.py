"""The command line of tools/engines, and the engines as one thing."""
import argparse
import json
import os
import re
import shutil
import signal
import sys
import time

from fleet import cassandra, credentials, jars, nats, process, progress, redis, server
from fleet.folder import FleetError, Folder
from fleet.ports import Ports

PATIENCE_S = 30  # Cassandra flushes when it is told to end
CLIENTS = ("haproxy", "parleyd-")  # names that begin so need the others
# All that is ever made in a fleet's folder, besides its lock.
OURS = re.compile(r"data|config|log|run|processes|tls|(state|environment|plan|ports|secrets)\.json|parleyd-\d+\.toml|\..+\.\d+")


class Engines:
    """Cassandra, NATS and Redis of one folder: their ports and secrets are chosen, nothing runs yet."""

    def __init__(self, folder, ports, counts, tls, auth, pleasant=False):
        certificates = credentials.certificates(folder) if tls else None
        self.cassandra = cassandra.Nodes(folder, ports, counts["cassandra"], certificates, auth, pleasant)
        self.nats = nats.Servers(folder, ports, counts["nats"], certificates, auth, pleasant)
        self.redis = redis.Caches(folder, ports, counts["redis"], auth, pleasant)
        self.parts = (self.cassandra, self.nats, self.redis)

    def environment(self):
        return {name: value for part in self.parts for name, value in part.environment().items()}

    def servers(self):
        # Slowest last: this is the order of waiting, and of what is told.
        return [one for part in reversed(self.parts) for one in part.servers()]


def ports_of(folder):
    """Ports that remember those of earlier starts in this folder."""
    path = folder / "ports.json"
    return Ports(json.loads(path.read_text(encoding="utf-8")) if path.exists() else None)


def keep_ports(folder, ports):
    folder.write("ports.json", json.dumps(ports.taken, indent=2) + "\n")


def keep_environment(folder, engines):
    """For `tools/engines env`."""
    folder.write("environment.json", json.dumps(engines.environment(), indent=2) + "\n")


def clear(folder):
    """Ends what runs in the folder and removes all that is in it. A folder with anything else in it is left alone."""
    found = [path for path in folder.path.iterdir() if path.name != "lock"]
    for path in found:
        if not OURS.fullmatch(path.name):
            raise FleetError(f"{path} is of no fleet, so nothing in {folder.path} is removed: name another folder")
    process.stop(folder, server.names_of(folder), 0)
    for path in found:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def stop_all(folder, patience_s):
    """Ends all; those that use others first, so that they can finish. Returns the names of what ran."""
    names = server.names_of(folder)
    clients = [name for name in names if name.startswith(CLIENTS)]
    others = [name for name in names if name not in clients]
    return process.stop(folder, clients, patience_s) + process.stop(folder, others, patience_s)


def up(arguments):
    folder = Folder(arguments.dir)
    with folder.locked(wait=False):
        if arguments.fresh:
            clear(folder)
        elif server.is_up(folder):
            progress.say(f"the engines in {folder.path} run already")
            return
        else:
            stop_all(folder, PATIENCE_S)  # some of them may have been killed
        begun = time.monotonic()
        ports = ports_of(folder)
        counts = {kind: getattr(arguments, kind) for kind in ("cassandra", "nats", "redis")}
        engines = Engines(folder, ports, counts, arguments.tls, arguments.auth)
        keep_ports(folder, ports)
        keep_environment(folder, engines)
        server.forget_all(folder)
        folder.write_state({kind: [] for kind in counts})
        try:
            server.bring_up(folder, engines.servers())
            engines.cassandra.make_user()
        except BaseException:
            process.stop(folder, server.names_of(folder), 0)
            folder.state_path.unlink(missing_ok=True)
            raise
        progress.say(f"all ready after {time.monotonic() - begun:.1f} s: {folder.state_path}")


def down(arguments):
    folder = Folder(arguments.dir)
    with folder.locked(wait=False):
        stopped = stop_all(folder, 0 if arguments.now else PATIENCE_S)
        folder.state_path.unlink(missing_ok=True)
    progress.say(f"stopped: {', '.join(stopped) or 'nothing ran'}")


def status(arguments):
    """One line for each process; an error when one does not run."""
    folder = Folder(arguments.dir)
    for name in server.defined(folder):
        now = process.running(folder, name)
        print(f"{name:12} {f'pid {now.pid}' if now else 'does not run'}")
    return 0 if server.is_up(folder) else 1


def run_with_addresses(arguments):
    """Becomes the command, with the engines' addresses in its environment."""
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        raise FleetError("say what to run: tools/engines env --dir D -- COMMAND")
    folder = Folder(arguments.dir)
    if not folder.state():
        raise FleetError(f"no engines run in {folder.path}; start them with: tools/engines up --dir {folder.path}")
    addresses = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    try:
        process.replace_with(command, {**os.environ, **addresses})
    except OSError as error:
        raise FleetError(f"cannot run {command[0]}: {error.strerror}") from None


def add_counts(parser):
    for kind, count in (("cassandra", 3), ("nats", 3), ("redis", 1)):
        parser.add_argument(f"--{kind}", type=int, default=count, metavar="N")


def parse(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")

    def command(name, act, text, folder=True):
        made = commands.add_parser(name, help=text)
        made.set_defaults(act=act)
        if folder:
            made.add_argument("--dir", required=True, help="the folder of these engines")
        return made

    command("fetch", lambda _: print(jars.fetch()), "get Cassandra's jars", folder=False)
    starts = command("up", up, "start, and wait until all serve")
    add_counts(starts)
    starts.add_argument("--tls", action="store_true", help="clients have to use TLS (not with Redis)")
    starts.add_argument("--auth", action="store_true", help="clients have to give a password")
    starts.add_argument("--fresh", action="store_true", help="end and remove what an earlier start left in the folder")
    command("down", down, "stop").add_argument("--now", action="store_true", help="kill instead of asking")
    command("status", status, "what runs")
    command("env", run_with_addresses, "run a command with the addresses in its environment").add_argument(
        "command", nargs=argparse.REMAINDER)
    command("exec", lambda a: process.become(Folder(a.dir), a.name), "start one process again").add_argument("name")
    asks = command("nodetool", nodetool, "Cassandra's own tool, for the node of that number")
    asks.add_argument("node")
    asks.add_argument("words", nargs=argparse.REMAINDER)
    return parser.parse_args()


def nodetool(arguments):
    """Becomes Cassandra's own tool, for one node."""
    ports = ports_of(Folder(arguments.dir)).earlier
    port = ports.get(f"cassandra-{arguments.node}-jmx")
    if not port:
        raise FleetError(f"there is no Cassandra node {arguments.node} in {arguments.dir}")
    options = (jars.HERE / "jvm.options").read_text(encoding="utf-8").splitlines()
    opened = [word for line in options if line.startswith("--add") for word in line.split(" ", 1)]
    process.replace_with(
        [jars.java(), "-Xmx64m", *opened, f"-Dlogback.configurationFile={jars.HERE / 'logback.xml'}",
         "-cp", f"{jars.fetch()}/*", "org.apache.cassandra.tools.NodeTool", "-p", str(port), *arguments.words],
        os.environ)


def run(name, arguments):
    """Runs what the command line asks for; returns the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that a start is undone
    try:
        return arguments.act(arguments) or 0
    except FleetError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def main(description):
    return run("engines", parse(description))
