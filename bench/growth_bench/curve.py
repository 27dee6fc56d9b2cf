"""What a curve is made of: figures over a number that grows."""
import dataclasses
import statistics
from collections.abc import Callable

from targets_bench.verdict import at, ratio


@dataclasses.dataclass(frozen=True)
class Line:
    """A figure at each point: what stands at `path` in the reports of a kind, whose name has the point in it."""

    name: str
    kind: str
    path: tuple
    scale: float = 1

    def values(self, runs, point):
        """One for each round; none where it was not measured."""
        found = [at(report, *self.path) for report in runs.get(self.kind.format(point), [])]
        return [value * self.scale for value in found if value is not None]

    def median(self, runs, point):
        values = self.values(runs, point)
        return statistics.median(values) if values else None


@dataclasses.dataclass(frozen=True)
class Ratio:
    """Of the medians of two lines."""

    name: str
    above: Line
    below: Line

    def values(self, runs, point):
        value = self.median(runs, point)
        return [] if value is None else [value]

    def median(self, runs, point):
        value = ratio(self.above.median(runs, point), self.below.median(runs, point))
        return value if value == value else None


@dataclasses.dataclass(frozen=True)
class Panel:
    """Lines of the same unit: one plot, and a row of the table for each."""

    title: str
    lines: tuple


@dataclasses.dataclass(frozen=True)
class Curve:
    """`kinds(session, points)` are the measurements, {kind: function that makes a report}; `rows(runs, points)` are what
    the targets say of {kind: reports}."""

    name: str
    title: str
    axis: str
    about: str
    points: tuple
    quick: tuple  # the points of a try
    kinds: Callable
    rows: Callable
    panels: tuple
    label: Callable = "{:,}".format
