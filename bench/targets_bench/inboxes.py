"""P13: the inbox of people with many conversations."""
from targets_bench.verdict import Row, median

WARM = ("first_page_warm", "all_pages_warm", "resume_warm")
COLD = ("first_page_cold", "all_pages_cold", "resume_cold")
WORDS = {"first_page": "first page of 50", "all_pages": "each page of 100, all of them", "resume": "resume with all heads"}


def p13(session):
    sizes = session.size((1000, 5000), (50, 100))
    runs = session.in_turn(of_sizes(session, sizes))
    rows = judged(runs, sizes[-1])
    for size, kept in zip(sizes, runs.values()):
        for step in (*WARM, *COLD):
            rows.append(Row("P13", f"{name(step)}, {size:,}, p50", median(kept, "steps", step, "ms", "p50"), unit="ms"))
            rows.append(Row("P13", f"{name(step)}, {size:,}, CPU", median(kept, "steps", step, "cpu_us_each"), unit="µs"))
    return rows


def of_sizes(session, sizes):
    """What measures people with so many conversations each."""
    repeats = session.size(50, 5)
    return {f"{size:,} conversations": lambda size=size: session.bench(
        "inbox", "--conversations-each", size, "--repeats", repeats) for size in sizes}


def judged(runs, size):
    large = runs[f"{size:,} conversations"]
    return [Row("P13", f"{name(step)}, {size:,} conversations, p99", median(large, "steps", step, "ms", "p99"), 20, 5,
                unit="ms") for step in WARM]


def name(step):
    what, state = step.rsplit("_", 1)
    return f"{WORDS[what]}, {state}"
