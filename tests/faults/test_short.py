"""The short set of faults, for CI: one fleet, one scenario after the other. `make faults` runs all."""

import asyncio
import pathlib
import re
import urllib.request

import pytest

from faults.fleet import Fleet
from faults.run import Run
from faults.scenarios import SCENARIOS
from harness.terminal import Cli, Tail


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


def test_the_command_line_talks_over_the_balancer(fleet, tmp_path):
    ann, bo = (Cli(fleet, tmp_path / name).register() for name in ("ann", "bo"))
    direct = ann.one("new", f"@{bo.name}")["id"]
    with Tail(bo) as tail:
        tail.event("connected")
        ann.one("send", direct, "over the balancer")
        assert tail.until_text("over the balancer")["message"]
    assert [each["id"] for each in bo.lines("list")] == [direct]


def test_the_web_app_comes_over_the_balancer(fleet):
    with urllib.request.urlopen(fleet.url, timeout=30) as answer:
        page = answer.read().decode("utf-8")
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    parts = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    assert any(part.endswith(".js") for part in parts), page
    for part in parts:  # each from whichever node
        with urllib.request.urlopen(fleet.url + part, timeout=30) as answer:
            assert answer.status == 200 and answer.read()


@pytest.mark.parametrize("name", [each.name for each in SCENARIOS.values() if each.short])
def test_promises_hold(fleet, name):
    run = Run(SCENARIOS[name], fleet)
    asyncio.run(run.go())
    print(run.summary())
    assert not run.faults, "\n".join([*run.faults, *(fleet.log_tail(node) for node in fleet.names("parleyd"))])
    assert run.ledger.counts["acks"] == run.ledger.counts["acks confirmed"] > 100
