"""The floors of the machine, measured beside each run by parley-limits."""
import json
import subprocess

from fleet_bench import counters
from targets_bench.programs import TargetError, program


def measure(session):
    """{send_us: of a delivery to one of 1,000 sockets, t_sync_ms: p50 of a record appended and synced}."""
    session.told(["parley-limits"])
    busy, whole = counters.machine_s()
    child = subprocess.Popen([program("PARLEY_LIMITS")], stdout=subprocess.PIPE, text=True)
    text = child.stdout.read()
    used = counters.cpu_s(child.pid) or 0
    if child.wait() != 0:
        raise TargetError(f"parley-limits failed ({child.returncode})")
    now_busy, now_whole = counters.machine_s()
    found = read(json.loads(text))
    found["other_programs_share"] = max(now_busy - busy - used, 0) / (now_whole - whole)
    return found


def read(told):
    """What the targets want of its JSON."""
    return {"send_us": told["send"]["cpu_us"], "t_sync_ms": told["sync"]["record"]["p50_ms"]}
