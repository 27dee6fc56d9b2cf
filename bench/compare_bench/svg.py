"""Plots as SVG that is the same for the same figures and can be read on light and dark pages."""
import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402 (after the choice of how to draw)

INK = "#7d8590"  # stands out from white and from black alike
STYLE = {"svg.hashsalt": "parley", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10, "text.color": INK,
         "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK}

styled = matplotlib.rc_context(STYLE)  # before a function that draws


def open_frame(axis):
    """No lines where there is no scale."""
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def save(figure, path):
    figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    text = path.read_text(encoding="utf-8")
    path.write_text("\n".join(row.rstrip() for row in text.splitlines()) + "\n", encoding="utf-8")
