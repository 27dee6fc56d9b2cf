"""P10, P11 and P12: a store of millions of messages. Filled once for all three, and kept where --stores says."""
import pathlib
import tempfile

from targets_bench import programs
from targets_bench.verdict import Row, at, median, ratio

SMALL = 100_000
PAYLOAD = 128


def stores(session):
    """{messages: folder} of the two stores, filled and compacted, and bytes per message of each."""
    if "stores" in session.kept:
        return session.kept["stores"]
    arguments = session.arguments
    if arguments.stores:
        place = pathlib.Path(arguments.stores)
        place.mkdir(parents=True, exist_ok=True)
    else:
        session.kept["folder"] = tempfile.TemporaryDirectory(prefix="parley-stores.")
        place = pathlib.Path(session.kept["folder"].name)
    small, large = session.size((SMALL, arguments.messages), (2000, 20_000))
    found = {}
    for count in (small, large):
        folder = place / str(count)
        print(f"  filling a store with {count:,} messages", flush=True)
        report = session.bench("history", "--stored", count, "--conversations", session.size(100, 10), "--fill-only",
                               "--data-dir", folder)
        stored = report["steps"]["fill"]["stored"]
        found[count] = {"folder": folder, "fill": report, "bytes": programs.compacted(folder),
                        "stored": stored}
    session.kept["stores"] = found
    return found


def measured(session):
    """{messages: reports of pages, sends and restarts}, of the two stores in turn."""
    if "histories" not in session.kept:
        options = ["--duration", session.size(10, 1), "--pages", session.size(5000, 300), "--pairs",
                   session.size(100, 10)]
        small = min(stores(session))
        # Each restart comes behind a burst of messages: the small store is to stay small.
        kinds = {f"{count:,} messages": lambda count=count, store=store: session.bench(
            "history", "--stored", count, "--data-dir", store["folder"], *options, "--restarts", 0 if count == small else 3)
            for count, store in stores(session).items()}
        session.kept["histories"] = list(session.in_turn(kinds).items())
    return session.kept["histories"]


def p10(session):
    (small, few), (large, many) = measured(session)
    rows = []
    for what, path in (("random page, p99", ("random_page", "ms", "p99")), ("last page, p99", ("last_page", "ms", "p99")),
                       ("CPU per send", ("send", "cpu_us_per_message"))):
        rows.append(Row("P10", f"{what}, {large} against {small}",
                        ratio(median(many, "steps", *path), median(few, "steps", *path)), 1.5, 1.2, unit="×"))
    for name, runs in ((small, few), (large, many)):
        for what, path, unit in (
                ("random page, p99", ("random_page", "ms", "p99"), "ms"), ("random page, p50", ("random_page", "ms", "p50"), "ms"),
                ("CPU per random page", ("random_page", "cpu_us_each"), "µs"), ("last page, p99", ("last_page", "ms", "p99"), "ms"),
                ("CPU per send", ("send", "cpu_us_per_message"), "µs"), ("send, p99 of the ack", ("send", "ms", "p99"), "ms")):
            rows.append(Row("P10", f"{what}, {name}", median(runs, "steps", *path), unit=unit))
    return rows


def p11(session):
    (_, _), (large, many) = measured(session)
    longest = max(at(run, "steps", "restart", "ms", "max") for run in many) / 1000
    return [Row("P11", f"kill -9 with {large}: until ready again, longest", longest, 5, 1, unit="s"),
            Row("P11", "the same, median", median(many, "steps", "restart", "ms", "p50") / 1000, unit="s")]


def p12(session):
    found = stores(session)
    large = max(found)
    store = found[large]
    each = {family: size / store["stored"] for family, size in store["bytes"].items()}
    rows = [Row("P12", f"bytes on the disk of a message of {PAYLOAD}, {large:,} compacted", each["total"] / PAYLOAD, 2.5,
                1.5, unit="× payload")]
    rows += [Row("P12", f"of it {family}", size, unit="bytes") for family, size in each.items()
             if size >= 1 and family != "total"]
    fill = store["fill"]["steps"]["fill"]
    if "messages_per_s" in fill:
        rows.append(Row("P12", "messages/s while it was filled", fill["messages_per_s"]))
    return rows
