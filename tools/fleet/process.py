"""Processes that outlive their starter: who they are, how they begin, and how exactly they are stopped."""
import contextlib
import dataclasses
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import subprocess
import sys
import time

from fleet.folder import FleetError

LOG_BYTES = 64 << 20  # a longer log of earlier starts is put aside
PREDECESSOR_S = 60  # a Cassandra that was told to end may take this long


@dataclasses.dataclass(frozen=True)
class Identity:
    """One process and no other: ids are given out again, so its start counts too."""

    pid: int
    started: int  # clock ticks from boot to its start
    boot: str

    @classmethod
    def of(cls, pid):
        """The process that has this id now, or None when there is none or it has ended."""
        try:
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        fields = stat[stat.rindex(")") + 2:].split()  # the name before may hold spaces
        return None if fields[0] in "ZX" else cls(pid, int(fields[19]), boot_id())

    @classmethod
    def read(cls, path):
        """What a pid file says, or None."""
        try:
            pid, started, boot = path.read_text(encoding="ascii").split()
            return cls(int(pid), int(started), boot)
        except (OSError, ValueError):
            return None

    @property
    def alive(self):
        return Identity.of(self.pid) == self

    def __str__(self):
        return f"{self.pid} {self.started} {self.boot}\n"


def boot_id():
    return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def pid_path(folder, name):
    return folder / f"run/{name}.pid"


def running(folder, name):
    """The identity of the process of that name, or None when it does not run."""
    identity = Identity.read(pid_path(folder, name))
    return identity if identity and identity.alive else None


# Beginning.


def define(folder, name, argv, environment=None):
    """Notes what the process of that name is started with, for `become` and for people."""
    text = json.dumps({"name": name, "argv": [str(word) for word in argv], "environment": environment or {}}, indent=2)
    folder.write(f"processes/{name}.json", text + "\n")


def become(folder, name):
    """Turns this process into the one of that name; returns only by an error.

    A predecessor that is about to end is waited for: its ports and files are the same. The new process has the id of
    this one, and state.json tells it; what it prints goes to its log.
    """
    try:
        definition = json.loads((folder / f"processes/{name}.json").read_text(encoding="utf-8"))
    except OSError:
        raise FleetError(f"{folder.path} has no process of the name {name!r}") from None
    argv = definition["argv"]
    if not shutil.which(argv[0]):
        raise FleetError(f"{argv[0]} is not there: tools/install_packages engines, and make build")
    with folder.locked(f"run/{name}.lock"):
        wait_for_predecessor(folder, name)
        folder.write(f"run/{name}.pid", str(Identity.of(os.getpid())))
        tell_pid(folder, name, os.getpid())
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    (folder / "log").mkdir(exist_ok=True, mode=0o700)
    log = os.open(folder / f"log/{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(folder.path)
    replace_with(argv, environment_of(definition))


def replace_with(argv, environment):
    """Turns this process into another program, as a shell would."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and that would be inherited
        signal.signal(number, signal.SIG_DFL)
    os.execvpe(argv[0], argv, environment)


def environment_of(definition):
    """Without the caller's own settings of Parley: they would be stronger than the configuration of the fleet."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PARLEY")}
    return {**kept, **definition["environment"]}


def wait_for_predecessor(folder, name):
    before = running(folder, name)
    if not before:
        return
    print(f"waiting for process {before.pid} to end, which is {name} now", file=sys.stderr)
    if wait_gone([before], PREDECESSOR_S):
        raise FleetError(f"{name} runs already, as process {before.pid}")


def tell_pid(folder, name, pid):
    """Corrects the id in state.json, where the process stands in it."""
    with folder.locked("run/state.lock"):
        state = folder.state()
        for entries in (state or {}).values():
            for entry in entries if isinstance(entries, list) else []:
                if entry.get("name") == name and entry.get("pid") != pid:
                    entry["pid"] = pid
                    folder.write_state(state)


def started_line(name):
    """What stands in the log of a process before all that it says itself."""
    return f"--- {name} is started\n"


def start(folder, name, argv):
    """Starts `argv`, which is to become the process of that name, in a session of its own."""
    folder.make("log", "run")
    path = folder / f"log/{name}.log"
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    with open(path, "ab") as log:
        log.write(started_line(name).encode())
        log.flush()
        return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


# Ending.


def wait_gone(identities, deadline_s):
    """Waits until these processes have ended; returns those that have not."""
    end = time.monotonic() + deadline_s
    left = []
    for identity in identities:
        with opened(identity) as handle:
            if handle is None:
                continue
            poll = select.poll()
            poll.register(handle, select.POLLIN)  # readable when the process has ended
            if not poll.poll(max(0, end - time.monotonic()) * 1000):
                left.append(identity)
    return left


@contextlib.contextmanager
def opened(identity):
    """A handle of exactly this process, or None when it is no more. No other can take its place while it is open."""
    try:
        handle = os.pidfd_open(identity.pid)
    except ProcessLookupError:
        yield None
        return
    try:
        yield handle if identity.alive else None
    finally:
        os.close(handle)


def send(identity, *signals):
    """Sends to exactly this process; nothing when it is no more."""
    with opened(identity) as handle:
        for number in signals if handle is not None else ():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, number)


def stop(folder, names, patience_s):
    """Ends the processes of these names: TERM, and KILL for those that are still there after `patience_s` (0: at once).

    Only what was started for this folder: a pid file whose process has ended, and whose id belongs to another now,
    stops nobody. Returns the names of those that ran.
    """
    found = {name: identity for name in names if (identity := running(folder, name))}
    if patience_s > 0:
        for identity in found.values():
            send(identity, signal.SIGTERM, signal.SIGCONT)  # one that was frozen hears it too
    left = wait_gone(found.values(), patience_s) if patience_s > 0 else list(found.values())
    for identity in left:
        send(identity, signal.SIGKILL)
    if stuck := wait_gone(left, 30):
        raise FleetError(f"processes {', '.join(str(i.pid) for i in stuck)} do not end, even when killed")
    for name in names:
        pid_path(folder, name).unlink(missing_ok=True)
    return list(found)
