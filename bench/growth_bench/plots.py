"""The plots of the curves."""
from compare_bench import svg

from growth_bench import curves, result

COLORS = {"parleyd": "#2f81f7", "relay": "#9aa4b2", "ratio": "#a371f7", "cold": "#2f81f7", "warm": "#d29922"}
COLUMNS = 2
FAR = 20  # times the least: from there on a logarithmic scale shows more


def draw_all(found, folder):
    """Those that were measured; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [name for name in curves.ALL if name in found["curves"]]
    for name in drawn:
        draw(curves.ALL[name], result.runs_of(found, name), found["curves"][name]["points"], folder / f"{name}.svg")
    return drawn


@svg.styled
def draw(curve, runs, points, path):
    height = -(-len(curve.panels) // COLUMNS)
    figure, axes = svg.pyplot.subplots(height, COLUMNS, figsize=(4.5 * COLUMNS, 2.7 * height), squeeze=False)
    for axis, panel in zip(axes.flat, curve.panels):
        lines(axis, curve, panel, runs, points)
    for axis in axes[-1]:
        axis.set_xlabel(curve.axis)
    figure.tight_layout()
    svg.save(figure, path)


def lines(axis, curve, panel, runs, points):
    drawn = []
    for line in panel.lines:
        found = [(point, line.median(runs, point)) for point in points]
        found = [pair for pair in found if pair[1] is not None]
        axis.plot([x for x, _ in found], [y for _, y in found], marker="o", markersize=4, color=COLORS[line.name],
                  label=line.name)
        drawn += [y for _, y in found]
    axis.set_title(panel.title, fontsize=10)
    scales(axis, curve, points, drawn)
    if len(panel.lines) > 1:
        axis.legend(frameon=False, fontsize=8)
    svg.open_frame(axis)


def scales(axis, curve, points, drawn):
    """From zero, where that shows all of it."""
    axis.set_xscale("log")
    axis.set_xlim(points[0] / 1.5, points[-1] * 1.5)
    axis.set_xticks(points, [short(curve.label(point)) for point in points])
    axis.minorticks_off()
    if drawn and min(drawn) > 0 and max(drawn) > FAR * min(drawn):
        axis.set_yscale("log")
        axis.minorticks_off()
    else:
        axis.set_ylim(0, max(drawn, default=1) * 1.15)
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:g}")


def short(label):
    for zeros, letter in ((",000,000", "M"), (",000", "k")):
        if label.endswith(zeros):
            return label.removesuffix(zeros) + letter
    return label
