"""The JSON of a comparison, and what its runs come to."""
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess

from fleet_bench.report import rounded

from compare_bench.turns import NOISY


def machine():
    """What the figures were taken on."""
    def first(path, pattern):
        found = re.search(pattern, pathlib.Path(path).read_text(encoding="utf-8"), re.M)
        return found[1] if found else None

    return {"cores": os.cpu_count(), "processor": first("/proc/cpuinfo", r"^model name\s*: (.*)$"),
            "memory_gib": round(int(first("/proc/meminfo", r"^MemTotal:\s*(\d+)")) / 2**20, 1),
            "kernel": platform.release(), "system": first("/etc/os-release", r'^PRETTY_NAME="(.*)"$'),
            "load_before": os.getloadavg()[0]}


def machine_in_words(on):
    return f"{on['cores']} cores ({on['processor']}), {on['memory_gib']:g} GiB, {on['system']}, kernel {on['kernel']}"


def commit(root):
    """What was built, where the sources are a repository."""
    done = subprocess.run(["git", "-C", root, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def write(path, found):
    """One line for each run, so that a change can be read."""
    runs = [json.dumps(rounded(run), ensure_ascii=False) for run in found["runs"]]
    rest = json.dumps(rounded({**found, "runs": []}), indent=1, ensure_ascii=False)
    text = rest.replace('"runs": []', '"runs": [\n  ' + ",\n  ".join(runs) + "\n ]" if runs else '"runs": []')
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


class Cell:
    """What the runs of one server and workload come to."""

    def __init__(self, runs):
        self.runs = [run for run in runs if not run["thrown_away"]]
        self.good = [run["report"] for run in self.runs if not run["failed"]]
        self.failures = [run["failed"] for run in self.runs if run["failed"]]
        self.noisy = sum(run["report"]["other_programs_share"] > NOISY for run in self.runs if run["report"])
        self.thrown_away = len(runs) - len(self.runs)

    @property
    def failed(self):
        """More often than not."""
        return len(self.failures) * 2 > len(self.runs)

    def values(self, *names):
        found = []
        for report in self.good:
            for name in names:
                report = report[name] if report is not None else None
            if report is not None:
                found.append(report)
        return found

    def median(self, *names):
        """None where there is nothing, or where it failed."""
        values = self.values(*names)
        return statistics.median(values) if values and not self.failed else None

    def spread(self, *names):
        values = self.values(*names)
        return (min(values), max(values)) if values and not self.failed else None


def cells(found):
    """{workload: {peer: Cell}}, in the order of the run."""
    made = {}
    for workload in found["workloads"]:
        made[workload] = {}
        for peer in found["peers"]:
            runs = [run for run in found["runs"] if run["workload"] == workload and run["peer"] == peer]
            if runs:
                made[workload][peer] = Cell(runs)
    return made


CPU = ("server", "cpu_us_per_delivery")
MEMORY = ("server", "rss_per_connection_bytes")
P50, P99 = ("delivery_ms", "p50"), ("delivery_ms", "p99")
RATE = ("deliveries_per_s",)
