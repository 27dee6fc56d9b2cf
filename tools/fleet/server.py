"""What all kinds of servers have in common: how one is described, started with others, and stopped."""
import dataclasses
import shlex
import shutil
import subprocess
import time
import typing

from fleet import process, progress
from fleet.folder import FleetError
from fleet.jars import ROOT

READY_S = 120
SBIN = ["/usr/local/sbin", "/usr/sbin", "/sbin"]


@dataclasses.dataclass
class Server:
    """One server of a fleet."""

    kind: str | None  # its list in state.json; None: it is in none
    name: str
    argv: list
    place: dict  # what state.json tells beside name, pid and command: address, url, ops
    check: typing.Callable[[], None]  # raises NotReady or OSError until it serves
    environment: dict = dataclasses.field(default_factory=dict)


def find_program(name):
    """The path of a server program; those of Debian are often outside the PATH of a user."""
    found = shutil.which(name) or shutil.which(name, path=":".join(SBIN))
    if not found:
        raise FleetError(f"{name} is not there: tools/install_packages engines")
    return found


def argv_of(folder, name):
    """The command that becomes the server of that name."""
    return [str(ROOT / "tools/engines"), "exec", "--dir", str(folder.path), name]


def command_of(folder, name):
    """The same for a shell, which becomes the server then: the shell's process id is the server's."""
    return "exec " + shlex.join(argv_of(folder, name))


def start_all(folder, servers):
    """Starts those that do not run, at once, and writes state.json; returns their processes by name."""
    folder.make("run", "log", "processes")
    with folder.locked("run/state.lock"):
        state = folder.state() or {}
        for server in servers:
            if server.kind is None:
                continue
            entries = state.setdefault(server.kind, [])
            entries[:] = [entry for entry in entries if entry["name"] != server.name]
            before = process.running(folder, server.name)
            entries.append({"name": server.name, **server.place, "pid": before.pid if before else None,
                            "command": command_of(folder, server.name)})
        folder.write_state(state)
    started = {}
    for server in servers:
        process.define(folder, server.name, server.argv, server.environment)
        if not process.running(folder, server.name):
            started[server.name] = process.start(folder, server.name, argv_of(folder, server.name))
    return started


def wait_all(folder, servers, started, begun):
    """Waits until all answer. `begun`: time.monotonic() of the start, for the times that are told."""
    deadline = time.monotonic() + READY_S
    for server in servers:
        child = started.get(server.name)
        alive = (lambda child=child: child.poll() is None) if child else (
            lambda name=server.name: process.running(folder, name) is not None)
        progress.wait_ready(server.name, server.check, alive, folder / f"log/{server.name}.log", deadline)
        progress.say(f"{server.name:12} ready after {time.monotonic() - begun:4.1f} s")


def bring_up(folder, servers):
    """Starts servers and waits for them."""
    begun = time.monotonic()
    wait_all(folder, servers, start_all(folder, servers), begun)


def names_of(folder):
    """All that was ever started in this folder and may still run."""
    return sorted(path.stem for path in (folder / "run").glob("*.pid"))


def defined(folder):
    """All that was started last, whether it runs or not."""
    return sorted(path.stem for path in (folder / "processes").glob("*.json"))


def forget_all(folder):
    """Before another start: what was defined for the last one counts no more."""
    for name in defined(folder):
        (folder / f"processes/{name}.json").unlink()


def is_up(folder):
    """Whether all that was started last still runs."""
    names = defined(folder)
    return bool(names) and folder.state_path.exists() and all(process.running(folder, name) for name in names)


def run_briefly(*argv):
    """For checks of configurations: the program's output, or a FleetError with it."""
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise FleetError(f"{argv[0]} says: {(done.stderr or done.stdout).strip()[-1000:]}")
    return done.stdout
