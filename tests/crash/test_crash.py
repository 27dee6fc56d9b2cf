"""Promises I1 to I4 under kill -9. Repeat a run with the PARLEY_CRASH_SEED that it printed."""

import os
import random

from driver import Driver
from harness.server import needs_disk

KILLS = int(os.environ.get("PARLEY_CRASH_KILLS", "20"))


@needs_disk
async def test_nothing_acknowledged_is_lost_doubled_or_reordered_by_kills(make_server):
    seed = int(os.environ.get("PARLEY_CRASH_SEED", random.randrange(2**32)))
    print(f"PARLEY_CRASH_SEED={seed} PARLEY_CRASH_KILLS={KILLS}")
    driver = Driver(make_server().start(), seed, KILLS)
    try:
        await driver.run()
    finally:
        print(", ".join(f"{count} {name}" for name, count in sorted(driver.counts.items())))
    counts = driver.counts
    assert counts["kills"] == KILLS
    assert counts["acks"] >= counts["sent"] > KILLS
    assert counts["sent again"] >= KILLS
    assert counts["resumes"] >= KILLS  # receivers got through in the lives of the server
