"""P1, P3, P4 and P14: messages one to one, beside a relay that stores nothing and beside ourselves."""
from targets_bench import limits, programs
from targets_bench.verdict import Row, median, ratio

COST = ("server", "cpu_us_per_message")


def on_relay(session, workload, *options, durable=False):
    """One run against a fresh relay."""
    with programs.relay(durable) as url:
        return session.bench(workload, "--server", url, *options, spawn=False)


def against_relay(session, workload, *options, name=""):
    """{"parley" and "relay", with `name` behind: what measures it}."""
    return {f"parley{name}": lambda: session.bench(workload, *options),
            f"relay{name}": lambda: on_relay(session, workload, *options)}


def p1(session):
    pairs = session.size(100, 10)
    options = ["--pairs", pairs, *session.seconds()]
    runs = session.in_turn({**against_relay(session, "pairs", *options),
                            "durable relay": lambda: on_relay(session, "pairs", *options, durable=True)})
    cost, floor, durable = (median(runs[kind], *COST) for kind in ("parley", "relay", "durable relay"))
    return [Row("P1", f"CPU per message, {pairs} pairs, against the relay", ratio(cost, floor), 2.5, 1.5, unit="×"),
            Row("P1", "the same of a relay that syncs a log before it acknowledges", ratio(durable, floor), unit="×"),
            Row("P1", "CPU per message of parleyd", cost, unit="µs"),
            Row("P1", "CPU per message of the relay", floor, unit="µs"),
            Row("P1", "CPU per message of the relay with the log", durable, unit="µs")]


def p3(session):
    options = ["--pairs", 256, *session.seconds()]  # each has one message under way
    runs = session.in_turn({
        "synced": lambda: session.bench("pairs", *options),
        "not synced": lambda: session.bench("pairs", *options, "--set", "storage.sync=false")})
    synced, free = median(runs["synced"], "messages_per_s"), median(runs["not synced"], "messages_per_s")
    return [Row("P3", "messages/s with fsync against without, 256 under way", ratio(synced, free), 0.7, 0.85,
                least=True, unit="×"),
            Row("P3", "messages/s with fsync", synced), Row("P3", "messages/s without", free)]


def p4(session):
    one = ["--pairs", 1, *session.seconds()]
    runs = session.in_turn({**against_relay(session, "pairs", *one), "limits": lambda: limits.measure(session)})
    own, floor = (median(runs[kind], "delivery_ms", "p50") for kind in ("parley", "relay"))
    sync = median(runs["limits"], "t_sync_ms")
    return [Row("P4", "delivery p50 beyond the relay's, one under way", ratio(own - floor, sync), 2.5, 1.5,
                unit="t_sync"),
            Row("P4", "delivery p50 of parleyd", own, unit="ms"), Row("P4", "delivery p50 of the relay", floor, unit="ms"),
            Row("P4", "t_sync", sync, unit="ms")]


def p14(session):
    pairs = session.size(100, 10)
    options = ["--pairs", pairs, *session.seconds()]
    runs = session.in_turn({"messages alone": lambda: session.bench("pairs", *options),
                            "real": lambda: session.bench("pairs", *options, "--real")})
    alone, real = median(runs["messages alone"], *COST), median(runs["real"], *COST)
    return [Row("P14", "CPU per message of a real conversation against messages alone", ratio(real, alone), 2, 1.5, unit="×"),
            Row("P14", "with typing, delivered and read both ways", real, unit="µs"),
            Row("P14", "messages alone", alone, unit="µs")]
