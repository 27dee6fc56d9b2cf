"""Runs parley-bench, and looks at everything as its phases begin."""
import json
import subprocess
import tempfile

from fleet import parleyd
from fleet.folder import FleetError
from fleet_bench import counters
from fleet_bench.machines import parley_bench

ATTEMPTS = 4


class Run:
    """What one run has found: parley-bench's own report, and a moment for each phase."""

    def __init__(self, report, moments):
        self.report = report
        self.moments = moments

    @property
    def measured(self):
        return counters.Span(self.moments["measuring"], self.moments["draining"])

    @property
    def messages(self):
        return self.report["messages"]

    @property
    def deliveries(self):
        return self.report["deliveries"]


class Failed(FleetError):
    """parley-bench found that something went wrong: what it measured counts for nothing."""


def run_again(machines, workload, *options, **more):
    """As run(); what failed is told and done once more, since a machine that others keep busy makes deadlines pass."""
    for left in reversed(range(ATTEMPTS)):
        try:
            return run(machines, workload, *options, **more)
        except Failed as error:
            if not left:
                raise
            lines = str(error).splitlines()
            print("  thrown away: " + "; ".join([lines[0], *(x for x in lines if "FAILED" in x)]), flush=True)
    raise AssertionError("not reached")


def run(machines, workload, *options, on_phase=None, spawn=False, judge=True):
    """Loads the nodes of `machines` (with `spawn`: an embedded node of its own) and returns the Run.

    `on_phase(phase)` is called when a phase has begun, after the look at everything. A run that was not clean ends the
    measurement: a figure of a server that loses messages is none. Without `judge` its report tells, where there is one.
    """
    where = ["--spawn", "--parleyd", str(parleyd.program())] if spawn else [
        word for url in machines.urls for word in ("--server", url)]
    if not spawn:  # making accounts takes longer than what is measured
        where += ["--accounts", machines.accounts(workload)]
    with tempfile.NamedTemporaryFile(prefix="parley-bench.", suffix=".json") as out:
        argv = [parley_bench(), workload, *where, "--quiet", "--phases", "--json", out.name, *options]
        child = subprocess.Popen([str(word) for word in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
        moments, said = {}, []
        try:
            for line in child.stderr:
                if not line.startswith("phase "):
                    said.append(line)
                    continue
                phase = line.split()[1]
                processes = machines.processes | {"parley-bench": child.pid}
                moments[phase] = counters.look(processes, machines.nodes, last=phase in ("draining", "done"))
                if on_phase:
                    on_phase(phase)
                if phase == "connected":  # it waits for that
                    child.stdin.write("\n")
                    child.stdin.flush()
                elif phase == "draining":  # and for that: the ends of all connections are no part of a message's price
                    child.stdin.close()
            table = child.stdout.read()
            code = child.wait()
        except BaseException:
            child.kill()
            child.wait()
            raise
        text = out.read()
    if code != 0 and (judge or not text):
        raise Failed(f"parley-bench {workload} failed ({code}):\n{table}{''.join(said)}")
    if code != 0:
        print(f"{table}{''.join(said)}", flush=True)
    return Run(json.loads(text), moments)
