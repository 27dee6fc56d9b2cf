"""Two generators on one server: pairs, and a group that goes on as long as they are measured."""
import contextlib
import subprocess

from fleet_bench import counters
from targets_bench import programs


@contextlib.contextmanager
def group(session, url, options):
    """A group that sends, from when it measures until the end of the block."""
    words = ["parley-bench", "group", *options, "--duration", 3600, "--warmup", 0, "--drain", 60]
    session.told(words)
    argv = [programs.program("PARLEY_BENCH"), *words[1:], "--server", url, "--quiet", "--phases"]
    child = subprocess.Popen([str(word) for word in argv], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True)
    try:
        for line in child.stderr:
            if line.startswith("phase connected"):
                child.stdin.close()
            if line.startswith("phase measuring"):
                break
        if child.poll() is not None:
            raise programs.TargetError("the group beside the pairs did not begin")
        yield child
    finally:
        child.kill()  # what it measured itself is of no interest
        child.wait()
        child.stderr.close()


def pairs(session, count, rate, beside=None):
    """The report of pairs at a rate, on a server that has nothing else to do or a group beside them."""
    options = ["--pairs", count, "--rate", rate, *session.seconds()]
    with programs.parleyd() as (url, server), contextlib.ExitStack() as stack:
        pids = [server.pid]
        if beside:
            pids.append(stack.enter_context(group(session, url, beside)).pid)
        # What is felt of the server is asked for, not what this generator waits for the group's: it is seldom at work.
        # The group's generator is none of the "other programs" that parley-bench sees.
        begin = moment(pids)
        report = session.bench("pairs", "--server", url, *options, spawn=False, first=True)
        end = moment(pids)
    own = report["generator"]["cores"] * report["measured_s"]
    busy, known, whole = (end[i] - begin[i] for i in range(3))
    report["other_programs_share"] = max(busy - known - own, 0) / whole if beside else report["other_programs_share"]
    return report


def moment(pids):
    """(CPU of all programs, of these, all time there was), in seconds."""
    busy, whole = counters.machine_s()
    return busy, sum(counters.cpu_s(pid) or 0 for pid in pids), whole
