#!/usr/bin/env python3
"""Breaks a fleet under load, and holds it to its promises.

Usage: tests/faults/run.py [SCENARIO ...]     (all by default; --list names them)

Each scenario starts a fleet of its own (3 Cassandra, 3 NATS, Redis, 3 parleyd, a balancer), lets people talk over the
balancer, does what its name says, and waits until all is quiet. Then every acknowledged message must be there (I1), in
one order for everybody (I2), once (I3), and every client must be level without having seen a hole (I4); and no message
may have waited for more than 10 s. The timeline shows each second: messages acknowledged, the longest wait among them,
the longest that still waits, people connected, and what was done.
"""

import argparse
import asyncio
import pathlib
import random
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from faults.fleet import Fleet  # noqa: E402 (found through the line above)
from faults.load import FleetWorld  # noqa: E402
from faults.scenarios import SCENARIOS  # noqa: E402
from soak.ledger import Ledger  # noqa: E402

LONGEST_STOP_S = 10
SETTLE_DEADLINE_S = 60  # promise I4
BEFORE_S, AFTER_S = 4, 6


class Timeline:
    """One line for each second, and one for each thing that happens."""

    def __init__(self, world, out):
        self.world = world
        self.out = out
        self.began = time.monotonic()

    def say(self, text):
        print(f"{time.monotonic() - self.began:7.1f} s  {text}", file=self.out, flush=True)

    async def run(self):
        while True:
            await asyncio.sleep(1)
            acks, longest, waiting = self.world.take_second()
            self.say(f"{acks:4} acked  longest {longest * 1000:6.0f} ms  waiting {waiting * 1000:6.0f} ms  "
                     f"{self.world.connected:3} connected")


class Run:
    """One scenario on one fleet; `faults` has what was wrong."""

    def __init__(self, scenario, fleet, people=12, rooms=16, rate=25, out=sys.stdout, seed=None):
        self.scenario = scenario
        self.fleet = fleet
        self.ledger = Ledger()
        self.out = out
        self.seed = random.SystemRandom().randrange(10**6) if seed is None else seed
        self.world = FleetWorld(fleet, self.ledger, self.seed, people, rooms, rate)
        self.settle_s = None

    async def go(self):
        print(f"--- {self.scenario.name}: {self.scenario.what} (seed {self.seed})", file=self.out, flush=True)
        await asyncio.to_thread(self.scenario.prepare, self.fleet)
        timeline = Timeline(self.world, self.out)
        quiet, over = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for person in self.world.people:
                tasks.create_task(person.live(over))
            watch = tasks.create_task(timeline.run())
            chatter = tasks.create_task(self.world.chatter(quiet))
            await asyncio.sleep(BEFORE_S)
            await self.scenario.act(self.fleet, timeline.say)
            await asyncio.sleep(AFTER_S)
            quiet.set()
            timeline.say("everybody falls silent")
            await chatter
            await self.settle(timeline)
            watch.cancel()
            over.set()
        await self.judge()

    async def settle(self, timeline):
        began = time.monotonic()
        while time.monotonic() - began < SETTLE_DEADLINE_S:
            if self.world.settled():
                self.settle_s = time.monotonic() - began
                timeline.say(f"all are level {self.settle_s:.1f} s later")
                return
            await asyncio.sleep(0.1)
        self.ledger.fault("I4", f"not everybody was level {SETTLE_DEADLINE_S} s after the last message: "
                                + self.behind())

    def behind(self):
        """Who is not level, for the report."""
        lines = []
        for person in self.world.people:
            if person.unsure:
                lines.append(f"{person.user.username} has {len(person.unsure)} unanswered")
        for key, members in self.world.members.items():
            heads = {person.user.username: person.replica.heads.get(key) for person in members}
            if len(set(heads.values())) > 1:
                lines.append(f"{key}: {heads}")
        return "; ".join(lines[:6])

    async def judge(self):
        await self.world.verify()
        await asyncio.to_thread(self.world.check_all)
        if self.world.longest_wait > LONGEST_STOP_S:
            self.ledger.fault("I7", f"a message waited for {self.world.longest_wait:.1f} s")

    @property
    def faults(self):
        return self.ledger.faults

    def summary(self):
        counts = self.ledger.counts
        return (f"{self.scenario.name}: {counts['acks']} messages acknowledged, {counts['acks confirmed']} confirmed, "
                f"{counts['seen']} changes seen, {counts['connections']} connections, "
                f"{counts['not answered in time'] + counts['refused for now']} sends tried again, "
                f"longest wait {self.world.longest_wait:.1f} s, "
                f"level after {'never' if self.settle_s is None else f'{self.settle_s:.1f} s'}: "
                f"{'FAILED' if self.faults else 'PASSED'}")


def run_scenario(scenario, folder, out=sys.stdout, seed=None):
    """Starts a fleet in `folder`, runs the scenario and stops the fleet."""
    fleet = Fleet(folder).start()
    try:
        run = Run(scenario, fleet, out=out, seed=seed)
        asyncio.run(run.go())
        for fault in run.faults:
            print(f"FAULT {fault}", file=out)
        print(run.summary(), file=out, flush=True)
        if run.faults:
            for name in fleet.names("parleyd"):
                print(fleet.log_tail(name), file=out)
        return run
    finally:
        fleet.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    if options.list:
        for each in SCENARIOS.values():
            print(f"{each.name:24} {each.what}{' (in CI)' if each.short else ''}")
        return 0
    unknown = [name for name in options.scenarios if name not in SCENARIOS]
    if unknown:
        parser.error(f"there is no scenario {unknown[0]} (--list names them)")
    failed = []
    for name in options.scenarios or SCENARIOS:
        with tempfile.TemporaryDirectory() as folder:
            if run_scenario(SCENARIOS[name], folder, seed=options.seed).faults:
                failed.append(name)
    print(f"{len(options.scenarios or SCENARIOS)} scenarios, failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
