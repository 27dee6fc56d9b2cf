"""The short set of faults, for CI: one fleet, one scenario after the other. `make faults` runs all."""

import asyncio

import pytest

from faults.fleet import Fleet
from faults.run import Run
from faults.scenarios import SCENARIOS


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    started = Fleet(tmp_path_factory.mktemp("fleet")).start()
    yield started
    started.stop()


@pytest.mark.parametrize("name", [each.name for each in SCENARIOS.values() if each.short])
def test_promises_hold(fleet, name):
    run = Run(SCENARIOS[name], fleet)
    asyncio.run(run.go())
    print(run.summary())
    assert not run.faults, "\n".join([*run.faults, *(fleet.log_tail(node) for node in fleet.names("parleyd"))])
    assert run.ledger.counts["acks"] == run.ledger.counts["acks confirmed"] > 100
