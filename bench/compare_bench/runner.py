"""One run: a fresh process of a server, loaded by parley-bench."""
import json
import subprocess
import tempfile
import threading
import time

from compare_bench import process
from compare_bench.peers.parley import program

DEADLINE_S = 300  # of a run that should take ten
DRAIN_S = 10
IDLE_S = 0.5
SETTLE_S = 15  # the longest wait for a server to come to rest
LOOK_S = 0.1
QUIET, QUIET_LOOKS = 0.05, 2  # it has, when it took less of a core than this, so often one after the other
KEPT_UP = 0.95  # of the rate, in an open loop
KEPT = ("clean", "measured_s", "messages", "deliveries", "messages_per_s", "deliveries_per_s", "ack_ms", "delivery_ms",
        "server", "generator", "other_programs_share", "unanswered", "missing_deliveries")


def load(peer, workload, seconds, warmup):
    """(parley-bench's report, what it says went wrong) for a server that runs. No report: it found none."""
    pids = [word for pid in peer.pids for word in ("--pid", pid)]
    with tempfile.NamedTemporaryFile(prefix="parley-bench.", suffix=".json") as out:
        argv = [program("parley-bench"), *workload.words, "--server", peer.url, *pids, *peer.options(), "--quiet",
                "--phases", "--duration", seconds if workload.measured else IDLE_S,
                "--warmup", warmup if workload.measured else 0, "--drain", DRAIN_S, "--json", out.name]
        child = subprocess.Popen([str(word) for word in argv], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True)
        watchdog = threading.Timer(DEADLINE_S, child.kill)
        watchdog.start()
        try:
            said = follow(child, peer.pids)
            code = child.wait()
        finally:
            watchdog.cancel()
            child.kill()
            child.wait()
        text = out.read()
    if not text:
        return None, said or f"parley-bench ended with {code}"
    return json.loads(text), said


def follow(child, pids):
    """Lets parley-bench go on when all are connected and the server has come to rest. What it says is wrong."""
    said = []
    with child.stdin, child.stderr:
        for line in child.stderr:
            if line.strip() == "phase connected":  # it waits for that
                settle(pids)
                child.stdin.close()
            elif line.strip() and not line.startswith("phase "):
                said.append(line.strip())
    return " ".join(said)


def settle(pids):
    """Until the server has done what comes after thousands of logins, which is not what is measured."""
    deadline = time.monotonic() + SETTLE_S
    quiet, before = 0, process.cpu_s(pids)
    while quiet < QUIET_LOOKS and time.monotonic() < deadline:
        time.sleep(LOOK_S)
        now = process.cpu_s(pids)
        quiet, before = quiet + 1 if now - before < QUIET * LOOK_S else 0, now


def one(peer, workload, seconds, warmup):
    """{"report", "failed"}: what was measured, and why it counts for nothing, where it does."""
    try:
        peer.start()
        try:
            report, wrong = load(peer, workload, seconds, warmup)
        finally:
            peer.stop()
    except process.CompareError as error:
        return {"report": None, "failed": str(error)}
    if report is None:
        return {"report": None, "failed": wrong}
    kept = {name: report[name] for name in KEPT}
    kept["total"] = {name: count for name, count in report["total"].items() if count}
    return {"report": kept, "failed": judge(report, workload, wrong)}


def judge(report, workload, wrong=""):
    """Why a run failed, or None. An open loop that falls behind is none: its latency grows for as long as it runs."""
    if not report["clean"]:
        return wrong or "not clean"
    if workload.measured and not report["deliveries"]:
        return "nothing arrived while it was measured"
    if report["deliveries_per_s"] < KEPT_UP * workload.rate * workload.receivers:
        return f"fell behind: {report['deliveries_per_s']:,.0f} deliveries/s"
    return None
