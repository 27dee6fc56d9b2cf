"""P5, P6 and P8: what a group costs, how costs grow, and what others feel of it."""
from targets_bench import beside, limits
from targets_bench.messages import COST, against_relay
from targets_bench.verdict import Row, median, ratio

DELIVERY = ("server", "cpu_us_per_delivery")
DELIVERIES_PER_S = 10_000  # at each size of a group: cost depends on how busy a server is


def p5(session):
    members = session.size(1000, 50)
    options = ["--members", members, *session.seconds()]
    runs = session.in_turn({
        "at a rate": lambda: session.bench("group", *options, "--rate", max(DELIVERIES_PER_S // members, 1)),
        "full speed": lambda: session.bench("group", *options, "--in-flight", 16),
        "limits": lambda: limits.measure(session)})
    send, paced = median(runs["limits"], "send_us"), median(runs["limits"], "paced_send_us")
    cost, full = median(runs["at a rate"], *DELIVERY), median(runs["full speed"], *DELIVERY)
    rate = f"{DELIVERIES_PER_S:,}/s"
    return [Row("P5", f"CPU per delivery to {members:,} members at {rate} against a bare send at that rate",
                ratio(cost, paced), 2, 1.2, unit="×"),
            Row("P5", "the same at full speed", ratio(full, send), 2, 1.2, unit="×"),
            Row("P5", f"per delivery at {rate}", cost, unit="µs"), Row("P5", "at full speed", full, unit="µs"),
            Row("P5", f"bare send to one of 1,000 sockets, {rate}", paced, unit="µs"),
            Row("P5", "at full speed", send, unit="µs")]


def p6(session):
    sizes = session.size((10, 100, 1000), (10, 50))
    people = session.size((10, 1000, 10_000), (10, 200))
    runs = session.in_turn(of_members(session, sizes) | of_people(session, people))
    return members_growth(runs, sizes) + people_growth(runs, people)


def of_members(session, sizes):
    """What measures a group of each size, all online, beside the relay."""
    kinds = {}
    for size in sizes:
        kinds |= against_relay(session, "group", "--members", size, "--rate", DELIVERIES_PER_S / (size - 1),
                               *session.seconds(), name=f", {size} members")
    return kinds


def of_people(session, counts):
    """What measures ten who talk among so many connected, beside the relay."""
    kinds = {}
    for count in counts:
        kinds |= against_relay(session, "pairs", "--pairs", 5, "--idle-people", count - 10, *session.seconds(),
                               name=f", {count} people")
    return kinds


def members_growth(runs, sizes):
    return growth(runs, sizes, "members", DELIVERY, "CPU per delivery")


def people_growth(runs, counts):
    return growth(runs, counts, "people", COST, "CPU per message")


def growth(runs, sizes, word, path, what):
    """By how much the ratio to the relay at the same size is above that of the smallest size, at most."""
    ratios = {size: ratio(median(runs[f"parley, {size} {word}"], *path), median(runs[f"relay, {size} {word}"], *path))
              for size in sizes}
    grown = max((ratios[size] / ratios[sizes[0]] - 1) * 100 for size in sizes[1:])
    return [Row("P6", f"growth of {what} / the relay's, {sizes[0]} to {sizes[-1]:,} {word}", grown, 20, 10, unit="%"),
            *(Row("P6", f"{what} / the relay's, {size:,} {word}", found, unit="×") for size, found in ratios.items())]


def p8(session):
    members, pairs = session.size((1000, 100), (50, 5))
    rate = session.size(500, 50)
    group = ["--members", members]
    most = session.quiet(lambda: session.bench("group", *group, "--in-flight", 16, *session.seconds()))["messages_per_s"]
    half = most / 2
    runs = session.in_turn({
        "quiet": lambda: beside.pairs(session, pairs, rate),
        "beside the group": lambda: beside.pairs(session, pairs, rate, [*group, "--rate", half])})
    quiet, busy = (median(runs[kind], "delivery_ms", "p99") for kind in ("quiet", "beside the group"))
    return [Row("P8", f"p99 of one to one at {rate}/s beside a group of {members:,} at half its most, against quiet",
                ratio(busy, quiet), 5, 2, unit="×"),
            Row("P8", "p99 quiet", quiet, unit="ms"), Row("P8", "p99 beside the group", busy, unit="ms"),
            Row("P8", "the group's messages/s, half of the most", half)]
