"""Tests of bench/fleet: what it makes of metrics, of parley-bench's report and of counts."""
import math
import os
import pathlib
import socket
import sys
import threading
import time
import types
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tools")]

from fleet_bench import cli, counters, group, growth, hop, p17, report, share, stored, storm  # noqa: E402

PAGE = """# HELP parley_bus_large_total Events of large conversations.
# TYPE parley_bus_large_total counter
parley_bus_large_total 12
parley_cassandra_statements_total{statement="log.append"} 100
parley_cassandra_statements_total{statement="log.head"} 7
parley_cassandra_seconds_bucket{statement="log.append",le="0.004"} 10
parley_cassandra_seconds_bucket{statement="log.append",le="0.006"} 90
parley_cassandra_seconds_bucket{statement="log.append",le="+Inf"} 100
parley_cassandra_seconds_sum{statement="log.append"} 0.6
parley_cassandra_seconds_count{statement="log.append"} 100
parley_errors_total{code="a \\"quoted\\" one"} 1
"""


def page(text=PAGE):
    return counters.Counters(counters.parse(text))


def moment(at, cpu, nodes, busy=0.0, whole=0.0):
    return counters.Moment(at, cpu, busy, whole, {name: page(text) for name, text in nodes.items()})


class Metrics(unittest.TestCase):
    def test_samples_are_found_by_name_and_labels(self):
        read = page()
        self.assertEqual(read.total("parley_bus_large_total"), 12)
        self.assertEqual(read.total("parley_cassandra_statements_total"), 107)
        self.assertEqual(read.total("parley_cassandra_statements_total", statement="log.head"), 7)
        self.assertEqual(read.total("parley_cassandra_statements_total", statement="other"), 0)
        self.assertEqual(read.by("parley_cassandra_statements_total", "statement"), {"log.append": 100, "log.head": 7})

    def test_what_is_no_metric_is_refused(self):
        with self.assertRaises(ValueError):
            counters.parse("<html>")

    def test_a_quantile_lies_within_its_bucket(self):
        self.assertAlmostEqual(page().quantile("parley_cassandra_seconds", 0.5, statement="log.append"), 0.005)
        self.assertAlmostEqual(page().quantile("parley_cassandra_seconds", 0.05, statement="log.append"), 0.002)
        self.assertEqual(page().quantile("parley_cassandra_seconds", 0.99, statement="log.append"), 0.006)
        self.assertIsNone(page().quantile("parley_cassandra_seconds", 0.5, statement="log.head"))

    def test_a_mean_is_the_sum_over_the_count(self):
        self.assertAlmostEqual(page().mean("parley_cassandra_seconds", statement="log.append"), 0.006)
        self.assertIsNone(page().mean("parley_cassandra_seconds", statement="log.head"))

    def test_a_span_holds_what_came_between_and_leaves_out_who_was_killed(self):
        begin = moment(10, {"parleyd-1": 1.0, "parleyd-2": 2.0, "nats-1": 5.0}, {"parleyd-1": PAGE, "parleyd-2": PAGE}, 50, 100)
        end = moment(20, {"parleyd-2": 2.5, "nats-1": 5.25}, {"parleyd-2": PAGE.replace(" 12\n", " 20\n")}, 53, 120)
        span = counters.Span(begin, end)
        self.assertEqual(span.seconds, 10)
        self.assertEqual(span.cpu_of("parleyd"), 0.5)
        self.assertEqual(list(span.nodes), ["parleyd-2"])
        self.assertEqual(span.all_nodes.total("parley_bus_large_total"), 8)
        self.assertAlmostEqual(span.others, (3 - 0.75) / 20)


class Processes(unittest.TestCase):
    def test_cpu_of_a_process_grows_with_what_it_does(self):
        before, own = counters.cpu_s(os.getpid()), time.process_time()
        while time.process_time() - own < 0.05:
            pass
        self.assertAlmostEqual(counters.cpu_s(os.getpid()) - before, time.process_time() - own, delta=0.02)

    def test_a_process_that_has_ended_used_none(self):
        child = os.posix_spawn("/bin/true", ["true"], {})
        os.waitpid(child, 0)
        self.assertIsNone(counters.cpu_s(child))

    def test_time_of_the_machine_is_read_as_the_kernel_tells_it(self):
        self.assertEqual(counters.machine_s("cpu 100 0 200 700 50 0 10 40 0 0\ncpu0 1"), (3.5, 11.0))


def node(large=0, received=0, out=0, came=0):
    return counters.Counters(counters.parse(
        f"parley_bus_large_total {large}\nparley_bus_received_total {received}\nparley_nats_messages_out_total {out}\n"
        f"parley_nats_messages_in_total {came}\n"))


class Group(unittest.TestCase):
    def count(self, **nodes):
        return group.counted(types.SimpleNamespace(nodes={name: node(*row) for name, row in nodes.items()}))

    def test_one_publication_that_each_other_node_takes_once_holds(self):
        counted = self.count(a=(0, 50, 9, 60), b=(50, 0, 59, 8), c=(0, 50, 10, 61))
        self.assertTrue(group.judge(counted, 50))
        self.assertEqual((counted["a"]["other_out"], counted["b"]["other_out"], counted["c"]["other_in"]), (9, 9, 11))

    def test_anything_more_or_less_does_not(self):
        self.assertFalse(group.judge(self.count(a=(0, 50), b=(50, 0), c=(0, 49)), 50))
        self.assertFalse(group.judge(self.count(a=(0, 50), b=(51, 0), c=(0, 50)), 50))
        self.assertFalse(group.judge(self.count(a=(0, 100), b=(50, 0), c=(0, 50)), 50))
        self.assertFalse(group.judge(self.count(a=(25, 25), b=(25, 25), c=(0, 50)), 50))


class Growth(unittest.TestCase):
    @staticmethod
    def row(cost, received, forwarded, deliveries=1):
        return {"messages_per_s": 100, "deliveries_per_s": 100 * deliveries, "cpu_us_per_delivery": cost,
                "net_us_per_delivery": cost, "bus_received_per_message": received, "forwarded_per_message": forwarded,
                "by_node": [1, 2]}

    def test_what_lies_beyond_the_bus_is_flat_where_only_the_bus_grew(self):
        runs = {"pairs": {1: [self.row(100, 0, 0)], 2: [self.row(120, 1, 0.5)], 3: [self.row(130, 4 / 3, 5 / 6)]},
                "group": {1: [self.row(10, 0, 0, 200)], 2: [self.row(10.1, 1, 0.5, 200)], 3: [self.row(10.15, 2, 0.5, 200)]}}
        medians, price, growth_of = growth.judge(runs)
        self.assertAlmostEqual(price, 10)
        self.assertAlmostEqual(medians["pairs"][3]["beyond_hop_us_per_delivery"], 100)
        self.assertAlmostEqual(growth_of["pairs"], 0)
        self.assertLess(abs(growth_of["group"]), 0.01)

    def test_other_growth_is_told(self):
        runs = {"pairs": {1: [self.row(100, 0, 0)], 2: [self.row(120, 1, 0.5)], 3: [self.row(130, 4 / 3, 5 / 6)]},
                "group": {1: [self.row(10, 0, 0, 200)], 2: [self.row(11, 1, 0, 200)], 3: [self.row(13, 2, 0, 200)]}}
        self.assertAlmostEqual(growth.judge(runs)[2]["group"], 0.29, delta=0.01)

    def test_the_middle_of_runs_is_their_median(self):
        self.assertEqual(growth.middle([self.row(c, 0, 0) for c in (1, 9, 2)])["cpu_us_per_delivery"], 2)


class P17(unittest.TestCase):
    def test_medians_are_held_against_must_and_aim(self):
        def runs(*costs, beyond=0.5):
            return [{"cpu_us_per_message": cost, "beyond_ms": beyond} for cost in costs]

        found = p17.judge({"embedded": runs(50, 10, 60), "fleet-1": runs(100, 90, 500), "fleet-3": runs(200, beyond=2.5),
                           "embedded-closed": runs(50), "fleet-3-closed": runs(120)})
        words = [p17.word(*one) for one in found.values()]
        self.assertEqual(words, ["aim", "MISSED", "aim", "MISSED"])


class Storm(unittest.TestCase):
    @staticmethod
    def told(missing=0, returned=50):
        return {"storm": {"all_level_ms": 900, "level_ms": {"p50": 500, "p99": 800}}, "missing_deliveries": missing,
                "clean": not missing,
                "total": {"connections_lost": 50, "returned": returned, "connects_failed": 0, "recovered": 3, "sent": 40,
                          "holes": 0, "repeated": 0, "resets": 0}}

    @staticmethod
    def span(heads):
        begin = moment(0, {"parleyd-2": 1.0, "cassandra-1": 1.0}, {"parleyd-2": ""})
        end = moment(2, {"parleyd-2": 1.01, "cassandra-1": 1.5}, {
            "parleyd-2": f'parley_cassandra_statements_total{{statement="log.head"}} {heads}\nparley_resumes_total 50\n'})
        return counters.Span(begin, end)

    def test_one_read_for_a_conversation_and_node_is_the_most(self):
        found = storm.judge(self.told(), self.span(25), 50, 25)
        self.assertTrue(found["held"])
        self.assertEqual(found["reads"]["parleyd-2"]["resumes"], 50)
        self.assertAlmostEqual(found["parleyd_cpu_us_per_resume"], 200)
        self.assertFalse(storm.judge(self.told(), self.span(26), 50, 25)["held"])

    def test_who_or_what_did_not_come_back_is_a_failure(self):
        self.assertFalse(storm.judge(self.told(missing=1), self.span(25), 50, 25)["held"])
        self.assertFalse(storm.judge(self.told(returned=49), self.span(25), 50, 25)["held"])


class Share(unittest.TestCase):
    def test_what_a_message_cost_is_worked_out_from_cpu_and_counts(self):
        run = types.SimpleNamespace(
            messages=100, deliveries=200,
            measured=counters.Span(
                moment(0, {"parleyd-1": 1.0, "parleyd-2": 1.0, "cassandra-1": 2.0}, {"parleyd-1": "", "parleyd-2": ""}),
                moment(10, {"parleyd-1": 1.03, "parleyd-2": 1.01, "cassandra-1": 2.5},
                       {"parleyd-1": PAGE, "parleyd-2": "parley_bus_received_total 150\n"})),
            report={"measured_s": 12.5, "messages_per_s": 8, "deliveries_per_s": 16, "ack_ms": {"p50": 6, "mean": 6},
                    "delivery_ms": {"p50": 7, "mean": 8, "p99": 9}})
        found = share.of(run, 2)
        # 40 ms in 10 s, in which 80 of the 100 were sent.
        self.assertAlmostEqual(found["cpu_us_per_message"], 500)
        self.assertAlmostEqual(found["cpu_us_per_delivery"], 250)
        self.assertAlmostEqual(found["cassandra_cpu_us_per_message"], 6250)
        self.assertAlmostEqual(found["bus_received_per_message"], 1.5)
        self.assertAlmostEqual(found["batch_p50_ms"], 5)
        self.assertAlmostEqual(found["batch_mean_ms"], 6)
        self.assertAlmostEqual(found["appends_per_message"], 1)


TABLESTATS = """Keyspace : parley
	Read Count: 7
		Table: log
		SSTable count: 1
		Space used (live): 900000
		Space used (total): 900000
		Table: sent
		Space used (live): 60000
"""


class Stored(unittest.TestCase):
    def test_tables_are_compared_by_the_bytes_of_their_files(self):
        after = stored.parse(TABLESTATS)
        self.assertEqual(after, {"log": 900000, "sent": 60000})
        self.assertEqual(stored.judge({"log": 700000}, {**after, "users": 5}, 1000), {"log": 200, "sent": 60})


class Nats:
    """One server that both clients talk to: hands on what is published to whoever subscribed."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.hosts, self.port = ["127.0.0.1"], self.listener.getsockname()[1]
        self.subscriber = None
        for _ in range(2):
            threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        client, _ = self.listener.accept()
        client.sendall(b"INFO {}\r\n")
        lines = client.makefile("rb")
        with client, lines:
            self.answer(client, lines)

    def answer(self, client, lines):
        for line in lines:
            word = line.split()[0]
            if word == b"SUB":
                self.subscriber = client
            elif word == b"PING":
                client.sendall(b"PING\r\nPONG\r\n")
            elif word == b"PUB":
                data = lines.read(int(line.split()[-1]) + 2)
                self.subscriber.sendall(b"MSG %s 1 %d\r\n%s" % (line.split()[1], len(data) - 2, data))


class Hop(unittest.TestCase):
    def test_hops_are_timed_until_it_ends(self):
        enough, server = threading.Event(), Nats()
        self.addCleanup(server.listener.close)
        with hop.Probe(server) as probe:
            while len(probe.taken) < 3 and not enough.wait(0.02):
                self.assertTrue(probe.thread.is_alive())
        self.assertGreater(probe.median_ms, 0)
        self.assertGreaterEqual(probe.mean_ms, min(probe.taken))
        self.assertLess(probe.median_ms, 1000)


class Report(unittest.TestCase):
    def test_a_table_is_markdown_with_figures_of_three_digits(self):
        self.assertEqual(report.table(["a", "bcd"], [["x", 1.23456], ["yy", 12345.6], ["", None]]).splitlines(),
                         ["| a  | bcd    |", "| -- | ------ |", "| x  | 1.23   |", "| yy | 12,346 |", "|    | –      |"])

    def test_json_is_rounded_and_has_no_nan(self):
        self.assertEqual(report.rounded({"a": [1.23456789, math.nan, 7, None, "x", True]}),
                         {"a": [1.2346, None, 7, None, "x", True]})

    def test_every_figure_has_its_options(self):
        for what in cli.MEASUREMENTS:
            self.assertEqual(cli.parse("", [what, "--json", "f"]).what, what)


if __name__ == "__main__":
    unittest.main()
