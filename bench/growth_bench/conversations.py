"""People with ever more conversations: P13."""
from growth_bench.curve import Curve, Line, Panel
from targets_bench import inboxes

KIND = "{:,} conversations"


def panel(what, unit, *path):
    """Cold and warm."""
    return Panel(f"{inboxes.WORDS[what]}: {unit}", tuple(
        Line(state, KIND, ("steps", f"{what}_{state}", *path)) for state in ("cold", "warm")))


CURVE = Curve(
    name="conversations", title="Conversations of a person", axis="conversations per person",
    about="Half of them one to one, half groups. The first page of the list over a new connection; each of its pages, from "
          "the first to the last; a resume that names all conversations and missed nothing. Cold: the server was just killed "
          "and started again (the kernel still has its files in memory); warm: it was asked before.",
    points=(10, 100, 1000, 5000), quick=(10, 50), kinds=inboxes.of_sizes,
    rows=lambda runs, points: inboxes.judged(runs, points[-1]),
    panels=(*(panel(what, "p99, ms", "ms", "p99") for what in inboxes.WORDS),
            *(panel(what, "CPU, µs", "cpu_us_each") for what in inboxes.WORDS)))
