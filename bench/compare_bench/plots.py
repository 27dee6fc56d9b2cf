"""The plots of a comparison."""
from fleet_bench.report import number

from compare_bench import svg
from compare_bench.results import CPU, MEMORY, P50, P99, cells

COLORS = {"nothing": "#9aa4b2", "written behind": "#d29922", "durable": "#2f81f7"}

# section of the page, file, title, ((workload, figure, scale, what it is), ...)
PLOTS = (
    ("1:1, closed loop", "pairs.svg", "CPU of the server per message, µs",
     (("pairs100", CPU, 1, "100 pairs"), ("pairs1000", CPU, 1, "1,000 pairs"))),
    ("1:1, 5,000 messages/s", "latency.svg", "latency of a message at 5,000/s, ms",
     (("open5000", P50, 1, "p50"), ("open5000", P99, 1, "p99"))),
    ("A group of 100", "group.svg", "CPU of the server per delivery, µs",
     (("group100", CPU, 1, "100 messages/s"), ("group100max", CPU, 1, "full speed"))),
    ("Idle connections", "memory.svg", "memory of the server per idle connection, kB",
     (("idle5000", MEMORY, 1e-3, ""),)),
)


def files():
    """For the page: (section, file, title)."""
    return [(section, file, title) for section, file, title, _ in PLOTS]


def draw_all(found, folder):
    """Those of which there is anything; their names."""
    made = cells(found)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for _, file, title, panels in PLOTS:
        kept = [panel for panel in panels if any(cell.median(*panel[1]) for cell in made.get(panel[0], {}).values())]
        if kept:
            draw(found, made, title, kept, folder / file)
            drawn.append(file)
    return drawn


@svg.styled
def draw(found, made, title, panels, path):
    names = list(found["peers"])
    figure, axes = svg.pyplot.subplots(1, len(panels), figsize=(4.6 * len(panels) + 1.6, 0.34 * len(names) + 1.1), sharey=True,
                                       squeeze=False)
    for axis, (workload, names_of_figure, scale, what) in zip(axes[0], panels):
        bars(axis, found, made.get(workload, {}), names, names_of_figure, scale)
        axis.set_title(f"{title}{': ' if what else ''}{what}", fontsize=10)
    axes[0][0].invert_yaxis()  # all share it
    legend(figure)
    figure.tight_layout(rect=(0, 0.34 / figure.get_figheight(), 1, 1))
    svg.save(figure, path)


def bars(axis, found, row, names, figure, scale):
    """One for each server, the first on top, on a logarithmic scale; what failed has none."""
    values = [(row[name].median(*figure) or 0) * scale if name in row else 0 for name in names]
    places = range(len(names))
    axis.barh(places, values, color=[COLORS[found["peers"][name]["stores"]] for name in names], height=0.7)
    axis.set_yticks(list(places), [found["peers"][name]["title"] for name in names])
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    least = min((value for value in values if value > 0), default=1)
    axis.set_xlim(left=least / 2, right=max(values) * 2.5)
    for place, (name, value) in enumerate(zip(names, values)):
        label = number(value) if value > 0 else "failed" if name in row and row[name].failed else ""
        axis.text(max(value, least / 2) * 1.08, place, label, va="center", fontsize=9)
    svg.open_frame(axis)


def legend(figure):
    handles = [svg.pyplot.Rectangle((0, 0), 1, 1, color=color) for color in COLORS.values()]
    figure.legend(handles, [f"stores: {what}" for what in COLORS], loc="lower center", ncol=len(COLORS), frameon=False,
                  fontsize=8)
