"""The programs that a measurement starts, and how they are started and stopped."""
import contextlib
import json
import os
import pathlib
import re
import select
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
NAMES = {"PARLEYD": "parleyd", "PARLEY_BENCH": "parley-bench", "PARLEY_RELAY": "parley-relay",
         "PARLEY_LIMITS": "parley-limits", "PARLEY_COMPACT": "parley-compact"}
READY_S = 60
PATIENCE_S = 30
# As parley-bench --spawn sets them: rates off and cheap password hashes, so that making accounts takes no time.
SETTINGS = ("limits.enabled=false", "auth.argon2_memory_kib=64", "auth.argon2_passes=1", "server.drain_ms=0",
            "log.level=warning")


class TargetError(Exception):
    """A measurement could not be made; the text says why."""


def program(variable):
    """The built program, or another that the variable of that name names."""
    path = pathlib.Path(os.environ.get(variable, ROOT / "build/release/bin" / NAMES[variable])).resolve()
    if not path.exists():
        raise TargetError(f"{path} is not there: make build, or name another with {variable}")
    return str(path)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for_port(child, port):
    """Until somebody listens there: the child, if it lives."""
    deadline = time.monotonic() + READY_S
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if child.poll() is not None or time.monotonic() > deadline:
            raise TargetError(f"{child.args[0]} does not listen on port {port}")
        select.select([], [], [], 0.02)


def stop(child):
    """In order; what does not end is killed."""
    child.terminate()
    try:
        child.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextlib.contextmanager
def relay(durable=False):
    """The bare relay, or one that syncs each message to a log; yields its URL."""
    with tempfile.TemporaryDirectory(prefix="parley-targets.") as folder:
        words = [program("PARLEY_RELAY")] + (["--log", str(pathlib.Path(folder) / "log")] if durable else [])
        child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        try:
            scheme = "durable-relay" if durable else "relay"
            yield f"{scheme}://127.0.0.1:" + listening(child, r"listening port=(\d+)")
        finally:
            stop(child)
            child.stdout.close()


@contextlib.contextmanager
def parleyd(folder=None, settings=()):
    """A server on a folder's data, or on none; yields (its URL, its process)."""
    with tempfile.TemporaryDirectory(prefix="parley-targets.") as own:
        words = [program("PARLEYD"), "serve", "--data-dir", str(pathlib.Path(folder or own) / "data"), "--listen",
                 "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"]
        for setting in (*SETTINGS, *settings):
            words += ["--set", setting]
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            yield "http://" + listening(child, r"listening http=(\S+)"), child
        finally:
            stop(child)
            child.stdout.close()


def listening(child, line):
    """What the line that says that it serves has in its group."""
    for said in child.stdout:
        if found := re.search(line, said):
            return found[1]
    raise TargetError(f"{child.args[0]} did not start")


def compacted(folder):
    """{family: bytes, total: bytes} of the store of a stopped server, once compacted."""
    done = subprocess.run([program("PARLEY_COMPACT"), str(pathlib.Path(folder) / "data/store")], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise TargetError(f"parley-compact failed: {done.stderr}")
    return json.loads(done.stdout)["after"]
