"""Runs one load of parley-bench against a parleyd whose instructions are counted while the load lasts."""

import json
import pathlib
import subprocess

from harness.server import Server, clean_env, program

from instructions.callgrind import Profile

DEADLINE_S = 400
LONGEST_S = 240  # a run ends by what was done, not by time: so it is the same under every load
OBJCOPY = "llvm-objcopy-19"


class CountedServer(Server):
    """A parleyd under callgrind (https://valgrind.org/docs/manual/cl-manual.html); nothing is counted at first."""

    def __init__(self, folder):
        super().__init__(folder, {
            "PARLEY_AUTH_ARGON2_MEMORY_KIB": "64",  # hundreds of accounts are made
            # What is done by the clock is done more often for each message on a slow machine.
            "PARLEY_RECEIPTS_MAX_MEMBERS": "0",
            "PARLEY_SERVER_HEARTBEAT_MS": "600000",
        })
        self.profile_path = self.folder / "callgrind.out"
        # Debian's valgrind does not read the debugging information that clang 19 writes; names of functions do.
        self._program = self.folder / "parleyd"
        subprocess.run([OBJCOPY, "--strip-debug", program("parleyd"), self._program], check=True)

    def program_words(self):
        return ["valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no",
                f"--callgrind-out-file={self.profile_path}", str(self._program)]

    def count(self, switch):
        """"on" or "off"."""
        subprocess.run(["callgrind_control", f"--instr={switch}", str(self.process.pid)], check=True,
                       stdout=subprocess.DEVNULL, timeout=DEADLINE_S)


class Load:
    """parley-bench, which waits when everybody is connected."""

    def __init__(self, server, args):
        self._json = pathlib.Path(server.folder) / "load.json"
        command = [program("parley-bench"), *args, "--server", server.url, "--pid", str(server.process.pid), "--quiet",
                   "--phases", "--warmup", "0", "--duration", str(LONGEST_S), "--drain", "60", "--json", str(self._json)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE, text=True, env=clean_env())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.communicate()

    def connect(self):
        """Returns when all are connected and nothing has been said."""
        said = []
        for line in self._process.stderr:
            said.append(line)
            if line.strip() == "phase connected":
                return
        raise AssertionError("parley-bench ended: " + "".join(said))

    def run(self):
        """What it counted in all."""
        _, said = self._process.communicate("\n", timeout=DEADLINE_S)
        assert self._process.returncode == 0, said
        return json.loads(self._json.read_text())["total"]


def count(folder, args):
    """The profile of such a load, and the counters of parley-bench."""
    server = CountedServer(folder).start()
    try:
        with Load(server, args) as load:
            load.connect()
            server.count("on")
            total = load.run()
            server.count("off")
    finally:
        server.dispose()
    return Profile(server.profile_path), total
