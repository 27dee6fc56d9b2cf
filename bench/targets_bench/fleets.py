"""P17: many machines. bench/fleet measures it."""
import json
import subprocess
import sys
import tempfile

from targets_bench.programs import ROOT, TargetError
from targets_bench.verdict import Row


def p17(session):
    """CPU at 100 messages/s, where engines keep up with it; latency at 30, where they do not queue."""
    return rows(*(one(session, rate) for rate in (100, 30)))


def rows(busy, calm):
    return [*(Row("P17", f"{what}, 100/s", figure, 3, 2, unit="×") for what, figure in busy.items()
              if what.startswith("CPU")),
            *(Row("P17", f"{what.removesuffix(', ms')}, 30/s", figure, 2, 1, unit="ms") for what, figure in calm.items()
              if what.startswith("delivery"))]


def one(session, rate):
    """What `bench/fleet p17` found at that rate."""
    options = ["--rounds", session.rounds, "--seconds", session.size(8, 5), "--warmup", session.size(8, 3), "--rate", rate]
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
