"""Groups that grow, beside the bare relay: P6."""
from growth_bench.curve import Curve, Line, Panel, Ratio
from targets_bench import groups

PARLEY, RELAY = "parley, {} members", "relay, {} members"
COST = (Line("parleyd", PARLEY, groups.DELIVERY), Line("relay", RELAY, groups.DELIVERY))


def latency(percentile):
    path = ("delivery_ms", percentile)
    return Panel(f"{percentile} of a delivery, ms", (Line("parleyd", PARLEY, path), Line("relay", RELAY, path)))


CURVE = Curve(
    name="members", title="Members of a group", axis="members, all online",
    about=f"One group, all of it online; one member sends, so that there are {groups.DELIVERIES_PER_S:,} deliveries/s at each "
          "size. Beside it the bare relay at the same size and rate.",
    points=(10, 30, 100, 300, 1000), quick=(10, 30), kinds=groups.of_members,
    rows=lambda runs, points: groups.members_growth(runs, points)[:1],
    panels=(Panel("CPU per delivery, µs", COST), Panel("CPU per delivery over the relay's", (Ratio("ratio", *COST),)),
            latency("p50"), latency("p99")))
