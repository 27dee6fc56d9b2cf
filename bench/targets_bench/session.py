"""Runs what a target needs, in turn, and keeps every run and every command line."""
import json
import os
import re
import shlex
import subprocess
import tempfile

from targets_bench.programs import TargetError, program

ATTEMPTS = 4  # of a run that others disturb
FAILURES = 3
# Values of options that say nothing beyond their run.
OF_ONE_RUN = {"--server": "URL", "--url": "URL", "--token": "TOKEN", "--pid": "PID", "--data-dir": "DIR"}
FRACTION = re.compile(r"\d+\.\d+")


class Session:
    """One call of bench/targets, or of bench/growth with its curves for targets."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.rounds = arguments.rounds
        self.quick = arguments.quick
        self.runs = {}  # {target: {kind: its reports}}
        self.commands = {}  # {target: command lines, each once}
        self.notes = {}  # {target: what was thrown away or stayed though it should not}
        self.target = None
        self.kept = {}  # what several targets share

    def size(self, real, quick):
        return quick if self.quick else real

    def seconds(self):
        """Options of how long a run measures."""
        duration, warmup = self.size((10, 2), (1, 0.3))
        return ["--duration", duration, "--warmup", warmup, "--drain", 60]

    def told(self, words):
        """What changes from run to run, or is secret, by its name."""
        line = " ".join(shlex.quote(shown(str(word), str(before))) for before, word in zip(["", *words], words))
        kept = self.commands.setdefault(self.target, [])
        if line not in kept:
            kept.append(line)

    def note(self, text):
        print(f"  {text}", flush=True)
        self.notes.setdefault(self.target, []).append(text)

    def bench(self, workload, *options, spawn=True, first=False):
        """The report of one run of parley-bench, which must be clean; on a parleyd of its own, or with `spawn` off on
        what the options name. What failed is told and done once more: on a busy machine deadlines pass. `first`: the
        generator runs before all others, where we may have that; not with `spawn`."""
        words = ["parley-bench", workload, *(["--spawn"] if spawn else []), *options]
        self.told(words)
        for left in reversed(range(FAILURES)):
            try:
                return run(words, spawn, run_first if first else None)
            except TargetError as error:
                if not left:
                    raise
                self.note("failed, done again: " + "; ".join(line for line in str(error).splitlines() if line)[:300])
        raise AssertionError("not reached")

    def quiet(self, measure):
        """What `measure()` reports of a run that others did not disturb. After some attempts: of the last."""
        for left in reversed(range(ATTEMPTS)):
            report = measure()
            others = report["other_programs_share"]
            if others <= self.arguments.others / 100:
                return report
            if left:
                self.note(f"thrown away: other programs took {others * 100:.0f} % of the machine")
            else:
                self.note(f"kept though other programs took {others * 100:.0f} % of the machine")
        return report

    def in_turn(self, kinds):
        """{kind: reports} of `kinds`, {kind: function that makes one}: A B A B, as many rounds as asked for."""
        kept = self.runs.setdefault(self.target, {})
        for turn in range(self.rounds):
            for kind, measure in kinds.items():
                print(f"  {self.target}, round {turn + 1} of {self.rounds}: {kind}", flush=True)
                kept.setdefault(kind, []).append(self.quiet(measure))
        return {kind: kept[kind] for kind in kinds}


def run_first():
    """In a new process: it gets to run as soon as it wants, if we may say so (root)."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        pass


def run(words, spawn, begin=None):
    """The report of parley-bench, in whose process `begin` is called first."""
    where = ["--parleyd", program("PARLEYD")] if spawn else []
    with tempfile.NamedTemporaryFile(prefix="parley-targets.", suffix=".json") as out:
        argv = [program("PARLEY_BENCH"), *words[1:], *where, "--quiet", "--json", out.name]
        done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, check=False,
                              preexec_fn=begin)
        text = out.read()
    if done.returncode != 0:
        raise TargetError(f"{words[0]} {words[1]} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
    return json.loads(text)


def shown(word, before):
    if before in OF_ONE_RUN:
        return OF_ONE_RUN[before]
    return f"{float(word):g}" if FRACTION.fullmatch(word) else word


def machine():
    return {"cores": os.cpu_count(), "kernel": os.uname().release, "load_before": os.getloadavg()[0]}
