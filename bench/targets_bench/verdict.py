"""What a figure is worth: beside its must and its aim."""
import dataclasses
import statistics

AIM, MUST, MISSED, TOLD = "aim", "must", "MISSED", ""


@dataclasses.dataclass
class Row:
    """One figure. At most `must`, better at most `aim`; with `least` at least. Without a must it is told, not judged."""

    target: str
    what: str
    figure: float
    must: float = None
    aim: float = None
    least: bool = False
    unit: str = ""

    @property
    def verdict(self):
        if self.must is None:
            return TOLD
        if self.figure is None or self.figure != self.figure:
            return MISSED
        for word, bound in ((AIM, self.aim), (MUST, self.must)):
            if self.figure >= bound if self.least else self.figure <= bound:
                return word
        return MISSED

    def bound(self, value):
        return "" if value is None else f"{'≥' if self.least else '≤'} {value:.3g}{self.unit and ' ' + self.unit}"

    def cells(self):
        """For a table."""
        return [self.target, self.what + (f", {self.unit}" if self.unit else ""), self.figure, self.bound(self.must),
                self.bound(self.aim), self.verdict]

    def as_json(self):
        return dataclasses.asdict(self) | {"verdict": self.verdict}


HEAD = ["target", "what", "figure", "must", "aim", "verdict"]


def held(rows):
    """Whether none misses its must."""
    return all(row.verdict != MISSED for row in rows)


def median(reports, *path):
    """Of what stands at that place in each report."""
    return statistics.median(at(report, *path) for report in reports)


def at(report, *path):
    for name in path:
        report = report[name]
    return report


def ratio(above, below):
    """NaN, which misses every must, where there is nothing to compare with."""
    return above / below if above is not None and below else float("nan")
