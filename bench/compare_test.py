"""Tests of bench/compare: what it makes of runs, how it leads them, and the page and the plots of a sample."""
import contextlib
import copy
import importlib.util
import io
import os
import pathlib
import sys
import tempfile
import types
import unittest
from unittest import mock

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]

from compare_bench import cli, peers, process, render, results, runner, turns, workloads  # noqa: E402
from compare_bench.peers import base  # noqa: E402
from fleet.ports import Ports  # noqa: E402


def report(cpu=20.0, rate=1000.0, p50=1.0, p99=5.0, memory=6000.0, others=0.01, clean=True):
    return {"clean": clean, "messages": 3000, "deliveries": rate * 3, "messages_per_s": rate, "deliveries_per_s": rate,
            "delivery_ms": {"count": 3000, "p50": p50, "p99": p99}, "other_programs_share": others,
            "server": {"cpu_us_per_delivery": cpu, "rss_per_connection_bytes": memory}}


def run(peer, workload, failed=None, thrown_away=None, number=1, **figures):
    return {"round": number, "workload": workload, "peer": peer, "failed": failed, "thrown_away": thrown_away,
            "report": report(**figures)}


def limits(echo):
    return {"echo": {"cpu_us": echo}, "send": {"cpu_us": 3}, "kernel_bytes_per_pair": 7800,
            "sync": [{"bytes": 300, "p50_ms": 0.2, "p99_ms": 0.9}]}


SAMPLE = {
    "date": "2026-01-02", "machine": {"cores": 2, "processor": "a processor", "memory_gib": 24, "system": "Debian",
                                      "kernel": "6.1"},
    "rounds": 3, "seconds": 3.0, "warmup": 1.0, "complete": True,
    "workloads": {name: workload.title for name, workload in workloads.ALL.items()},
    "peers": {name: {"title": peers.ALL[name].title, "stores": peers.ALL[name].stores, "version": "1", "configs": []}
              for name in ("relay", "parley", "ejabberd-archive")},
    "limits": [limits(1), limits(2), limits(90)],
    "runs": [
        *(run("relay", "pairs100", cpu=cpu, rate=45000) for cpu in (10, 11, 30)),
        *(run("parley", "pairs100", cpu=cpu) for cpu in (22, 20, 25)),
        run("parley", "pairs100", cpu=500, thrown_away="other programs took 50% of the machine", others=0.5),
        *(run("ejabberd-archive", "pairs100", cpu=cpu, others=0.2) for cpu in (660, 657, 700)),
        *(run("parley", "open5000", p50=0.5, p99=2.5) for _ in range(3)),
        *(run("ejabberd-archive", "open5000", failed="FAILED: 900 deliveries are missing\nmore", p50=900, p99=4000, clean=False)
          for _ in range(2)),
        *(run("parley", "group100max", cpu=1.5, rate=600000) for _ in range(3)),
        *(run("relay", "idle5000", memory=5800) for _ in range(3)),
    ],
}


class Cells(unittest.TestCase):
    def setUp(self):
        self.made = results.cells(SAMPLE)

    def test_a_figure_is_the_median_of_runs_that_were_kept(self):
        cell = self.made["pairs100"]["parley"]
        self.assertEqual(cell.median(*results.CPU), 22)
        self.assertEqual(cell.spread(*results.CPU), (20, 25))
        self.assertEqual((cell.thrown_away, cell.noisy, cell.failed), (1, 0, False))

    def test_what_failed_more_often_than_not_has_no_figure(self):
        cell = self.made["open5000"]["ejabberd-archive"]
        self.assertTrue(cell.failed)
        self.assertIsNone(cell.median(*results.P50))
        cell = results.Cell([run("a", "b", failed="once"), run("a", "b", cpu=3), run("a", "b", cpu=5)])
        self.assertEqual(cell.median(*results.CPU), 4)

    def test_a_server_without_figures_of_its_process_has_none(self):
        without = run("a", "b")
        without["report"]["server"] = None
        self.assertIsNone(results.Cell([without]).median(*results.CPU))


class Page(unittest.TestCase):
    def setUp(self):
        self.body = render.body(SAMPLE)

    def row(self, section, title):
        part = self.body.split(f"### {section}\n")[1].split("###")[0]
        rows = [line for line in part.splitlines() if line.startswith(f"| {title}")]
        self.assertEqual(len(rows), 1, part)
        return [cell.strip() for cell in rows[0].strip("|").split("|")]

    def test_rows_have_medians_spread_and_what_parley_takes_of_them(self):
        self.assertEqual(self.row("1:1, closed loop", "Beast relay"),
                         ["Beast relay", "nothing", "11 (10 to 30)", "2.00", "45,000 (45,000 to 45,000)"])
        self.assertEqual(self.row("1:1, closed loop", "Parley")[2:4], ["22 (20 to 25)", ""])
        self.assertEqual(self.row("1:1, closed loop", "ejabberd")[3], "0.03")
        self.assertEqual(self.row("Idle connections", "Beast relay")[1], "5.8 (5.8 to 5.8)")

    def test_what_failed_is_in_its_row_and_told_with_what_was_seen(self):
        self.assertEqual(self.row("1:1, 5,000 messages/s", "ejabberd")[2:], ["failed"] * 3)
        self.assertIn("failed 2 of 2 times; the first: FAILED: 900 deliveries are missing (p50 900 ms, p99 4,000 ms, 1,000 "
                      "deliveries/s)", self.body)

    def test_noise_is_told(self):
        self.assertIn("1 runs were thrown away", self.body)
        self.assertIn("Kept though other programs took more than 5% of the machine: ejabberd, archive in PostgreSQL, 1:1, "
                      "100 pairs, closed loop (3 of 3).", self.body)

    def test_limits_are_medians_of_rounds(self):
        self.assertRegex(self.body, r"E: an epoll echo +\| 2 µs of CPU")

    def test_only_what_lies_between_the_marks_is_made_anew(self):
        text = f"before\n\n{render.BEGIN}\nold\n{render.END}\n\nafter\n"
        once = render.page(text, SAMPLE, [("Idle connections", "memory.svg", "memory")])
        self.assertTrue(once.startswith("before\n\n") and once.endswith("\n\nafter\n"))
        self.assertNotIn("old", once)
        self.assertIn("![memory](compare/memory.svg)", once)
        self.assertEqual(render.page(once, SAMPLE, [("Idle connections", "memory.svg", "memory")]), once)

    def test_the_page_of_the_repository_has_the_marks(self):
        render.page(cli.PAGE.read_text(encoding="utf-8"), SAMPLE)

    def test_a_run_that_was_ended_early_says_so(self):
        self.assertIn("ended before", render.body({**SAMPLE, "complete": False, "limits": [], "runs": []}))


class Json(unittest.TestCase):
    def test_it_is_read_as_it_was_written_with_a_line_for_each_run(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "new/result.json"
            results.write(path, SAMPLE)
            self.assertEqual(results.read(path), results.rounded(SAMPLE))
            lines = path.read_text(encoding="utf-8").splitlines()
            self.assertEqual(sum('"report"' in line for line in lines), len(SAMPLE["runs"]))
            results.write(path, {**SAMPLE, "runs": []})
            self.assertEqual(results.read(path)["runs"], [])

    def test_the_machine_is_known(self):
        self.assertTrue(all(results.machine()[name] for name in ("cores", "memory_gib", "kernel", "system")))


@unittest.skipUnless(importlib.util.find_spec("matplotlib"), "tools/install_packages peers installs matplotlib")
class Plots(unittest.TestCase):
    def test_the_same_figures_make_the_same_files_and_what_failed_is_named(self):
        from compare_bench import plots, svg

        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            drawn = plots.draw_all(SAMPLE, pathlib.Path(one))
            self.assertEqual(drawn, [file for _, file, _ in plots.files()])
            self.assertEqual(plots.draw_all(copy.deepcopy(SAMPLE), pathlib.Path(two)), drawn)
            for name in drawn:
                text = (pathlib.Path(one) / name).read_text(encoding="utf-8")
                self.assertEqual(text, (pathlib.Path(two) / name).read_text(encoding="utf-8"))
                self.assertIn(svg.INK, text)
            self.assertIn("failed", (pathlib.Path(one) / "latency.svg").read_text(encoding="utf-8"))
            self.assertNotIn("failed", (pathlib.Path(one) / "pairs.svg").read_text(encoding="utf-8"))

    def test_what_nobody_measured_is_not_drawn(self):
        from compare_bench import plots

        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(plots.draw_all({**SAMPLE, "runs": []}, pathlib.Path(folder)), [])


class Turns(unittest.TestCase):
    def lead(self, found, retries=9, rounds=2, names=("a", "b"), workload="pairs100"):
        """The runs that are kept when run after run gives what `found` says."""
        kept, asked = [], iter(found)
        options = types.SimpleNamespace(rounds=rounds, seconds=1, warmup=0, retries=retries)
        made = [types.SimpleNamespace(name=name) for name in names]
        with mock.patch.object(runner, "one", lambda *_: next(asked)):
            turns.Turns(made, [workloads.ALL[workload]], options, kept.append, lambda _: None).go()
        return kept

    @staticmethod
    def one(others=0.01, failed=None, without=False):
        return {"report": None if without else report(others=others), "failed": failed}

    def test_all_take_their_turn_round_after_round(self):
        kept = self.lead([self.one()] * 4)
        self.assertEqual([(one["round"], one["peer"]) for one in kept], [(1, "a"), (1, "b"), (2, "a"), (2, "b")])

    def test_what_hardly_differs_is_not_measured_in_every_round(self):
        kept = self.lead([self.one()] * 3, rounds=5, names=("a",), workload="idle5000")
        self.assertEqual([one["round"] for one in kept], [1, 2, 3])

    def test_what_others_disturbed_is_thrown_away_and_done_again(self):
        kept = self.lead([self.one(0.3), self.one(), self.one()], rounds=1)
        self.assertEqual([bool(one["thrown_away"]) for one in kept], [True, False, False])
        self.assertEqual([one["peer"] for one in kept], ["a", "a", "b"])

    def test_and_kept_when_it_was_tried_often_enough(self):
        kept = self.lead([self.one(0.3)] * 6, rounds=1)
        self.assertEqual([bool(one["thrown_away"]) for one in kept], [True, True, False] * 2)
        kept = self.lead([self.one(0.3)] * 3, rounds=1, retries=1)
        self.assertEqual([bool(one["thrown_away"]) for one in kept], [True, False, False])

    def test_who_failed_twice_is_not_asked_again(self):
        kept = self.lead([self.one(failed="no", without=True)] * 2, rounds=4, names=("a",))
        self.assertEqual(len(kept), 2)

    def test_a_line_says_what_came_of_a_run(self):
        self.assertIn("20.0 µs", turns.line(run("a", "pairs100")))
        self.assertIn("6.0 kB", turns.line(run("a", "idle5000")))
        self.assertIn("FAILED, why", turns.line(run("a", "pairs100", failed="why")))


class Judge(unittest.TestCase):
    def test_an_open_loop_that_falls_behind_has_failed(self):
        self.assertIsNone(runner.judge(report(rate=4900), workloads.ALL["open5000"]))
        self.assertIn("fell behind: 4,000", runner.judge(report(rate=4000), workloads.ALL["open5000"]))
        self.assertIsNone(runner.judge(report(rate=9900), workloads.ALL["group100"]))
        self.assertIn("fell behind", runner.judge(report(rate=4900), workloads.ALL["group100"]))
        self.assertIsNone(runner.judge(report(rate=1), workloads.ALL["pairs100"]))

    def test_where_nothing_arrived_there_is_no_figure(self):
        self.assertIn("nothing arrived", runner.judge({**report(), "deliveries": 0}, workloads.ALL["pairs100"]))
        self.assertIsNone(runner.judge({**report(), "deliveries": 0}, workloads.ALL["idle5000"]))

    def test_what_is_not_clean_has_failed(self):
        self.assertEqual(runner.judge(report(clean=False), workloads.ALL["pairs100"], "lost"), "lost")


class Child:
    """A parley-bench that says these lines, and notes when it may go on."""

    def __init__(self, *lines):
        self.stdin, self.stderr = io.StringIO(), io.StringIO("".join(f"{line}\n" for line in lines))


class Leading(unittest.TestCase):
    def test_it_goes_on_when_the_server_rests_and_what_went_wrong_is_kept(self):
        child, rested = Child("phase connected", "phase warmup", "FAILED: 3 deliveries", "first error: lost"), []
        with mock.patch.object(runner, "settle", lambda pids: rested.append((pids, child.stdin.closed))):
            self.assertEqual(runner.follow(child, [7]), "FAILED: 3 deliveries first error: lost")
        self.assertEqual(rested, [([7], False)])
        self.assertTrue(child.stdin.closed)

    def test_a_server_rests_when_it_took_little_twice_in_a_row(self):
        looks = iter([0, 1, 1, 2, 2.001, 2.002, 9])
        with mock.patch.object(process, "cpu_s", lambda _: next(looks)), mock.patch.object(runner, "LOOK_S", 0.1), \
                mock.patch.object(runner.time, "sleep"):
            runner.settle([1])
        self.assertEqual(next(looks), 9)

    def test_what_a_process_has_started_counts_with_it(self):
        child = process.subprocess.Popen([sys.executable, "-c", "input()"], stdin=process.subprocess.PIPE)
        self.assertIn(child.pid, process.family(os.getpid()))
        self.assertGreater(process.cpu_s([os.getpid()]), 0)
        child.communicate(b"\n")
        self.assertNotIn(child.pid, process.family(os.getpid()))


class Servers(unittest.TestCase):
    ports = Ports()

    def test_every_configuration_is_filled_and_shown(self):
        values = {name: "1" for name in ("port", "api_port", "sql_port", "ops_port", "archive", "mam", "data", "folder",
                                         "buffers_mb", "jetstream", "storage", "muc_modules")}
        shown = {name for made in peers.ALL.values() for name in made.config_names}
        self.assertEqual({path.name.removesuffix(".in") for path in base.CONFIGS.iterdir()}, shown)
        for name in shown:
            self.assertNotIn("$", base.filled(name, **values))

    def test_a_process_runs_until_it_is_stopped_and_a_failed_start_tells_why(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            port = self.ports.take("test", ["127.0.0.1"])
            made = process.Process([sys.executable, "-m", "http.server", "-b", "127.0.0.1", port], folder)
            made.start(port)
            child = made.child
            made.stop()
            self.assertIsNotNone(child.returncode)
            with self.assertRaisesRegex(process.CompareError, "No module named nothing"):
                process.Process([sys.executable, "-m", "nothing"], folder).start(port)

    def test_a_command_that_fails_says_so(self):
        with self.assertRaisesRegex(process.CompareError, "failed"):
            process.run([sys.executable, "-c", "raise SystemExit('failed')"])


class Disk(unittest.TestCase):
    def test_what_lies_in_memory_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            with mock.patch.object(turns, "file_system", lambda _: "tmpfs"), self.assertRaises(process.CompareError):
                turns.check_disk(folder, 1)
            with mock.patch.object(turns, "file_system", lambda _: "ext2/ext3"):
                turns.check_disk(folder, 1)
                with self.assertRaisesRegex(process.CompareError, "GiB left"):
                    turns.check_disk(folder, 1 << 60)
        self.assertTrue(turns.file_system("/"))


class CommandLine(unittest.TestCase):
    def test_a_quick_try_keeps_nothing_and_a_whole_run_writes_the_result(self):
        quick = cli.parse("", ["--quick", "--only", "parley,relay", "--workloads", "pairs100"])
        self.assertEqual((quick.rounds, quick.retries, quick.json), (1, 0, None))
        self.assertEqual((quick.only, quick.workloads), (["parley", "relay"], ["pairs100"]))
        whole = cli.parse("", [])
        self.assertEqual((whole.json, whole.only), (cli.RESULT, peers.USUAL))

    def test_unknown_names_are_refused(self):
        with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
            cli.parse("", ["--only", "parley,icq"])
        self.assertIn("icq is none of", said.getvalue())


if __name__ == "__main__":
    unittest.main()
