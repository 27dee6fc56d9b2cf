"""P9 and P15: all people of one server come back at once."""
from targets_bench.verdict import Row, median, ratio

FLAT = 1.2


def sizes(session):
    people, rooms = session.size((10_000, 5000), (300, 200))
    return ["--people", people, "--conversations", rooms], people


def p15(session):
    options, people = sizes(session)
    runs = session.in_turn({"restart": lambda: session.bench("storm", *options)})
    restarts = runs["restart"]
    return [Row("P15", f"CPU of each of {people:,} resumes after a restart", median(restarts, "storm", "cpu_us_each"), 300,
                100, unit="µs"),
            Row("P15", "until all are level, from when the server was ready",
                median(restarts, "storm", "all_level_ms"), unit="ms"),
            Row("P15", "until the server was ready", median(restarts, "storm", "ready_ms"), unit="ms")]


def p9(session):
    """Reads after a restart, when no cache has anything. CPU without one: what a store does in the background after its
    start would count among the resumes. Everybody was there for longer than the ten seconds within which the end of a
    connection is not written down: a run that fills the store first takes that long by itself, and would have more to do."""
    options, _ = sizes(session)
    stored, missed = session.size((500_000, 20_000), (5000, 400))
    stays = ["--no-restart", "--missed", missed, "--warmup", session.size(12, 1)]
    kinds = {"restart": [], "restart, history": ["--stored", stored],
             "restart, history, missed": ["--stored", stored, "--missed", missed],
             "missed": stays,
             "history, missed": [*stays, "--stored", stored]}
    runs = session.in_turn({kind: lambda more=more: session.bench("storm", *options, *more)
                            for kind, more in kinds.items()})
    cost = {kind: median(kept, "storm", "cpu_us_each") for kind, kept in runs.items()}
    return [Row("P9", "store reads per conversation: heads, most of any run", most_reads(runs, "snapshots"), 1, 1),
            Row("P9", "store reads per conversation: changes, most of any run", most_reads(runs, "entries"), 1, 1),
            Row("P9", f"CPU per resume over {stored:,} messages against none, {missed:,} missed",
                ratio(cost["history, missed"], cost["missed"]), FLAT, FLAT, unit="×"),
            *(Row("P9", f"CPU per resume: {kind}", figure, unit="µs") for kind, figure in cost.items()),
            *(Row("P9", f"until all are level: {kind}", median(kept, "storm", "all_level_ms"), unit="ms")
              for kind, kept in runs.items())]


def most_reads(runs, name):
    """Of any run, per conversation."""
    return max(run["storm"]["store_reads"][name] / run["storm"]["conversations"] for kept in runs.values() for run in kept)
