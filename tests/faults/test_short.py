"""The short set of faults, for CI: one fleet, one scenario after the other. `make faults` runs all."""

import asyncio
import pathlib
import re
import urllib.request

import pytest

from faults.fleet import Fleet
from faults.run import Run
from faults.scenarios import SCENARIOS


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    started = Fleet(tmp_path_factory.mktemp("fleet")).start()
    yield started
    started.stop()


DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"


def test_every_metric_of_a_node_is_documented(fleet):
    documented = {}
    for name in ("operations.md", "cluster.md"):
        documented |= dict(re.findall(r"^\| `((?:parley|process)_\w+)` \| (\w+) \|",
                                      (DOCS / name).read_text("utf-8"), re.M))
    ops = fleet.entry(fleet.names("parleyd")[0])["ops"]
    with urllib.request.urlopen(f"{ops}/metrics", timeout=30) as answer:
        told = dict(re.findall(r"^# TYPE (\S+) (\S+)$", answer.read().decode("utf-8"), re.M))
    assert told == documented


@pytest.mark.parametrize("name", [each.name for each in SCENARIOS.values() if each.short])
def test_promises_hold(fleet, name):
    run = Run(SCENARIOS[name], fleet)
    asyncio.run(run.go())
    print(run.summary())
    assert not run.faults, "\n".join([*run.faults, *(fleet.log_tail(node) for node in fleet.names("parleyd"))])
    assert run.ledger.counts["acks"] == run.ledger.counts["acks confirmed"] > 100
