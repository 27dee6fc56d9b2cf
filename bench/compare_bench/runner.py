"""One run: a fresh process of a server, loaded by parley-bench."""
import json
import subprocess
import tempfile

from compare_bench import process
from compare_bench.peers.parley import program

DEADLINE_S = 300  # of a run that should take ten
DRAIN_S = 5
IDLE_S = 0.5
KEPT_UP = 0.95  # of the rate, in an open loop
KEPT = ("clean", "measured_s", "messages", "deliveries", "messages_per_s", "deliveries_per_s", "ack_ms", "delivery_ms",
        "server", "generator", "other_programs_share", "unanswered", "missing_deliveries")


def load(peer, workload, seconds, warmup):
    """(parley-bench's report, what it says went wrong) for a server that runs. No report: it found none."""
    pids = [word for pid in peer.pids for word in ("--pid", pid)]
    with tempfile.NamedTemporaryFile(prefix="parley-bench.", suffix=".json") as out:
        argv = [program("parley-bench"), *workload.words, "--server", peer.url, *pids, *peer.options(), "--quiet",
                "--duration", seconds if workload.measured else IDLE_S, "--warmup", warmup if workload.measured else 0,
                "--drain", DRAIN_S, "--json", out.name]
        try:
            done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, check=False,
                                  timeout=DEADLINE_S)
        except subprocess.TimeoutExpired:
            return None, f"did not end within {DEADLINE_S} s"
        text = out.read()
    wrong = " ".join(line.strip() for line in done.stderr.splitlines() if line.strip())
    if not text:
        return None, wrong or f"parley-bench ended with {done.returncode}"
    return json.loads(text), wrong


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
    if report["deliveries_per_s"] < KEPT_UP * workload.rate * workload.receivers:
        return f"fell behind: {report['deliveries_per_s']:,.0f} deliveries/s"
    return None
