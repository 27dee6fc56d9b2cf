"""One soak run, from the start of its server to the verdict."""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import random
import sys
import tempfile
import time

from harness.server import ENGINE, Server
from soak import samples
from soak.ledger import Ledger
from soak.traffic import World

SETTLE_DEADLINE_S = 120
VERIFY_EVERY_S = 15
# Small, so that what may grow to its limit has done so before it is measured.
SERVER_ENV = {
    "PARLEY_STORAGE_WRITE_BUFFER_BYTES": str(1 << 20),
    "PARLEY_STORAGE_BLOCK_CACHE_BYTES": str(2 << 20),
    "PARLEY_CACHE_SNAPSHOTS_BYTES": str(1 << 20),
    "PARLEY_CACHE_MEMBERSHIPS_BYTES": str(1 << 20),
    "PARLEY_CACHE_USERS_BYTES": str(1 << 20),
    "PARLEY_CACHE_ENTRIES_BYTES": str(1 << 20),
    "PARLEY_LOG_LEVEL": "warning",
    # glibc would give each thread its own heap, which fills over hours by chance.
    "MALLOC_ARENA_MAX": "2",
}


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--people", type=int, default=24)
    parser.add_argument("--conversations", type=int, default=30)
    parser.add_argument("--rate", type=float, default=8, help="messages per second (8)")
    parser.add_argument("--fill", type=int, default=1_100, metavar="MESSAGES",
                        help="in each conversation before the measure begins, so that the server's "
                        "memory of the last 1,024 is full (1100)")
    parser.add_argument("--fill-rate", type=float, default=100, metavar="RATE",
                        help="messages per second while filling (100)")
    parser.add_argument("--reconnect-every", type=float, default=30, metavar="SECONDS",
                        help="mean life of a connection (30)")
    parser.add_argument("--slow", type=float, default=20, metavar="SECONDS",
                        help="longest pause of a slow reader (20)")
    parser.add_argument("--sample-every", type=float, default=10, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", type=pathlib.Path, help="write the result here")
    parser.add_argument("--folder", type=pathlib.Path, help="for data and log (temporary)")
    return parser.parse_args(arguments)


class Soak:
    """`await run()` gives the result."""

    def __init__(self, options, server, say=print):
        self.options = options
        self.server = server
        self.say = say
        self.ledger = Ledger()
        self.rows = []
        self.settled = False

    async def run(self):
        world = World(self.server, self.ledger, self.options.seed, self.options.people,
                      self.options.conversations, self.options.rate, self.options.reconnect_every,
                      self.options.slow)
        quiet, over = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for person in world.people:
                tasks.create_task(person.live(over))
            watchers = [tasks.create_task(self.verify(world))]
            await self.fill(world)
            began, own_cpu = time.monotonic(), time.process_time()
            server_cpu = samples.cpu_seconds(self.server.process.pid)
            chatter = tasks.create_task(world.chatter(quiet))
            watchers.append(tasks.create_task(self.sample(began)))
            await self.until_over_or_fault(began)
            quiet.set()
            world.reconnect_s = 10**9
            await chatter
            self.settled = await self.settle(world)
            for watcher in watchers:
                watcher.cancel()
            over.set()
        seconds = time.monotonic() - began
        own_share = (time.process_time() - own_cpu) / seconds
        server_share = (samples.cpu_seconds(self.server.process.pid) - server_cpu) / seconds
        await world.verify()
        if not self.settled:
            self.ledger.fault("I4", f"not everybody was level {SETTLE_DEADLINE_S} s after the last message")
        return self.result(world, seconds, own_share, server_share)

    async def fill(self, world):
        if self.options.fill == 0:
            return
        began = time.monotonic()
        await world.fill(self.options.fill, self.options.fill_rate)
        self.say(f"filled with {self.ledger.counts['acks']} messages in {time.monotonic() - began:.0f} s")

    async def until_over_or_fault(self, began):
        """A fault ends the run: what follows would only be its echo."""
        while time.monotonic() - began < self.options.minutes * 60 and not self.ledger.faults:
            await asyncio.sleep(0.2)

    async def settle(self, world):
        deadline = time.monotonic() + SETTLE_DEADLINE_S
        while time.monotonic() < deadline:
            if world.settled():
                return True
            await asyncio.sleep(0.1)
        return False

    async def verify(self, world):
        while True:
            await asyncio.sleep(min(VERIFY_EVERY_S, self.options.sample_every))
            await world.verify()

    async def sample(self, began):
        while True:
            await asyncio.sleep(self.options.sample_every)
            row = await asyncio.to_thread(samples.take, self.server, time.monotonic() - began)
            self.rows.append(row)
            counts = self.ledger.counts
            self.say(f"{row['at_s'] / 60:6.1f} min  {row['rss_bytes'] / samples.MIB:7.1f} MiB  "
                     f"{row['files']:4} files  {counts['acks']:8} acked  {counts['acks confirmed']:8} "
                     f"confirmed  {counts['connections']:6} connections  {self.ledger.fault_count} faults")

    def result(self, world, seconds, own_share, server_share):
        return {
            "options": {key: str(value) if isinstance(value, pathlib.Path) else value
                        for key, value in vars(self.options).items()},
            "seconds": seconds,
            "counts": dict(sorted(self.ledger.counts.items())),
            "resets": sum(person.replica.resets for person in world.people),
            "harness_cores": own_share,
            "server_cores": server_share,
            "growth": samples.judge(self.rows),
            "samples": self.rows,
        }, world


def verdict(result, ledger):
    """Adds to `result` what was wrong; lines for a person."""
    growth = result["growth"]
    result["faults"], result["fault_count"] = ledger.faults, ledger.fault_count
    result["flat"] = None if growth is None else all(row["flat"] for row in growth.values())
    result["passed"] = ledger.fault_count == 0 and result["flat"] is not False
    counts = result["counts"]
    yield (f"{result['seconds'] / 60:.1f} min: {counts.get('acks', 0)} messages acknowledged, "
           f"{counts.get('acks confirmed', 0)} confirmed by the history, {counts.get('seen', 0)} changes seen, "
           f"{counts.get('connections', 0)} connections, {counts.get('sent again', 0)} sends tried again, "
           f"{result['resets']} resets")
    yield (f"CPU: server {result['server_cores']:.2f} cores, harness {result['harness_cores']:.2f} cores")
    for name, row in (growth or {}).items():
        yield (f"{name:10} second quarter {row['second_quarter']:.0f}, last quarter {row['last_quarter']:.0f}, "
               f"slope {row['slope_per_minute']:+.1f} per minute: "
               f"{'flat' if row['flat'] else 'GROWS'} (allowed +{row['allowed_growth']:.0f})")
    if growth is None:
        yield f"memory and files: not judged, the run is shorter than {samples.JUDGED_MINUTES} minutes"
    for fault in ledger.faults:
        yield f"FAULT {fault}"
    yield "PASSED" if result["passed"] else "FAILED"


def soak(options, folder, say=print):
    """The whole run; returns the result, in which `passed` says whether all held."""
    server = Server(folder, SERVER_ENV).start()
    try:
        run = Soak(options, server, say)
        result, world = asyncio.run(run.run())
        if ENGINE != "memory":
            server.restart()  # what was acknowledged is there after a clean restart, too
        world.check_all()
    finally:
        if server.running:
            server.stop()
    for line in verdict(result, run.ledger):
        say(line)
    return result


def main(arguments=None):
    options = parse(arguments)
    say = lambda line: print(line, flush=True)  # noqa: E731
    say(f"seed {options.seed}")
    with contextlib.ExitStack() as stack:
        folder = options.folder or stack.enter_context(tempfile.TemporaryDirectory())
        result = soak(options, folder, say)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + os.linesep, "utf-8")
    return 0 if result["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
