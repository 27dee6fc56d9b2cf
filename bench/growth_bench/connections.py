"""People who are connected and say nothing, beside ten who talk: P6 and P7."""
from growth_bench.curve import Curve, Line, Panel, Ratio
from targets_bench import groups, idle
from targets_bench.messages import COST as CPU

PARLEY, RELAY = "parley, {} people", "relay, {} people"
COST = (Line("parleyd", PARLEY, CPU), Line("relay", RELAY, CPU))
P99 = ("delivery_ms", "p99")
ENOUGH = 1000  # connections: with fewer the allocator decides what each takes


def rows(runs, points):
    return [*groups.people_growth(runs, points)[:1],
            *(idle.memory(runs[PARLEY.format(count)], count) for count in points if count >= ENOUGH)]


CURVE = Curve(
    name="connections", title="Connections", axis="people, all connected",
    about="Five pairs talk in a closed loop (whoever gets a message answers at once); all others are connected and say "
          "nothing. Beside it the bare relay with as many. Memory is that of the server's process with all connected less "
          f"that before the first, over their number; with fewer than {ENOUGH:,} it says little, since the allocator decides.",
    points=(10, 100, 1000, 5000, 19_000), quick=(10, 50), kinds=groups.of_people, rows=rows,
    panels=(Panel("CPU per message, µs", COST), Panel("CPU per message over the relay's", (Ratio("ratio", *COST),)),
            Panel("p99 of a delivery, ms", (Line("parleyd", PARLEY, P99), Line("relay", RELAY, P99))),
            Panel("memory per connection, kB", (Line("parleyd", PARLEY, idle.OWN, 1e-3), Line("relay", RELAY, idle.OWN, 1e-3)))))
