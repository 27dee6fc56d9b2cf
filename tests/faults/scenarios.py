"""What goes wrong: each scenario is a coroutine that does it to a fleet under load, and says when."""

import asyncio
import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Scenario:
    """`act(fleet, say)` runs while people talk; `say(text)` puts a line into the timeline."""
    name: str
    what: str
    act: Callable
    short: bool  # runs in CI
    prepare: Callable  # prepare(fleet) is called before people come


SCENARIOS = {}


def scenario(what, short=False, prepare=lambda fleet: None):
    def take(act):
        name = act.__name__
        SCENARIOS[name] = Scenario(name, what, act, short, prepare)
        return act
    return take


async def kill_and_restart(fleet, say, name, away_s):
    say(f"kill -9 {name}")
    await asyncio.to_thread(fleet.kill, name)
    await asyncio.sleep(away_s)
    fleet.start_again(name)
    say(f"{name} starts again")


@scenario("kill -9 of a parleyd, then of the next, and so on", short=True)
async def kill_parleyd(fleet, say):
    for name in fleet.names("parleyd"):
        await kill_and_restart(fleet, say, name, 3)
        await asyncio.to_thread(fleet.wait_ready, name)
        say(f"{name} is ready")
        await asyncio.sleep(2)


@scenario("kill -9 of a Cassandra node under writes, then its return", short=True)
async def kill_cassandra(fleet, say):
    name = fleet.names("cassandra")[1]
    await kill_and_restart(fleet, say, name, 8)
    await asyncio.to_thread(fleet.engines_ready)
    say(f"{name} is back")


@scenario("kill -9 of each Cassandra node in turn")
async def kill_each_cassandra(fleet, say):
    for name in fleet.names("cassandra"):
        await kill_and_restart(fleet, say, name, 5)
        await asyncio.to_thread(fleet.engines_ready)
        say(f"{name} is back")
        await asyncio.sleep(5)


@scenario("kill -9 of each NATS server in turn", short=True)
async def kill_nats(fleet, say):
    for name in fleet.names("nats"):
        await kill_and_restart(fleet, say, name, 2)
        await asyncio.sleep(3)


@scenario("all NATS servers gone for 20 s")
async def all_nats_gone(fleet, say):
    say("kill -9 of all NATS servers")
    for name in fleet.names("nats"):
        await asyncio.to_thread(fleet.kill, name)
    await asyncio.sleep(20)
    for name in fleet.names("nats"):
        fleet.start_again(name)
    say("all NATS servers start again")
    await asyncio.to_thread(fleet.engines_ready)
    await asyncio.sleep(5)


@scenario("SIGSTOP of a parleyd for 12 s, then SIGCONT: a former owner wakes up", short=True)
async def pause_owner(fleet, say):
    await _pause(fleet, say, 12)


@scenario("SIGSTOP of a parleyd for 30 s, then SIGCONT: a former owner wakes up")
async def pause_owner_for_long(fleet, say):
    await _pause(fleet, say, 30)


async def _pause(fleet, say, seconds):
    name = fleet.names("parleyd")[1]
    say(f"SIGSTOP {name}")
    fleet.pause(name)
    await asyncio.sleep(seconds)
    fleet.wake(name)
    say(f"SIGCONT {name}")
    await asyncio.to_thread(fleet.wait_ready, name)
    say(f"{name} is ready")


@scenario("Redis flushed, then killed and started again")
async def redis_lost(fleet, say):
    name = fleet.names("redis")[0]
    say("FLUSHALL")
    await asyncio.to_thread(fleet.flush_redis, name)
    await asyncio.sleep(3)
    await kill_and_restart(fleet, say, name, 10)
    await asyncio.sleep(5)


@scenario("two rolling restarts of all parleyd")
async def rolling_restarts(fleet, say):
    for _ in range(2):
        for name in fleet.names("parleyd"):
            say(f"SIGTERM {name}")
            await asyncio.to_thread(fleet.terminate, name)
            fleet.start_again(name)
            await asyncio.to_thread(fleet.wait_ready, name)
            say(f"{name} is ready")


CUT_S = 20


def behind_gates(kind):
    """Before people come: the second parleyd reaches servers of this kind through gates."""
    def prepare(fleet):
        name = fleet.names("parleyd")[1]
        fleet.place_gates(name, kind)
        fleet.wait_ready(name)
        fleet.wait_balanced(name)
    return prepare


@scenario(f"a parleyd whose packets to NATS get lost for {CUT_S} s, then its connections are reset for as long",
          prepare=behind_gates("nats"))
async def cut_off_from_nats(fleet, say):
    await _cut_off(fleet, say, "nats")


@scenario(f"a parleyd whose packets to Cassandra get lost for {CUT_S} s, then its connections are reset for as long",
          prepare=behind_gates("cassandra"))
async def cut_off_from_cassandra(fleet, say):
    await _cut_off(fleet, say, "cassandra")


async def _cut_off(fleet, say, kind):
    name, gates = fleet.names("parleyd")[1], fleet.gates[kind]
    for cut, how in ((gates.hold, "hears nothing from"), (gates.tear, "has its connections reset by")):
        say(f"{name} {how} {kind}")
        await asyncio.to_thread(cut)
        await asyncio.sleep(CUT_S)
        await asyncio.to_thread(gates.open)
        say(f"{name} reaches {kind} again")
        await asyncio.to_thread(fleet.wait_ready, name)
        say(f"{name} is ready")
        await asyncio.sleep(10)
