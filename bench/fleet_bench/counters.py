"""What processes have done by one moment: CPU, and what each parleyd counts in /metrics; and what lies between two."""
import dataclasses
import pathlib
import re
import time
import urllib.request

SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
CPUCLOCK_SCHED = 2  # of a whole process, in ns (clock_getcpuclockid(3))


def cpu_s(pid):
    """CPU of a process (utime + stime) since it began, without the 10 ms steps of /proc. None: it has ended."""
    try:
        return time.clock_gettime((~pid << 3) | CPUCLOCK_SCHED)
    except OSError:
        return None


def machine_s(text=None):
    """(CPU of all programs, all time there was) of the machine since its start, in seconds of a core."""
    if text is None:
        text = pathlib.Path("/proc/stat").read_text(encoding="ascii")
    user, nice, system, idle, wait, irq, soft, steal = (int(word) / 100 for word in text.split("\n", 1)[0].split()[1:9])
    busy = user + nice + system + irq + soft + steal
    return busy, busy + idle + wait


def parse(text):
    """{(name, ((label, value), ...)): number} of a page of metrics."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#") or not line:
            continue
        match = SAMPLE.match(line)
        if not match:
            raise ValueError(f"not a line of metrics: {line}")
        name, labels, value = match.groups()
        found[name, tuple(sorted(LABEL.findall(labels or "")))] = float(value)
    return found


def read(url):
    """The metrics of the parleyd whose port of operations that is; None: it has ended."""
    try:
        with urllib.request.urlopen(f"{url}/metrics", timeout=30) as answer:
            return Counters(parse(answer.read().decode("utf-8")))
    except OSError:
        return None


class Counters:
    """Metrics of one moment, or what was counted between two."""

    def __init__(self, values):
        self.values = values

    def __sub__(self, earlier):
        return Counters({key: value - earlier.values.get(key, 0) for key, value in self.values.items()})

    def __add__(self, other):
        keys = self.values.keys() | other.values.keys()
        return Counters({key: self.values.get(key, 0) + other.values.get(key, 0) for key in keys})

    def total(self, name, **labels):
        """The sum of all samples of that name that have these labels."""
        wanted = set(labels.items())
        return sum(value for (key, held), value in self.values.items() if key == name and wanted <= set(held))

    def by(self, name, label):
        """{value of the label: sum}, without zeros."""
        found = {}
        for (key, held), value in self.values.items():
            if key == name and value:
                told = dict(held).get(label, "")
                found[told] = found.get(told, 0) + value
        return found

    def mean(self, name, **labels):
        """Of a histogram, exact; None when nothing was counted."""
        count = self.total(f"{name}_count", **labels)
        return self.total(f"{name}_sum", **labels) / count if count else None

    def quantile(self, name, share, **labels):
        """Of a histogram, by linear interpolation within its buckets; None when nothing was counted."""
        wanted = set(labels.items())
        bounds = {}
        for (key, held), value in self.values.items():
            if key == f"{name}_bucket" and wanted <= set(held):
                bound = float(dict(held)["le"])
                bounds[bound] = bounds.get(bound, 0) + value
        ordered = sorted(bounds.items())
        if not ordered or not ordered[-1][1]:
            return None
        rank = share * ordered[-1][1]
        low, below = 0.0, 0.0
        for bound, count in ordered:
            if count >= rank:
                if bound == float("inf"):
                    return low
                return low + (bound - low) * (rank - below) / (count - below)
            low, below = bound, count
        return low


@dataclasses.dataclass
class Moment:
    """Everything at one moment."""

    at: float  # time.monotonic()
    cpu: dict  # name of a process -> seconds; those that run
    busy: float  # seconds of all cores of the machine
    time: float
    nodes: dict  # name of a parleyd -> Counters; those that answer


def look(processes, nodes, last=False):
    """`processes`: {name: pid}; `nodes`: {name: URL of its operations}. Pages of metrics cost their node CPU: they are
    read outside of what is measured, before the first look at CPU, and after the one that is `last`."""
    pages = {} if last else {name: read(url) for name, url in nodes.items()}
    at = time.monotonic()
    cpu = {name: used for name, pid in processes.items() if (used := cpu_s(pid)) is not None}
    busy, whole = machine_s()
    if last:
        pages = {name: read(url) for name, url in nodes.items()}
    return Moment(at, cpu, busy, whole, {name: page for name, page in pages.items() if page is not None})


class Span:
    """What lies between two moments."""

    def __init__(self, begin, end):
        self.seconds = end.at - begin.at
        self.cpu = {name: used - begin.cpu[name] for name, used in end.cpu.items() if name in begin.cpu}
        self.nodes = {name: page - begin.nodes[name] for name, page in end.nodes.items() if name in begin.nodes}
        whole = end.time - begin.time
        self.others = max(0.0, end.busy - begin.busy - sum(self.cpu.values())) / whole if whole else 0.0

    def cpu_of(self, kind):
        """CPU of all processes whose names begin so, in seconds."""
        return sum(used for name, used in self.cpu.items() if name.startswith(kind))

    @property
    def all_nodes(self):
        """What all parleyd together counted."""
        total = Counters({})
        for page in self.nodes.values():
            total = total + page
        return total
