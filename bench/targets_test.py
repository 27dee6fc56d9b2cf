"""Tests of bench/targets: what it makes of parley-bench's reports, and when it throws a run away."""
import contextlib
import io
import pathlib
import sys
import tempfile
import types
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]

from fleet_bench import report  # noqa: E402
from targets_bench import (cli, fleets, groups, histories, inboxes, limits, messages, programs, session, storms,  # noqa: E402
                           verdict, web_pages)
from targets_bench.verdict import Row  # noqa: E402


def pairs(cost, rate=1000, p50=1.0, p99=5.0, others=0.0):
    """A report of parley-bench, as far as it is looked at."""
    return {"other_programs_share": others, "messages_per_s": rate, "measured_s": 10,
            "delivery_ms": {"p50": p50, "p99": p99}, "generator": {"cores": 0.5},
            "server": {"cpu_us_per_message": cost, "cpu_us_per_delivery": cost / 10,
                       "rss_per_connection_bytes": 4000, "kernel_slab_per_connection_bytes": 9000}}


def storm(cost, reads, entries=0):
    return {"other_programs_share": 0, "storm": {
        "cpu_us_each": cost, "all_level_ms": 900, "ready_ms": 200, "conversations": 5000,
        "store_reads": {"snapshots": reads, "memberships": 5, "entries": entries}}}


class FakeSession(session.Session):
    """Answers with prepared reports instead of runs: one by one for the options that a key is found in, in order."""

    def __init__(self, answers, *words):
        super().__init__(cli.parse("", ["P1", *words]))
        self.target = "P1"
        self.answers = answers

    def bench(self, workload, *options, spawn=True):
        line = " ".join(str(word) for word in (workload, *options, "" if spawn else "elsewhere"))
        self.told(["parley-bench", *line.split()])
        for key, reports in self.answers.items():
            if all(part in line for part in key.split()):
                return reports.pop(0) if isinstance(reports, list) else reports
        raise AssertionError(f"nothing was prepared for: {line}")


def quietly(function, *arguments):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return function(*arguments)


class Verdicts(unittest.TestCase):
    def test_a_figure_is_at_most_its_aim_its_must_or_neither(self):
        words = [Row("P", "x", figure, 2.5, 1.5).verdict for figure in (1.5, 1.51, 2.5, 2.51)]
        self.assertEqual(words, ["aim", "must", "must", "MISSED"])

    def test_what_is_to_be_large_is_judged_the_other_way(self):
        words = [Row("P", "x", figure, 0.7, 0.85, least=True).verdict for figure in (0.85, 0.84, 0.7, 0.69)]
        self.assertEqual(words, ["aim", "must", "must", "MISSED"])

    def test_what_could_not_be_compared_misses(self):
        self.assertEqual(Row("P", "x", verdict.ratio(1, 0), 2, 1).verdict, "MISSED")
        self.assertEqual(Row("P", "x", None, 2, 1).verdict, "MISSED")

    def test_what_is_told_only_does_not_decide(self):
        rows = [Row("P", "x", 1000), Row("P", "y", 1, 2, 1)]
        self.assertTrue(verdict.held(rows))
        self.assertFalse(verdict.held([*rows, Row("P", "z", 3, 2, 1)]))

    def test_the_table_says_figure_must_aim_and_verdict(self):
        lines = report.table(verdict.HEAD, [Row("P3", "rate", 0.5, 0.7, 0.85, least=True, unit="×").cells()]).splitlines()
        self.assertEqual([cell.strip() for cell in lines[2].split("|")[1:-1]],
                         ["P3", "rate, ×", "0.5", "≥ 0.7 ×", "≥ 0.85 ×", "MISSED"])


class Runs(unittest.TestCase):
    def test_a_disturbed_run_is_thrown_away(self):
        one = FakeSession({"pairs": [pairs(90, others=0.3), pairs(60, others=0.04)]})
        found = quietly(one.quiet, lambda: one.bench("pairs"))
        self.assertEqual(found["server"]["cpu_us_per_message"], 60)
        self.assertEqual(len(one.notes["P1"]), 1)

    def test_after_some_attempts_the_last_stays_and_that_is_said(self):
        one = FakeSession({"pairs": pairs(90, others=0.3)})
        self.assertIsNotNone(quietly(one.quiet, lambda: one.bench("pairs")))
        self.assertEqual(len(one.notes["P1"]), session.ATTEMPTS)
        self.assertIn("kept", one.notes["P1"][-1])

    def test_a_run_that_failed_is_told_and_done_again_but_not_for_ever(self):
        one = session.Session(cli.parse("", ["P1"]))
        one.target, real, ends = "P1", session.run, []

        def fail(_words, _spawn, _begin=None):
            ends.append("failed")
            if len(ends) in (2, 5):
                return pairs(60)
            raise programs.TargetError("parley-bench pairs failed (1):\nFAILED: 1 commands were refused")

        session.run = fail
        try:
            self.assertEqual(quietly(one.bench, "pairs"), pairs(60))
            self.assertIn("refused", one.notes["P1"][0])
            ends = [""] * 5
            self.assertRaises(programs.TargetError, quietly, one.bench, "pairs")
        finally:
            session.run = real
        self.assertEqual(len(ends), 5 + session.FAILURES)

    def test_kinds_take_turns(self):
        one, order = FakeSession({}, "--rounds", "3"), []

        def kind(name):
            return lambda: order.append(name) or pairs(1)

        runs = quietly(one.in_turn, {"a": kind("a"), "b": kind("b")})
        self.assertEqual(order, ["a", "b"] * 3)
        self.assertEqual([len(kept) for kept in runs.values()], [3, 3])

    def test_command_lines_are_kept_once_and_without_what_belongs_to_one_run(self):
        one = FakeSession({"pairs": pairs(1)})
        for port in (1, 2):
            one.bench("pairs", "--server", f"http://127.0.0.1:{port}", "--token", f"pt_{port}", "--rate", 1 / 3, spawn=False)
        self.assertEqual(one.commands["P1"], ["parley-bench pairs --server URL --token TOKEN --rate 0.333333 elsewhere"])


class Figures(unittest.TestCase):
    @staticmethod
    def figure(rows, part):
        return next(row for row in rows if part in row.what)

    def test_p3_compares_rates_with_and_without_fsync_by_medians(self):
        one = FakeSession({"sync=false": [pairs(1, rate=r) for r in (100, 90, 400)],
                           "pairs": [pairs(1, rate=r) for r in (80, 70, 90)]}, "--rounds", "3")
        self.assertAlmostEqual(quietly(messages.p3, one)[0].figure, 0.8)

    def test_p14_compares_real_with_messages_alone(self):
        one = FakeSession({"--real": pairs(150), "pairs": pairs(60)})
        row = quietly(messages.p14, one)[0]
        self.assertEqual((row.figure, row.verdict), (2.5, "MISSED"))

    def test_growth_is_that_of_the_ratio_to_the_relay(self):
        runs = {"parley, 10 people": [pairs(100)], "relay, 10 people": [pairs(20)],
                "parley, 1000 people": [pairs(180)], "relay, 1000 people": [pairs(30)]}
        rows = groups.growth(runs, (10, 1000), "people", messages.COST, "CPU")
        self.assertAlmostEqual(rows[0].figure, 20)
        self.assertEqual(rows[0].verdict, "must")

    def test_p9_takes_the_most_reads_of_any_run(self):
        one = FakeSession({"--no-restart --stored": storm(133, 0), "--no-restart": storm(100, 0),
                           "--missed": storm(150, 5000, 500), "--stored": storm(999, 5001), "storm": storm(110, 4000)},
                          "--rounds", "1")
        rows = quietly(storms.p9, one)
        self.assertEqual(self.figure(rows, "heads").verdict, "MISSED")
        self.assertEqual(self.figure(rows, "changes").figure, 0.1)
        self.assertAlmostEqual(self.figure(rows, "against none").figure, 1.33)

    def test_p15_is_cpu_of_each_resume(self):
        rows = quietly(storms.p15, FakeSession({"storm": storm(299, 1)}))
        self.assertEqual((rows[0].figure, rows[0].verdict), (299, "must"))

    def test_p10_compares_the_large_store_with_the_small_one(self):
        def steps(p99, cost):
            page = {"ms": {"p50": 0.1, "p99": p99}, "cpu_us_each": 90}
            return {"other_programs_share": 0, "steps": {
                "random_page": page, "last_page": page, "send": {"ms": {"p99": 3}, "cpu_us_per_message": cost},
                "restart": {"ms": {"p50": 400, "max": 1500}}}}

        one = types.SimpleNamespace(kept={"histories": [("100,000 messages", [steps(1, 50)]),
                                                        ("10,000,000 messages", [steps(1.4, 100)])]})
        rows = histories.p10(one)
        self.assertEqual([row.verdict for row in rows[:3]], ["must", "must", "MISSED"])
        self.assertEqual(histories.p11(one)[0].figure, 1.5)

    def test_p12_is_bytes_of_a_message_over_its_text(self):
        store = {"bytes": {"log": 1500, "sent": 1060, "meta": 3, "total": 2563}, "stored": 10, "fill": {"steps": {"fill": {}}}}
        one = types.SimpleNamespace(kept={"stores": {10: store, 5: store}})
        rows = histories.p12(one)
        self.assertAlmostEqual(rows[0].figure, 2563 / 10 / 128)
        self.assertEqual([row.what for row in rows[1:]], ["of it log", "of it sent"])

    def test_p13_judges_what_is_warm_with_most_conversations(self):
        step = {"ms": {"p50": 1, "p99": 6}, "cpu_us_each": 500}
        slow = {"ms": {"p50": 1, "p99": 60}, "cpu_us_each": 500}
        told = {"other_programs_share": 0, "steps": {
            **{name: step for name in inboxes.WARM}, **{name: slow for name in inboxes.COLD}}}
        rows = quietly(inboxes.p13, FakeSession({"inbox": told}))
        judged = [row.verdict for row in rows if row.must]
        self.assertEqual(judged, ["must", "must", "must"])

    def test_limits_are_read_as_the_program_tells_them(self):
        told = {"send": {"cpu_us": 2.5}, "send_at_rate": {"cpu_us": 3.5}, "sync": [{"bytes": 4096, "p50_ms": 0.4}, {"bytes": 300, "p50_ms": 0.2}]}
        found = limits.read(told)
        self.assertEqual((found["send_us"], found["t_sync_ms"]), (2.5, 0.2))

    def test_p17_takes_what_bench_fleet_found(self):
        found = {"CPU per message, 1 node / embedded, same rate": 2.0, "CPU per message, 3 nodes / embedded, same rate": 3.4,
                 "delivery beyond one batch and one hop, 1 node, ms": 0.5, "delivery beyond one batch and one hop, 3 nodes, ms": 1.6}
        rows = fleets.rows(found, found)
        self.assertEqual([row.verdict for row in rows], ["aim", "MISSED", "aim", "must"])


class Pages(unittest.TestCase):
    def test_a_member_of_a_conversation_is_found_in_what_parley_bench_wrote(self):
        lines = "person u1 t1\nperson u2 t2\nperson u3 t3\nroom c1 101 2 0\nroom c2 7 0 1\n"
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "people-and-conversations").write_text(lines, encoding="ascii")
            self.assertEqual(web_pages.conversation(folder), ("c1", "t3"))


class CommandLine(unittest.TestCase):
    def test_every_target_has_a_command(self):
        self.assertEqual(list(cli.TARGETS), [f"P{number}" for number in range(1, 18)])
        self.assertEqual(cli.parse("", ["all"]).targets, list(cli.TARGETS))

    def test_a_miss_is_exit_code_1_and_what_could_not_be_measured_2(self):
        def target(figure):
            return lambda _session: [Row("P1", "x", figure, 2, 1)]

        def broken(_session):
            raise programs.TargetError("no disk")

        kept = cli.TARGETS["P1"]
        try:
            for code, one in ((0, target(2)), (1, target(3)), (2, broken)):
                cli.TARGETS["P1"] = one
                self.assertEqual(quietly(cli.main, "", ["P1"]), code)
        finally:
            cli.TARGETS["P1"] = kept


if __name__ == "__main__":
    unittest.main()
