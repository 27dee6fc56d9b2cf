"""`parley chat` on a terminal: a pseudo-terminal with pyte at its other end, which shows what a person would see."""

import fcntl
import os
import pathlib
import select
import struct
import subprocess
import sys
import termios
import threading
import time

from harness.server import ROOT, program
from harness.terminal import DEADLINE_S

KEYS = {
    "enter": "\r", "newline": "\n", "alt-enter": "\x1b\r", "tab": "\t", "back-tab": "\x1b[Z", "escape": "\x1b",
    "up": "\x1bOA", "down": "\x1bOB", "right": "\x1bOC", "left": "\x1bOD", "page-up": "\x1b[5~", "page-down": "\x1b[6~",
    "home": "\x1bOH", "end": "\x1bOF", "delete": "\x1b[3~", "backspace": "\x7f", "f1": "\x1bOP", "f2": "\x1bOQ",
    "alt-down": "\x1b[1;3B", "word-left": "\x1b[1;5D", "paste-begin": "\x1b[200~", "paste-end": "\x1b[201~",
}


def _import_pyte():
    folder = subprocess.run([ROOT / "tools/python_env", "integration"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout.strip()
    sys.path += [str(path) for path in pathlib.Path(folder).glob("lib/python*/site-packages")]
    import pyte
    return pyte


class Terminal:
    """A program on a terminal of its own. What it writes is shown by `text()`; `raw` keeps all of it."""

    def __init__(self, command, env, rows=24, cols=80, term="xterm-256color"):
        pyte = _import_pyte()
        self.screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self._news = threading.Condition()
        self._closed = False
        self.master, self.slave = os.openpty()
        self._set_size(rows, cols)
        self.modes_before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            command, stdin=self.slave, stdout=self.slave, stderr=self.slave, env={**env, "TERM": term}, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self._stop_read, self._stop = os.pipe()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.hang_up()

    def _read(self):
        while True:
            ready, _, _ = select.select([self.master, self._stop_read], [], [])
            try:
                data = b"" if self._stop_read in ready else os.read(self.master, 65536)
            except OSError:
                data = b""
            with self._news:
                self.raw += data
                self._closed = not data
                if data:
                    self._stream.feed(data)
                self._news.notify_all()
            if not data:
                return

    def _set_size(self, rows, cols):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def resize(self, rows, cols):
        with self._news:
            self.screen.resize(rows, cols)
            self._set_size(rows, cols)  # the kernel tells the program

    def type(self, text):
        os.write(self.master, text.encode())

    def press(self, *keys):
        """By name, or "ctrl-x"."""
        for key in keys:
            self.type(chr(ord(key[-1]) & 0x1f) if key.startswith("ctrl-") else KEYS[key])

    def say(self, text):
        self.type(text)
        self.press("enter")

    # What it shows.

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def until(self, fits, what="that"):
        """Waits until `fits` (a text to be seen, or a function of the text) is true; answers the text."""
        predicate = fits if callable(fits) else lambda text: fits in text
        what = what if callable(fits) else repr(fits)
        end = time.monotonic() + DEADLINE_S
        with self._news:
            while not predicate(self.text()):
                left = end - time.monotonic()
                assert left > 0 and not self._closed, f"{what} was never seen, but:\n{self.text()}"
                self._news.wait(left)
            return self.text()

    def until_gone(self, text):
        return self.until(lambda shown: text not in shown, f"the end of {text!r}")

    def until_raw(self, data, count=1):
        """Waits until the program has written these bytes so many times."""
        self.until(lambda _: self.raw.count(data) >= count, f"{count} of {data!r}")

    # Its end.

    def hang_up(self):
        """The line is cut: what an ssh connection that is lost does."""
        if not self._reader:
            return
        os.write(self._stop, b"x")
        self._reader.join()
        self._reader = None
        for descriptor in (self.slave, self.master, self._stop, self._stop_read):
            os.close(descriptor)

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        return self.process.wait(DEADLINE_S)

    def assert_restored(self):
        """The terminal is as the program found it: its modes, the other screen, a cursor that is seen."""
        assert termios.tcgetattr(self.slave) == self.modes_before
        self.until_raw(b"\x1b[?1049l", self.raw.count(b"\x1b[?1049h"))
        left = self.raw[self.raw.rindex(b"\x1b[?1049h"):]
        for sequence in (b"\x1b[?2004l", b"\x1b[?7h", b"\x1b[?1049l"):
            assert sequence in left, sequence
        assert left.rindex(b"\x1b[?25h") > left.rindex(b"\x1b[?25l")


class Chat(Terminal):
    """A person's `parley chat`."""

    def __init__(self, cli, *arguments, env=None, **terminal):
        super().__init__([program("parley"), "chat", *arguments], {**cli.env, **(env or {})}, **terminal)

    def quit(self):
        self.press("ctrl-q")
        assert self.wait() == 0
        self.assert_restored()

