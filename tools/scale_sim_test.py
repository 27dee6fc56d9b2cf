"""Tests of tools/scale-sim: docs/scaling.md is what it prints, and the model does what can be worked out by hand."""
import importlib.machinery
import importlib.util
import math
import pathlib
import subprocess
import sys
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent
TOOL = TOOLS / "scale-sim"
PAGE = TOOLS.parent / "docs" / "scaling.md"
sys.path.insert(0, str(TOOLS))

from scale_sim import hot, inputs, machines, storm, traffic  # noqa: E402 (found through the line above)


def run(*arguments):
    return subprocess.run([sys.executable, TOOL, *arguments], capture_output=True, text=True, check=False)


def load_tool():
    loader = importlib.machinery.SourceFileLoader("scale_sim_tool", str(TOOL))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("scale_sim_tool", loader))
    loader.exec_module(module)
    return module


def assumptions(**changes):
    values = inputs.values(inputs.assumptions())
    vars(values).update(changes)
    return values


COSTS = inputs.values(inputs.costs())


class Page(unittest.TestCase):
    def test_docs_scaling_holds_exactly_what_the_tool_prints(self):
        done = run("--markdown")
        self.assertEqual(done.returncode, 0, done.stderr)
        page = PAGE.read_text(encoding="utf-8")
        for block in done.stdout.strip().split("\n\n"):
            self.assertIn(block, page, "docs/scaling.md is out of date: run tools/scale-sim --update")

    def test_update_replaces_what_stands_between_the_marks_and_nothing_else(self):
        tool = load_tool()
        begin, end = tool.marks("costs")
        self.assertEqual(tool.put_into(f"a\n{begin}\nold\n{end}\nb\n", {"costs": ["new"]}), f"a\n{begin}\nnew\n{end}\nb\n")
        with self.assertRaises(inputs.WrongInput):
            tool.put_into("a page without marks", {"costs": ["new"]})

    def test_every_assumption_and_cost_is_used(self):
        sources = "".join(x.read_text(encoding="utf-8") for x in (TOOLS / "scale_sim").glob("*.py"))
        for name in inputs.assumptions():
            self.assertRegex(sources, rf"\ba\.{name}\b")
        unused = [x for x in inputs.costs() if f"c.{x}" not in sources]
        # Stands in the table to show what the simulation leaves out on purpose.
        self.assertEqual(unused, ["delivery_gathered_cpu_us"])


class Arguments(unittest.TestCase):
    def test_a_changed_assumption_changes_the_tables(self):
        done = run("--set", "daily_users=5000", "--set", "messages_per_person=86400", "--set", "peak_factor=1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("| messages/s | 5,000 |", done.stdout)

    def test_an_unknown_name_is_named(self):
        done = run("--set", "mesages=1")
        self.assertEqual(done.returncode, 2)
        self.assertIn("mesages=1", done.stderr)

    def test_nonsense_is_refused(self):
        for setting in "devices=many", "devices=0", "devices=1,2":
            done = run("--set", setting)
            self.assertEqual(done.returncode, 2, setting)
            self.assertIn(setting, done.stderr)


class FanOut(unittest.TestCase):
    def test_one_to_one_is_what_can_be_worked_out_by_hand(self):
        a = assumptions(group_share=0, attention=0.5, devices=2, receipts_per_reader=1, typing_per_message=1)
        fanout = traffic.draw(a, draws=50_000)
        self.assertEqual(fanout.members, 2)
        self.assertAlmostEqual(fanout.deliveries, 0.5 * 2 + 1, delta=0.02)
        self.assertAlmostEqual(fanout.momentary, 0.5 * (1 + 1) * 2, delta=0.04)
        self.assertAlmostEqual(fanout.publications, (1 + 0.5 + 1) * 2, delta=0.03)

    def test_a_large_group_costs_one_event_per_node(self):
        a = assumptions(group_share=1, group_median=1000, group_sigma=1e-9, attention=1)
        fanout = traffic.draw(a, draws=100)
        self.assertEqual(fanout.publications, 1)
        self.assertEqual(fanout.momentary, 0)
        self.assertAlmostEqual(traffic.bus_events(fanout, 3), 3, places=6)

    def test_the_same_seed_draws_the_same(self):
        a = assumptions()
        self.assertEqual(traffic.draw(a, draws=500), traffic.draw(a, draws=500))
        self.assertNotEqual(traffic.draw(a, draws=500), traffic.draw(a, draws=500, seed=7))


class Sizes(unittest.TestCase):
    def test_machines_stand_evenly_in_the_zones_and_are_half_busy_at_most(self):
        a = assumptions()
        fanout = traffic.draw(a, draws=5_000)
        before = 0
        for people in 1_000, 100_000, 10_000_000, 100_000_000:
            peak = machines.size(people, fanout, a, COSTS)
            for count in peak.parleyd, peak.nats, peak.cassandra:
                self.assertEqual(count % a.zones, 0)
            self.assertGreaterEqual(peak.parleyd, before)
            before = peak.parleyd
            for cpu, cores in ((peak.parleyd_cpu, peak.parleyd * a.parleyd_cores),
                               (peak.cassandra_cpu, peak.cassandra * a.cassandra_cores),
                               (peak.nats_cpu, peak.nats * a.nats_cores)):
                self.assertLessEqual(cpu, cores * a.load_most)
            left = peak.parleyd * (a.zones - 1) / a.zones
            self.assertLessEqual(peak.connections / left, a.parleyd_connections)


class HotConversation(unittest.TestCase):
    def test_a_quiet_one_waits_for_its_own_commit_alone(self):
        quiet = hot.run(0.1, COSTS)
        self.assertAlmostEqual(quiet.ack_p50_ms, COSTS.cassandra_commit_ms, delta=0.1)
        self.assertAlmostEqual(quiet.batch, 1, delta=0.01)

    def test_a_busy_one_commits_more_at_once_instead_of_queueing(self):
        ceiling = 1000 / COSTS.cassandra_commit_ms  # commits a second
        busy = hot.run(5 * ceiling, COSTS)
        self.assertGreater(busy.batch, 4)
        self.assertLess(busy.ack_p99_ms, 10 * COSTS.cassandra_commit_ms)


class Storms(unittest.TestCase):
    def test_work_takes_its_time_or_the_spread_whichever_is_longer(self):
        self.assertAlmostEqual(storm.drain(work=10, jitter=1, spare=2), 5, delta=0.1)
        self.assertAlmostEqual(storm.drain(work=10, jitter=30, spare=2), 30, delta=0.1)
        self.assertTrue(math.isinf(storm.drain(work=10, jitter=1, spare=0)))

    def test_a_zone_is_worse_than_a_node(self):
        a = assumptions()
        fanout = traffic.draw(a, draws=5_000)
        peak = machines.size(100_000_000, fanout, a, COSTS)
        node = storm.run(peak, 1, 0.1, a, COSTS, fanout)
        zone = storm.run(peak, peak.parleyd // a.zones, 0.1, a, COSTS, fanout, zone=True)
        self.assertGreater(zone.connections, node.connections)
        self.assertGreater(zone.seconds, node.seconds)
        self.assertGreater(zone.load_after, node.load_after)


if __name__ == "__main__":
    unittest.main()
