"""Starts, stops, kills and restarts the built `parleyd`."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_DEADLINE_S = 60
STOP_DEADLINE_S = 60

# Tests are in a hurry: cheap password hashes, no rate limits, and WebSockets that are closed at the
# end without being spread over seconds.
DEFAULT_ENV = {
    "PARLEY_LIMITS_ENABLED": "false",
    "PARLEY_AUTH_ARGON2_MEMORY_KIB": "8192",
    "PARLEY_AUTH_ARGON2_PASSES": "1",
    "PARLEY_SERVER_DRAIN_MS": "200",
}


# A build may be tested with the store in memory (TSan: RocksDB is not instrumented).
ENGINE = os.environ.get("PARLEY_STORAGE_ENGINE")
if ENGINE:
    DEFAULT_ENV["PARLEY_STORAGE_ENGINE"] = ENGINE

needs_disk = pytest.mark.skipif(ENGINE == "memory", reason="a store in memory keeps nothing")


def program(name):
    """The path of a built program; PARLEYD and PARLEY name others than the release build's."""
    parleyd = pathlib.Path(os.environ.get("PARLEYD", ROOT / "build/release/bin/parleyd"))
    named = os.environ.get(name.upper().replace("-", "_"))
    path = (pathlib.Path(named) if named else parleyd.with_name(name)).resolve()
    assert path.exists(), f"{path} is missing: run `make build` first"
    return str(path)


def clean_env(extra=None):
    """The caller's environment without its own PARLEY settings, plus `extra`."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PARLEY")}
    env.update(extra or {})
    return env


class _Output:
    """The lines that one process has printed so far."""

    def __init__(self, pipe):
        self._lines = []
        self._finished = False
        self._news = threading.Condition()
        threading.Thread(target=self._read, args=(pipe,), daemon=True).start()

    def _read(self, pipe):
        with pipe:
            for raw in pipe:
                with self._news:
                    self._lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
                    self._news.notify_all()
        with self._news:
            self._finished = True
            self._news.notify_all()

    def copy(self):
        with self._news:
            return list(self._lines)

    def wait_for(self, prefix, deadline_s):
        """The first line that begins so, or None at the deadline or the end of the process."""
        end = time.monotonic() + deadline_s
        with self._news:
            while True:
                for line in self._lines:
                    if line.startswith(prefix):
                        return line
                left = end - time.monotonic()
                if self._finished or left <= 0:
                    return None
                self._news.wait(left)


class Server:
    """One data folder and the process that serves it, which may come and go.

    The first start takes free ports; later starts take the same ones, so that clients find it
    again. Start it from the main thread: it dies with the thread that started it, so that no test
    run, however it ends, leaves a server behind.
    """

    started = []  # all of this test run, for the report of a failure

    def __init__(self, folder, env=None, args=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data_dir = self.folder / "data"
        self.log_path = self.folder / "parleyd.log"
        self.env = {**DEFAULT_ENV, **(env or {})}
        self.args = list(args)
        self.http = None  # "HOST:PORT"
        self.ops = None
        self.process = None
        self._output = None

    @property
    def url(self):
        return f"http://{self.http}"

    # Life and death.

    def start(self):
        self.spawn()
        self.wait_ready()
        return self

    def program_words(self):
        """What is run, before its arguments."""
        return [program("parleyd")]

    def spawn(self):
        """Starts the process without waiting until it serves."""
        assert not self.running, "already running"
        command = [
            *self.program_words(), "serve", "--data-dir", str(self.data_dir),
            "--listen", self.http or "127.0.0.1:0", "--ops-listen", self.ops or "127.0.0.1:0",
        ] + self.args
        setpriv = shutil.which("setpriv")
        if setpriv:
            command = [setpriv, "--pdeathsig", "KILL", "--"] + command
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                env=clean_env(self.env), cwd=self.folder)
        self._output = _Output(self.process.stdout)
        if self not in Server.started:
            Server.started.append(self)

    def wait_ready(self):
        """Waits for the line that says where it listens."""
        line = self.wait_for_line("listening ")
        found = re.fullmatch(r"listening http=(\S+) ops=(\S+)", line)
        assert found, f"not the documented line: {line!r}"
        self.http, self.ops = found.groups()

    def stop(self):
        """SIGTERM: it must drain and exit with 0."""
        self.process.send_signal(signal.SIGTERM)
        code = self.wait_exit()
        assert code == 0, f"parleyd exited with {code} after SIGTERM\n{self.log_tail()}"

    def wait_exit(self):
        try:
            return self.process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"parleyd did not exit\n{self.log_tail()}") from None

    def kill(self):
        """SIGKILL: nothing is flushed, nothing is said."""
        self.process.kill()
        self.process.wait()

    def restart(self):
        """A clean stop and a start on the same folder and ports."""
        self.stop()
        return self.start()

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def dispose(self):
        """For fixtures: what still runs is stopped properly."""
        if self.running:
            self.stop()
        elif self.process is not None:
            assert self.process.returncode in (0, -signal.SIGKILL), self.log_tail()

    # What it says.

    def wait_for_line(self, prefix):
        """The first line on standard output that begins with `prefix`."""
        line = self._output.wait_for(prefix, START_DEADLINE_S)
        assert line is not None, (
            f"parleyd (exit code {self.process.poll()}) never said {prefix!r}, "
            f"but {self.lines()}\n{self.log_tail()}")
        return line

    def lines(self):
        return self._output.copy()

    def log_tail(self, lines=60):
        if not self.log_path.exists():
            return "(no log)"
        text = self.log_path.read_text("utf-8", "replace").splitlines()
        return "\n".join([f"--- last lines of {self.log_path}"] + text[-lines:])

    # The operations port.

    def ops_get(self, path):
        with urllib.request.urlopen(f"http://{self.ops}{path}", timeout=30) as answer:
            return answer.read().decode("utf-8")

    def metrics(self):
        """Prometheus samples by name, summed over their labels."""
        values = {}
        for line in self.ops_get("/metrics").splitlines():
            found = re.match(r"([a-zA-Z_:][\w:]*)(?:\{.*\})?\s+(\S+)", line)
            if found and not line.startswith("#"):
                values[found[1]] = values.get(found[1], 0.0) + float(found[2])
        return values
