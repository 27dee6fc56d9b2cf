"""The floors of the machine, measured beside each run by parley-limits."""
import json
import os
import subprocess
import tempfile

from fleet_bench import counters
from targets_bench.programs import TargetError, program


def measure(session):
    """{send_us: of a delivery to one of 1,000 sockets, paced_send_us: at 10,000 of them a second, t_sync_ms: p50 of a record
    appended and synced}."""
    # Where the servers of a run have their data.
    words = ["parley-limits", "--dir", tempfile.gettempdir(), "--seconds", session.size(1, 0.2)]
    session.told(words)
    busy, whole = counters.machine_s()
    child = subprocess.Popen([program("PARLEY_LIMITS"), *(str(word) for word in words[1:])], stdout=subprocess.PIPE,
                             text=True)
    text = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    if child.returncode != 0:
        raise TargetError(f"parley-limits failed ({child.returncode})")
    now_busy, now_whole = counters.machine_s()
    found = read(json.loads(text))
    found["other_programs_share"] = max(now_busy - busy - used.ru_utime - used.ru_stime, 0) / (now_whole - whole)
    return found


def read(told):
    """What the targets want of its JSON."""
    record = min(told["sync"], key=lambda sync: sync["bytes"])
    return {"send_us": told["send"]["cpu_us"], "paced_send_us": told["send_at_rate"]["cpu_us"],
            "t_sync_ms": record["p50_ms"], "limits": told}
