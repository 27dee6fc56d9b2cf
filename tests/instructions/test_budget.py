"""What a message costs parleyd, in instructions and allocations: by count, so that it is the same on every machine and
under every load. `budget.json` holds what it may cost; who makes it dearer says why, and who makes it cheaper lowers it."""

import json
import pathlib

import pytest

from instructions.counted import count

BUDGET_FILE = pathlib.Path(__file__).with_name("budget.json")
BUDGET = json.loads(BUDGET_FILE.read_text())

# How many commits share a group is chance, and so is a part of the count.
TOLERANCE = 0.05
WORTH_LOWERING = 0.90

# The load, and the counters of parley-bench that say how much was done.
SCENARIOS = {
    # A direct message, from one socket to the other: read, decided, written to the log, acknowledged, delivered.
    "message": (["pairs", "--pairs", "1", "--messages", "1500"], ["acked"]),
    # The same where a hundred share what can be shared.
    "message_of_100_pairs": (["pairs", "--pairs", "100", "--messages", "6000"], ["acked"]),
    # One more member of a group to whom a message goes.
    "delivery": (["group", "--members", "200", "--in-flight", "1", "--messages", "200"], ["delivered", "echoed"]),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_costs_no_more_than_its_budget(name, tmp_path):
    args, counters = SCENARIOS[name]
    profile, total = count(tmp_path, args)
    done = sum(total[counter] for counter in counters)
    costs = {"instructions": profile.instructions / done, "allocations": profile.allocations / done}
    budget = BUDGET[name]
    for what, cost in costs.items():
        print(f"{name}: {cost:,.2f} {what} ({done} done); budget {budget[what]:,}")
        assert cost <= budget[what] * (1 + TOLERANCE), f"{name} takes {cost:,.2f} {what}, more than {budget[what]:,}"
        if cost < budget[what] * WORTH_LOWERING:
            print(f"{name}: lower the budget of {what} in {BUDGET_FILE.name}")
