"""A store that grows to ten million messages: P10, P11 and P12."""
import functools

from compare_bench import process, turns
from growth_bench import stores
from growth_bench.curve import Curve, Line, Panel
from targets_bench import histories
from targets_bench.programs import TargetError
from targets_bench.verdict import median

EMPTY = 1  # message
WARM, COLD, DISK = "{:,} messages", "{:,} messages, cold", "{:,} messages, disk"
BYTES = ("disk", "bytes_per_message")
ROOM_BYTES = 8 << 30  # while the largest is filled, and for what a run adds to its copy


def kinds(session, points):
    check_disk(session)
    found = {}
    for count in points:
        store = histories.filled(session, count)
        if count != EMPTY:
            note_disk(session, count, store)
        for kind, measure in ((COLD, cold), (WARM, warm)):
            found[kind.format(count)] = functools.partial(measure, session, count, store["folder"])
    return found


def check_disk(session):
    try:
        turns.check_disk(histories.place(session), session.size(ROOM_BYTES, ROOM_BYTES >> 5), "--stores")
    except process.CompareError as error:
        raise TargetError(str(error)) from error


def note_disk(session, count, store):
    """Measured once, when the store is filled and compacted."""
    each = store["bytes"]["total"] / store["stored"]
    session.runs.setdefault(session.target, {})[DISK.format(count)] = [
        {"other_programs_share": 0, "disk": {**store["bytes"], "stored": store["stored"], "bytes_per_message": each}}]


def cold(session, count, folder):
    """One page of each conversation, which nobody asked for before."""
    with stores.copy(folder) as own:
        stores.evict(own)
        return session.bench("history", "--stored", count, "--data-dir", own, "--pages", histories.conversations(session),
                             "--pairs", 1, "--duration", 0.1, "--restarts", 0)


def warm(session, count, folder):
    with stores.copy(folder) as own:
        stores.read_in(own)
        return histories.run(session, count, own, histories.RESTARTS)


def rows(runs, points):
    base, *larger = points[1:]
    found = []
    for count in larger:
        name = f"{count:,} messages against {base:,}"
        for kind, suffix, figures in ((WARM, "", histories.PAGES | histories.SEND | histories.ACK),
                                      (COLD, ", cold", histories.PAGES)):
            found += histories.grown(runs[kind.format(base)], runs[kind.format(count)], name + suffix, figures)
    largest = points[-1]
    return [*found, histories.ready(runs[WARM.format(largest)], WARM.format(largest)),
            histories.disk(median(runs[DISK.format(largest)], *BYTES), largest)]


def page(step):
    path = ("steps", step, "ms", "p99")
    return Line("cold", COLD, path), Line("warm", WARM, path)


def single(title, kind, *path):
    return Panel(title, (Line("parleyd", kind, path),))


CURVE = Curve(
    name="stored", title="Stored messages", axis="messages in the store",
    about="In 100 conversations. Pages of 50 at random places and at the end, one after the other; then 100 other pairs talk "
          "in a closed loop; then kill -9 behind a burst of messages (100,000, at most a tenth of the store), three times. "
          "Cold: the server has just been started and the kernel has none of its files in memory, one page of each "
          "conversation; warm: the kernel has read them all, 5,000 pages. Each run begins with the same store, which was "
          "compacted.",
    points=(EMPTY, histories.SMALL, 1_000_000, 10_000_000), quick=(EMPTY, 2000, 20_000), kinds=kinds, rows=rows,
    panels=(Panel("random page, p99, ms", page("random_page")), Panel("last page, p99, ms", page("last_page")),
            single("CPU per send, µs", WARM, "steps", "send", "cpu_us_per_message"),
            single("send, p99 of the ack, ms", WARM, "steps", "send", "ms", "p99"),
            single("ready after kill -9, median, ms", WARM, "steps", "restart", "ms", "p50"),
            single("bytes per message, compacted", DISK, *BYTES)),
    label=lambda count: "empty" if count == EMPTY else f"{count:,}")
