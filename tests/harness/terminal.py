"""`parley`, the command-line client, as somebody at a terminal uses it."""

import json
import queue
import signal
import subprocess
import threading
import time

from harness.api import PASSWORD, unique_name
from harness.server import clean_env, program

DEADLINE_S = 60


class Cli:
    """One person at a terminal: a profile in a folder of its own."""

    def __init__(self, server, home, name=None):
        self.server = server
        self.name = name or unique_name("cli")
        self.env = clean_env({
            "PARLEY_SERVER": server.url, "PARLEY_HOME": str(home), "PARLEY_PROFILE": self.name,
            "PARLEY_PASSWORD": PASSWORD, "TZ": "UTC", "HOME": str(home)})

    def run(self, *arguments, stdin="", code=0):
        done = subprocess.run(
            [program("parley"), *map(str, arguments)], input=stdin, capture_output=True,
            text=True, timeout=DEADLINE_S, env=self.env)
        assert done.returncode == code, done
        return done

    def lines(self, *arguments, **options):
        """The objects that a command prints with --json."""
        output = self.run("--json", *arguments, **options).stdout
        return [json.loads(line) for line in output.splitlines()]

    def one(self, *arguments, **options):
        (value,) = self.lines(*arguments, **options)
        return value

    def fails(self, code, *arguments, exit_code=1):
        """Asserts that a command fails with this error code."""
        done = self.run("--json", *arguments, code=exit_code)
        (line,) = done.stderr.splitlines()
        error = json.loads(line)["error"]
        assert error["code"] == code and error["detail"], done
        assert done.stdout == ""
        return error

    def register(self):
        self.user = self.one("register", self.name)["user"]
        return self


class Tail:
    """A running `parley tail --json`, read line by line."""

    def __init__(self, cli, *arguments):
        self.process = subprocess.Popen(
            [program("parley"), "--json", "tail", *arguments], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=cli.env)
        self.seen = []
        self.changes = self._follow(self.process.stdout)
        self.events = self._follow(self.process.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    @staticmethod
    def _follow(pipe):
        lines = queue.Queue()

        def read():
            for line in pipe:
                lines.put(json.loads(line))
            lines.put(None)

        threading.Thread(target=read, daemon=True).start()
        return lines

    @staticmethod
    def _next(lines, predicate):
        end = time.monotonic() + DEADLINE_S
        while True:
            value = lines.get(timeout=max(0.01, end - time.monotonic()))
            assert value is not None, "tail ended"
            if predicate(value):
                return value

    def event(self, name):
        return self._next(self.events, lambda value: value.get("event") == name)

    def until_text(self, text):
        """Reads changes, keeping all in `seen`, up to the message with this text."""
        def fits(change):
            self.seen.append(change)
            return change["kind"] == "message" and change["message"]["text"] == text
        return self._next(self.changes, fits)

    def texts(self):
        return [c["message"]["text"] for c in self.seen if c["kind"] == "message"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)
