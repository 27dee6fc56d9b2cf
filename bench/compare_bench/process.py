"""One server process: starts, listens, and is stopped, it and no other."""
import contextlib
import os
import pathlib
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import time

from fleet_bench import counters

START_S = 120
STOP_S = 30
PAUSE_S = 0.02


class CompareError(Exception):
    """What went wrong, in words for whoever called."""


def allow_files():
    """As many open files as one may have: each connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def as_user(user):
    """The words before a command that make `user` run it, and end it with this program."""
    words = ["setpriv", "--pdeathsig", "KILL"]
    if os.geteuid() == 0 and user:
        words += ["--reuid", user, "--regid", str(pwd.getpwnam(user).pw_gid), "--init-groups"]
    return words


def give(path, user):
    """Makes a folder that belongs to the user who is to run there."""
    path.mkdir(parents=True, exist_ok=True, mode=0o755)
    if os.geteuid() == 0 and user:
        shutil.chown(path, user, pwd.getpwnam(user).pw_gid)
    return path


def run(argv, user=None, **options):
    """A command that does its work and ends."""
    done = subprocess.run([*as_user(user), *map(str, argv)], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise CompareError(f"{argv[0]} failed ({done.returncode}): {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def family(pid):
    """A process with all that it has started, and these again."""
    found = [pid]
    for one in found:
        for task in pathlib.Path(f"/proc/{one}/task").glob("*/children"):
            with contextlib.suppress(OSError):  # it has just ended
                found += [int(word) for word in task.read_text(encoding="ascii").split()]
    return found


def cpu_s(pids):
    """CPU of these processes and all that they have started and that runs."""
    return sum(counters.cpu_s(one) or 0 for pid in pids for one in family(pid))


class Process:
    def __init__(self, argv, folder, user=None, env=None):
        self.argv = [*as_user(user), *map(str, argv)]
        self.folder = folder
        self.env = {**os.environ, **(env or {})}
        self.child = None

    @property
    def pid(self):
        return self.child.pid

    @property
    def log(self):
        return self.folder / "output.log"

    def start(self, port, is_ready=None):
        """Until it listens on that port of loopback; or `is_ready()`, where that says too little."""
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(self.argv, cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_S
        while not (is_ready() if is_ready else self._listens(port)):
            if self.child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise CompareError(f"{' '.join(self.argv[3:6])} did not start: "
                                   f"{self.log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
            time.sleep(PAUSE_S)

    @staticmethod
    def _listens(port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def stop(self, word=signal.SIGTERM):
        if self.child is None:
            return
        self.child.send_signal(word)
        try:
            self.child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child = None
