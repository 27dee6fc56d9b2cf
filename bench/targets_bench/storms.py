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
    options, _ = sizes(session)
    stored, missed = session.size((500_000, 20_000), (5000, 400))
    runs = session.in_turn({
        "no history": lambda: session.bench("storm", *options),
        "history": lambda: session.bench("storm", *options, "--stored", stored),
        "history, missed": lambda: session.bench("storm", *options, "--stored", stored, "--missed", missed)})

    def cost(kind):
        return median(runs[kind], "storm", "cpu_us_each")

    def most_reads(name):
        return max(run["storm"]["store_reads"][name] / run["storm"]["conversations"]
                   for kept in runs.values() for run in kept)

    return [Row("P9", "store reads per conversation: heads, most of any run", most_reads("snapshots"), 1, 1),
            Row("P9", "store reads per conversation: changes, most of any run", most_reads("entries"), 1, 1),
            Row("P9", f"CPU per resume with {stored:,} messages in the store against none",
                ratio(cost("history"), cost("no history")), FLAT, FLAT, unit="×"),
            *(Row("P9", f"CPU per resume, {kind}", cost(kind), unit="µs") for kind in runs),
            Row("P9", f"until all are level who missed {missed:,} messages",
                median(runs["history, missed"], "storm", "all_level_ms"), unit="ms")]
