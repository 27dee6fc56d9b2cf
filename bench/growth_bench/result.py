"""What is kept of the curves: one JSON, in which each is replaced when it is measured anew."""
from compare_bench import results, runner
from compare_bench.turns import NOISY

# Of a report. The rest is said by the command line.
KEPT = (*runner.KEPT, "steps", "disk")


def read(path):
    """What was kept there, or nothing yet."""
    return results.read(path) if path and path.exists() else {"curves": {}, "runs": []}


def put(found, name, told, runs):
    """Replaces a curve: what is told of it, and {kind: reports}."""
    found["curves"][name] = told
    found["runs"] = [run for run in found["runs"] if run["curve"] != name] + [
        {"curve": name, "kind": kind, "round": number, "report": {part: report[part] for part in KEPT if part in report}}
        for kind, reports in runs.items() for number, report in enumerate(reports, 1)]


def runs_of(found, name):
    """{kind: reports} of a curve."""
    made = {}
    for run in found["runs"]:
        if run["curve"] == name:
            made.setdefault(run["kind"], []).append(run["report"])
    return made


def noisy(runs):
    """How many were kept though others took much of the machine."""
    return sum(report["other_programs_share"] > NOISY for reports in runs.values() for report in reports)
