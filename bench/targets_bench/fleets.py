"""P17: many machines. bench/fleet measures it."""
import json
import subprocess
import sys
import tempfile

from targets_bench.programs import ROOT, TargetError
from targets_bench.verdict import Row

RATE = {"100": 100, "30": 30}


def p17(session):
    """CPU at 100 messages/s, where engines keep up with it; latency at 30, where they do not queue."""
    cpu, latency = (one(session, rate) for rate in (100, 30))
    rows = [Row("P17", f"{what}, {rate}/s", found[what], 3, 2, unit="×")
            for rate, found in ((100, cpu), (30, latency)) for what in found if what.startswith("CPU")]
    return rows + [Row("P17", f"{what.removesuffix(', ms')}, 30/s", figure, 2, 1, unit="ms")
                   for what, figure in latency.items() if what.startswith("delivery")]


def one(session, rate):
    """What `bench/fleet p17` found at that rate."""
    options = ["--rounds", session.rounds, "--seconds", session.size(8, 2), "--warmup", session.size(8, 2), "--rate", rate]
    if session.arguments.dir:
        options += ["--dir", session.arguments.dir]
    session.told(["bench/fleet", "p17", *options])
    with tempfile.NamedTemporaryFile(prefix="parley-targets.", suffix=".json") as out:
        argv = [sys.executable, ROOT / "bench/fleet", "p17", *options, "--json", out.name]
        done = subprocess.run([str(word) for word in argv], check=False)
        text = out.read()
    if done.returncode not in (0, 1) or not text:
        raise TargetError(f"bench/fleet p17 failed ({done.returncode})")
    told = json.loads(text)
    session.runs.setdefault("P17", {}).setdefault(f"{rate}/s", []).append(told)
    return told["found"]
