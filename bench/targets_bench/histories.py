"""P10, P11 and P12: a store of millions of messages. Filled once for all three, and kept where --stores says."""
import pathlib
import tempfile

from targets_bench import programs
from targets_bench.verdict import Row, at, median, ratio

SMALL = 100_000
PAYLOAD = 128
RESTARTS = 3
# What must not grow: {what: where it stands among the steps}.
PAGES = {"random page, p99": ("random_page", "ms", "p99"), "last page, p99": ("last_page", "ms", "p99")}
SEND = {"CPU per send": ("send", "cpu_us_per_message")}
ACK = {"send, p99 of the ack": ("send", "ms", "p99")}


def stores(session):
    """{messages: folder} of the two stores, filled and compacted, and bytes per message of each."""
    if "stores" not in session.kept:
        sizes = session.size((SMALL, session.arguments.messages), (2000, 20_000))
        session.kept["stores"] = {count: filled(session, count) for count in sizes}
    return session.kept["stores"]


def place(session):
    """Where stores are: a folder that stays if one was named."""
    if session.arguments.stores:
        named = pathlib.Path(session.arguments.stores)
        named.mkdir(parents=True, exist_ok=True)
        return named
    if "folder" not in session.kept:
        session.kept["folder"] = tempfile.TemporaryDirectory(prefix="parley-stores.")
    return pathlib.Path(session.kept["folder"].name)


def filled(session, count):
    """A store with so many messages, compacted: its folder, what filling it reported, bytes of each family."""
    folder = place(session) / str(count)
    print(f"  filling a store with {count:,} messages", flush=True)
    report = session.bench("history", "--stored", count, "--conversations", conversations(session), "--fill-only",
                           "--data-dir", folder)
    return {"folder": folder, "fill": report, "bytes": programs.compacted(folder),
            "stored": report["steps"]["fill"]["stored"]}


def conversations(session):
    return session.size(100, 10)


def run(session, count, folder, restarts):
    """Pages, sends and restarts of a store that is filled."""
    return session.bench("history", "--stored", count, "--data-dir", folder, "--duration", session.size(10, 1), "--pages",
                         session.size(5000, 300), "--pairs", session.size(100, 10), "--restarts", restarts)


def measured(session):
    """{messages: reports of pages, sends and restarts}, of the two stores in turn."""
    if "histories" not in session.kept:
        small = min(stores(session))
        # Each restart comes behind a burst of messages: the small store is to stay small.
        kinds = {f"{count:,} messages": lambda count=count, store=store: run(
            session, count, store["folder"], 0 if count == small else RESTARTS) for count, store in stores(session).items()}
        session.kept["histories"] = list(session.in_turn(kinds).items())
    return session.kept["histories"]


def p10(session):
    (small, few), (large, many) = measured(session)
    rows = grown(few, many, f"{large} against {small}", PAGES | SEND)
    for name, runs in ((small, few), (large, many)):
        for what, path, unit in (
                ("random page, p99", ("random_page", "ms", "p99"), "ms"), ("random page, p50", ("random_page", "ms", "p50"), "ms"),
                ("CPU per random page", ("random_page", "cpu_us_each"), "µs"), ("last page, p99", ("last_page", "ms", "p99"), "ms"),
                ("CPU per send", ("send", "cpu_us_per_message"), "µs"), ("send, p99 of the ack", ("send", "ms", "p99"), "ms")):
            rows.append(Row("P10", f"{what}, {name}", median(runs, "steps", *path), unit=unit))
    return rows


def grown(few, many, name, figures):
    return [Row("P10", f"{what}, {name}", ratio(median(many, "steps", *path), median(few, "steps", *path)), 1.5, 1.2,
                unit="×") for what, path in figures.items()]


def p11(session):
    (_, _), (large, many) = measured(session)
    return [ready(many, large),
            Row("P11", "the same, median", median(many, "steps", "restart", "ms", "p50") / 1000, unit="s")]


def ready(reports, name):
    longest = max(at(report, "steps", "restart", "ms", "max") for report in reports) / 1000
    return Row("P11", f"kill -9 with {name}: until ready again, longest", longest, 5, 1, unit="s")


def p12(session):
    found = stores(session)
    large = max(found)
    store = found[large]
    each = {family: size / store["stored"] for family, size in store["bytes"].items()}
    rows = [disk(each["total"], large)]
    rows += [Row("P12", f"of it {family}", size, unit="bytes") for family, size in each.items()
             if size >= 1 and family != "total"]
    fill = store["fill"]["steps"]["fill"]
    if "messages_per_s" in fill:
        rows.append(Row("P12", "messages/s while it was filled", fill["messages_per_s"]))
    return rows


def disk(each, count):
    return Row("P12", f"bytes on the disk of a message of {PAYLOAD}, {count:,} compacted", each / PAYLOAD, 2.5, 1.5,
               unit="× payload")
