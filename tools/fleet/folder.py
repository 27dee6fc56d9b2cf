"""The folder of a fleet: what runs in it, and what others are told of it (state.json)."""
import contextlib
import fcntl
import json
import os
import pathlib


class FleetError(Exception):
    """What went wrong, in words for whoever called; no traceback helps them."""


class Folder:
    """One folder with everything of one fleet.

    state.json        for others: addresses, process ids, commands (see `tools/cluster --help`)
    processes/*.json  what each process is started with
    run/*.pid         which process that is now: "PID START-TIME BOOT-ID"
    data, log, config, tls, secrets.json
    """

    def __init__(self, path):
        self.path = pathlib.Path(path).resolve()

    def __truediv__(self, name):
        return self.path / name

    def make(self, *names):
        """Makes the folder and these in it; nobody else may look into them."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in names:
            part = self.path
            for step in pathlib.PurePath(name).parts:
                part /= step
                part.mkdir(exist_ok=True, mode=0o700)
        return self

    @property
    def state_path(self):
        return self.path / "state.json"

    def state(self):
        """What state.json says, or None without one."""
        try:
            return json.loads(self.state_path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise FleetError(f"{self.state_path} is damaged ({error}): stop the fleet and start it anew") from None

    def write_state(self, state):
        self.write("state.json", json.dumps(state, indent=2) + "\n")

    def write(self, name, text, mode=0o600):
        """Writes a file so that a reader sees all of it or what was there before."""
        path = self.path / name
        self.make(pathlib.PurePath(name).parent)
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        partial.touch(mode)
        partial.chmod(mode)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
        return path

    @contextlib.contextmanager
    def locked(self, name="lock", wait=True):
        """Holds a lock of the folder; without `wait` a FleetError when another process has it."""
        self.make()
        with open(self.path / name, "a", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FleetError(f"another start or stop is at work in {self.path}: wait for it") from None
            yield
