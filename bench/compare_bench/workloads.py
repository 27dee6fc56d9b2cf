"""What each server is asked to do, as parley-bench does it."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    title: str
    words: tuple  # for parley-bench
    people: int
    rate: float = 0  # messages/s, of an open loop
    receivers: int = 1  # of each message
    rounds: int = 1000  # at most: what hardly differs need not be seen so often
    measured: bool = True  # for as long as the others; else nothing happens, and a moment is enough


def _closed(pairs):
    return Workload(f"pairs{pairs}", f"1:1, {pairs:,} pairs, closed loop", ("pairs", "--pairs", pairs), 2 * pairs)


ALL = {made.name: made for made in (
    _closed(100),
    _closed(1000),
    Workload("open5000", "1:1, 1,000 pairs, 5,000 messages/s", ("pairs", "--pairs", 1000, "--rate", 5000), 2000, 5000),
    Workload("group100", "group of 100, 100 messages/s", ("group", "--members", 100, "--rate", 100), 100, 100, 99),
    Workload("group100max", "group of 100, full speed", ("group", "--members", 100, "--in-flight", 16), 100,
             receivers=99),
    Workload("idle5000", "5,000 idle connections", ("idle", "--connections", 5000), 5000, rounds=3, measured=False),
)}
