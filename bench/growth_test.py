"""Tests of bench/growth: whole tries of it on reports that are made up, what it makes of runs, the page and the plots."""
import contextlib
import importlib.util
import io
import json
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]

from compare_bench import process, results, turns  # noqa: E402
from growth_bench import cli, curves, render, result, stored, stores  # noqa: E402
from growth_bench.curve import Line, Ratio  # noqa: E402
from targets_bench import groups, programs, session  # noqa: E402


def load(cost=60.0, memory=4000, others=0.0, p99=5.0):
    """A report of pairs or a group, as far as it is looked at."""
    return {"other_programs_share": others, "total": {"acked": 1}, "delivery_ms": {"p50": 1.0, "p99": p99},
            "server": {"cpu_us_per_message": cost, "cpu_us_per_delivery": cost, "rss_per_connection_bytes": memory}}


def step(p99=2.0, cost=50.0):
    return {"ms": {"p50": p99 / 2, "p99": p99, "max": 2 * p99}, "cpu_us_each": cost, "cpu_us_per_message": cost}


def inbox(p99=2.0):
    return {"other_programs_share": 0, "steps": {f"{what}_{state}": step(p99) for state in ("cold", "warm")
                                                 for what in ("first_page", "all_pages", "resume")}}


def history(stored_messages=1, **named):
    found = {name: step() for name in ("random_page", "last_page", "send", "restart")}
    return {"other_programs_share": 0, "steps": {"fill": {"stored": stored_messages}, **found, **named}}


class Programs:
    """Instead of the real ones; keeps the command lines."""

    def __init__(self):
        self.lines, self.answers = [], []

    def run(self, words, _spawn, _begin=None):
        """One of the answers, while there are any."""
        words = [str(word) for word in words]
        self.lines.append(" ".join(words))
        if self.answers:
            return self.answers.pop(0)
        if words[1] == "history":
            folder = pathlib.Path(words[words.index("--data-dir") + 1])
            folder.mkdir(exist_ok=True)
            (folder / "written").write_text(self.lines[-1], encoding="utf-8")
            return history(int(words[words.index("--stored") + 1]))
        return inbox() if words[1] == "inbox" else load()

    @contextlib.contextmanager
    def __call__(self):
        with mock.patch.object(session, "run", self.run), \
                mock.patch.object(programs, "relay", lambda _durable=False: contextlib.nullcontext("relay://127.0.0.1:1")), \
                mock.patch.object(programs, "compacted", lambda _: {"log": 200_000, "total": 256_000}), \
                mock.patch.object(turns, "check_disk"), mock.patch.object(process, "allow_files"):
            yield self


def quietly(function, *arguments):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return function(*arguments)


class Tries(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "result.json"
        self.made = Programs()
        self.enterContext(self.made())

    def main(self, *words):
        return quietly(cli.main, "", ["--quick", "--json", str(self.file), "--stores", str(self.file.parent / "stores"), *words])

    def test_all_curves_are_measured_and_kept(self):
        self.assertEqual(self.main("--rounds", "2"), 0)
        found = result.read(self.file)
        self.assertEqual(list(found["curves"]), list(curves.ALL))
        for name, curve in curves.ALL.items():
            told = found["curves"][name]
            self.assertEqual((told["points"], told["rounds"]), (list(curve.quick), 2))
            self.assertTrue(told["date"] and told["commands"])
            kept = result.runs_of(found, name)
            for line in (line for panel in curve.panels for line in panel.lines if isinstance(line, Line)):
                for point in curve.quick[1:]:
                    self.assertTrue(line.values(kept, point), (name, line, point))

    def test_points_take_turns_round_after_round(self):
        self.main("members", "--rounds", "2")
        members = [line.split("--members ")[1].split()[0] for line in self.made.lines]
        self.assertEqual(members, ["10", "10", "30", "30"] * 2)

    def test_what_is_measured_later_replaces_its_curve_and_leaves_the_others(self):
        self.main("members", "connections")
        before = result.read(self.file)
        self.made.answers = [load(cost) for cost in (60, 20, 66, 20)]
        self.assertEqual(self.main("members"), 0)
        after = result.read(self.file)
        self.assertEqual(result.runs_of(after, "connections"), result.runs_of(before, "connections"))
        self.assertEqual(list(after["curves"]), ["members", "connections"])
        kept = result.runs_of(after, "members")
        self.assertEqual([run["server"]["cpu_us_per_delivery"] for run in kept["parley, 30 members"]], [66])
        self.assertNotIn("total", kept["parley, 30 members"][0])

    def test_what_grows_too_much_is_exit_code_1(self):
        self.made.answers = [load(cost) for cost in (60, 20, 75, 20)]
        self.assertEqual(self.main("members"), 1)

    def test_a_curve_that_fails_is_exit_code_2_and_the_others_stay(self):
        with mock.patch.object(programs, "relay", side_effect=programs.TargetError("no relay")):
            self.assertEqual(self.main("members", "conversations"), 2)
        self.assertEqual(list(result.read(self.file)["curves"]), ["conversations"])

    def test_a_disturbed_run_is_done_again(self):
        self.made.answers = [inbox() | {"other_programs_share": 0.3}]
        self.main("conversations", "--others", "5")
        self.assertEqual(len(self.made.lines), 3)
        self.assertIn("more than 5% of the machine: 1 runs", render.body(result.read(self.file)))

    def test_each_run_begins_with_the_store_as_it_was_filled(self):
        self.main("stored")
        left = {path.name: path for path in (self.file.parent / "stores").iterdir()}
        self.assertEqual(set(left), {str(count) for count in curves.ALL["stored"].quick})
        for folder in left.values():
            self.assertIn("--fill-only", (folder / "written").read_text(encoding="utf-8"))
        self.assertEqual(sum("--restarts 0" in line for line in self.made.lines), 3)  # the cold ones


class Figures(unittest.TestCase):
    def test_a_line_is_the_median_of_its_rounds_and_nothing_where_nothing_was_measured(self):
        line = Line("parleyd", "parley, {} members", groups.DELIVERY, 0.5)
        runs = {"parley, 10 members": [load(cost) for cost in (4, 6, 90)], "relay, 10 members": [load(2)]}
        self.assertEqual((line.median(runs, 10), line.median(runs, 30)), (3, None))
        ratio = Ratio("ratio", line, Line("relay", "relay, {} members", groups.DELIVERY, 0.5))
        self.assertEqual((ratio.values(runs, 10), ratio.values(runs, 30)), ([3], []))

    def test_members_are_judged_by_the_growth_of_the_ratio_to_the_relay(self):
        runs = {"parley, 10 members": [load(60)], "relay, 10 members": [load(20)],
                "parley, 300 members": [load(30)], "relay, 300 members": [load(8)],
                "parley, 1000 members": [load(30)], "relay, 1000 members": [load(10)]}
        row, = curves.ALL["members"].rows(runs, (10, 300, 1000))
        self.assertAlmostEqual(row.figure, 25)
        self.assertEqual(row.verdict, "MISSED")

    def test_memory_is_judged_where_there_are_enough_connections(self):
        runs = {f"{who}, {count} people": [load(memory=memory)] for count, memory in ((10, 90_000), (1000, 7000), (5000, 2000))
                for who in ("parley", "relay")}
        rows = curves.ALL["connections"].rows(runs, (10, 1000, 5000))
        self.assertEqual([(row.target, row.figure, row.verdict) for row in rows],
                         [("P6", 0, "aim"), ("P7", 7, "must"), ("P7", 2, "aim")])

    def test_conversations_are_judged_where_there_are_most(self):
        runs = {"10 conversations": [inbox(90)], "5,000 conversations": [inbox(6)]}
        self.assertEqual([row.verdict for row in curves.ALL["conversations"].rows(runs, (10, 5000))], ["must"] * 3)

    def test_each_store_is_compared_with_the_small_one(self):
        runs = {}
        for count, p99 in ((stored.EMPTY, 0.1), (100, 1), (1000, 1.3), (10_000, 1.6)):
            runs[stored.WARM.format(count)] = [history(send=step(cost=50 + count / 1000))]
            runs[stored.COLD.format(count)] = [history(random_page=step(p99))]
            runs[stored.DISK.format(count)] = [{"disk": {"bytes_per_message": 256}}]
        rows = curves.ALL["stored"].rows(runs, (stored.EMPTY, 100, 1000, 10_000))
        cold = [(row.what, row.verdict) for row in rows if row.what.startswith("random") and "cold" in row.what]
        self.assertEqual(cold, [("random page, p99, 1,000 messages against 100, cold", "must"),
                                ("random page, p99, 10,000 messages against 100, cold", "MISSED")])
        self.assertAlmostEqual(next(row.figure for row in rows if row.what.startswith("CPU per send, 10,000")), 60 / 50.1)
        self.assertEqual([(row.target, row.verdict) for row in rows[-2:]], [("P11", "aim"), ("P12", "must")])


class Stores(unittest.TestCase):
    def test_a_copy_shares_tables_alone_and_goes_with_its_run(self):
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place) / "10"
            (folder / "data/store").mkdir(parents=True)
            table, log = folder / "data/store/1.sst", folder / "data/store/2.log"
            table.write_bytes(b"table")
            log.write_bytes(b"log")
            with stores.copy(folder) as own:
                stores.read_in(own)
                stores.evict(own)
                self.assertTrue((own / "data/store/1.sst").samefile(table))
                (own / "data/store/1.sst").unlink()
                with (own / "data/store/2.log").open("ab") as file:
                    file.write(b" and more")
            self.assertEqual((table.read_bytes(), log.read_bytes()), (b"table", b"log"))
            self.assertEqual(list(pathlib.Path(place).iterdir()), [folder])

    def test_stores_in_memory_are_refused(self):
        with tempfile.TemporaryDirectory() as place, mock.patch.object(turns, "file_system", lambda _: "tmpfs"), \
                self.assertRaisesRegex(programs.TargetError, "--stores"):
            stored.check_disk(session.Session(cli.parse("", ["--quick", "--stores", place])))


def sample():
    """Three rounds of two curves."""
    found = {"curves": {}, "runs": []}
    told = {"date": "2026-01-02", "commit": "abc", "machine": {"cores": 2, "processor": "a processor", "memory_gib": 24,
            "system": "Debian", "kernel": "6.1"}, "rounds": 3, "quick": False, "others": 5, "commands": ["parley-bench x"],
            "notes": ["thrown away: other programs took 9 % of the machine"], "took_s": 1}
    runs = {f"{who}, {size} members": [load(cost * factor, others=0.2 if size == 10 else 0) for factor in (1, 1.5, 9)]
            for who, cost in (("parley", 20), ("relay", 10)) for size in (10, 1000)}
    result.put(found, "members", told | {"points": [10, 1000]}, runs)
    points = [stored.EMPTY, 100_000, 10_000_000]
    runs = {kind.format(count): [history()] for kind in (stored.WARM, stored.COLD) for count in points}
    runs |= {stored.DISK.format(count): [{"other_programs_share": 0, "disk": {"bytes_per_message": 140.0}}]
             for count in points[1:]}
    result.put(found, "stored", told | {"points": points, "quick": True, "notes": []}, runs)
    return json.loads(json.dumps(found))


class Page(unittest.TestCase):
    def test_each_curve_has_its_figures_its_verdict_and_how_it_was_measured(self):
        body = render.body(sample(), ["members"])
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines() if line.startswith("|")]
        self.assertIn(["members, all online", "10", "1,000"], rows)
        self.assertIn(["CPU per delivery, µs: parleyd", "30 (20 to 180)", "30 (20 to 180)"], rows)
        self.assertIn(["bytes per message, compacted", "–", "140", "140"], rows)
        self.assertIn(["messages in the store", "empty", "100,000", "10,000,000"], rows)
        self.assertIn(["P6", "growth of CPU per delivery / the relay's, 10 to 1,000 members, %", "0", "≤ 20 %", "≤ 10 %",
                       "aim"], rows)
        self.assertIn("2026-01-02, abc: 2 cores (a processor)", body)
        self.assertIn("![Members of a group](growth/members.svg)", body)
        self.assertNotIn("stored.svg", body)
        self.assertIn("    parley-bench x", body)
        self.assertIn("more than 5% of the machine: 1 runs", body)
        self.assertIn("Kept though they took more than 5%: 6 of 12 runs", body)
        self.assertEqual(body.count("A try with small sizes"), 1)
        self.assertIn("Not measured yet: Connections, Conversations of a person.", body)

    def test_without_a_run_there_is_none(self):
        self.assertEqual(render.body({"curves": {}, "runs": []}), "None yet.")

    def test_the_page_of_the_repository_has_the_marks_and_is_made_of_its_result(self):
        text = cli.PAGE.read_text(encoding="utf-8")
        found = result.read(cli.RESULT)
        self.assertEqual(render.page(text, found, list(found["curves"])), text)


@unittest.skipUnless(importlib.util.find_spec("matplotlib"), "tools/install_packages test installs matplotlib")
class Plots(unittest.TestCase):
    def test_each_curve_is_drawn_and_the_same_for_the_same_figures(self):
        from compare_bench import svg
        from growth_bench import plots

        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            drawn = plots.draw_all(sample(), pathlib.Path(one))
            self.assertEqual(drawn, ["members", "stored"])
            plots.draw_all(sample(), pathlib.Path(two))
            for name in drawn:
                text = (pathlib.Path(one) / f"{name}.svg").read_text(encoding="utf-8")
                self.assertEqual(text, (pathlib.Path(two) / f"{name}.svg").read_text(encoding="utf-8"))
                self.assertIn(svg.INK, text)
            for label in ("empty", "100k", "10M", "random page, p99, ms"):
                self.assertIn(label, text)

    def test_rendering_writes_the_page_and_the_plots_and_measures_nothing(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            page, kept = folder / "growth.md", folder / "growth/result.json"
            page.write_text(f"before\n\n{render.BEGIN}\nold figures\n{render.END}\n\nafter\n", encoding="utf-8")
            results.write(kept, sample())
            with mock.patch.object(cli, "PAGE", page), mock.patch.object(cli, "RESULT", kept), \
                    mock.patch.object(session, "run", side_effect=AssertionError):
                self.assertEqual(cli.main("", ["--render", "--json", str(kept)]), 0)
            text = page.read_text(encoding="utf-8")
            self.assertTrue(text.startswith("before\n\n") and text.endswith("\n\nafter\n"))
            self.assertNotIn("old figures", text)
            self.assertTrue(all((folder / link).exists() for link in ("growth/members.svg", "growth/stored.svg")))


class CommandLine(unittest.TestCase):
    def test_a_try_keeps_nothing_and_a_whole_run_writes_the_result(self):
        with mock.patch.object(importlib.util, "find_spec"):
            quick, whole = cli.parse("", ["--quick"]), cli.parse("", ["members", "stored", "members"])
        self.assertEqual((quick.rounds, quick.json, quick.curves), (1, None, list(curves.ALL)))
        self.assertEqual((whole.rounds, whole.json, whole.curves, whole.others), (3, cli.RESULT, ["members", "stored"], 5))

    def test_what_could_not_be_drawn_in_the_end_is_not_measured(self):
        with mock.patch.object(importlib.util, "find_spec", lambda _: None), self.assertRaises(SystemExit), \
                contextlib.redirect_stderr(io.StringIO()) as said:
            cli.parse("", ["members"])
        self.assertIn("matplotlib", said.getvalue())

    def test_unknown_curves_are_refused(self):
        with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
            cli.parse("", ["cores"])
        self.assertIn("cores", said.getvalue())


if __name__ == "__main__":
    unittest.main()
