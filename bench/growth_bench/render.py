"""The page: a table and the verdicts for each curve."""
from compare_bench.results import machine_in_words
from compare_bench.turns import NOISY
from fleet_bench.report import between, number, spread, table
from targets_bench import verdict

from growth_bench import curves, result

BEGIN, END = "<!-- begin: made by bench/growth --render -->", "<!-- end -->"


def page(text, found, plots=()):
    """The page with everything between its marks made anew; `plots`: the curves that have one."""
    return between(text, BEGIN, END, body(found, plots))


def body(found, plots=()):
    parts = [section(curve, found, curve.name in plots) for curve in curves.ALL.values() if curve.name in found["curves"]]
    missing = [curve.title for curve in curves.ALL.values() if curve.name not in found["curves"]]
    if parts and missing:
        parts.append(f"Not measured yet: {', '.join(missing)}.")
    return "\n\n".join(parts) or "None yet."


def section(curve, found, plot):
    told, runs = found["curves"][curve.name], result.runs_of(found, curve.name)
    parts = [f"### {curve.title}", curve.about, measured(told), figures(curve, runs, told["points"])]
    if plot:
        parts.append(f"![{curve.title}](growth/{curve.name}.svg)")
    parts.append(table(verdict.HEAD, [row.cells() for row in curve.rows(runs, told["points"])]))
    parts += noise(told, runs)
    parts.append("Measured with:\n\n" + "\n".join(f"    {line}" for line in told["commands"]))
    return "\n\n".join(parts)


def measured(told):
    words = (f"{told['date']}, {told['commit']}: {machine_in_words(told['machine'])}; loopback, no TLS, 128 bytes of text, an "
             f"fsync before every ack. Rounds: {told['rounds']}; medians (least to most).")
    return f"A try with small sizes, no figures. {words}" if told["quick"] else words


def figures(curve, runs, points):
    """A column for each point."""
    rows = [[f"{panel.title}: {line.name}" if len(panel.lines) > 1 else panel.title,
             *(cell(line.values(runs, point)) for point in points)] for panel in curve.panels for line in panel.lines]
    return table([curve.axis, *(curve.label(point) for point in points)], rows)


def cell(values):
    return spread(values) if len(values) > 1 else number(values[0] if values else None)


def noise(told, runs):
    thrown = sum(note.startswith("thrown away") for note in told["notes"])
    failed = sum(note.startswith("failed") for note in told["notes"])
    kept = result.noisy(runs)
    lines = []
    if thrown:
        lines.append(f"Thrown away and done again, since other programs took more than {told['others']:g}% of the machine: "
                     f"{thrown} runs.")
    if kept:
        lines.append(f"Kept though they took more than {NOISY:.0%}: {kept} of {sum(map(len, runs.values()))} runs.")
    if failed:
        lines.append(f"Done again after a failure: {failed} runs.")
    return ["\n".join(lines)] if lines else []
