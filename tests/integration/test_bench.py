"""parley-bench against a real server: each workload, briefly, and its figures against each other."""

import json
import os
import signal
import socket
import subprocess

import pytest

from harness.server import DEFAULT_ENV, clean_env, program

DEADLINE_S = 120
EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130


def bench(*args):
    command = [program("parley-bench"), *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S,
                          env=clean_env(), check=False)


def measure(server, workload, *args, duration="1"):
    """The JSON of a run that must be clean."""
    done = bench(workload, "--server", server.url, "--duration", duration, "--warmup", "0.3", "--drain",
                 "60", "--json", "-", *args)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["clean"] and result["workload"] == workload
    total = result["total"]
    received = total["delivered"] + total["echoed"] + total["recovered"]
    assert total["sent"] == total["acked"]
    assert total["expected"] == received and result["missing_deliveries"] == 0
    assert total["holes"] == total["repeated"] == total["refused"] == 0
    assert total["connections_lost"] == result["unanswered"] == 0
    return result


def check_latency(latency):
    assert latency["count"] > 0
    row = [latency[name] for name in ("p50", "p90", "p99", "p99.9", "max")]
    assert row == sorted(row) and row[0] > 0


def check_measured(result):
    """Rates, latencies and CPU agree with the counts."""
    assert result["messages"] > 0 and result["deliveries"] > 0
    assert result["messages_per_s"] == pytest.approx(
        result["messages"] / result["measured_s"], rel=1e-4)
    check_latency(result["ack_ms"])
    check_latency(result["delivery_ms"])
    server = result["server"]
    assert server["rss_connected_bytes"] > 1_000_000 and server["files"] > 0
    assert server["cpu_us_per_message"] == pytest.approx(
        server["cpu_s"] * 1e6 / result["messages"], rel=1e-3, abs=0.1)


def test_pairs_closed_loop(server):
    result = measure(server, "pairs", "--pairs", "5", "--in-flight", "2")
    check_measured(result)
    assert result["total"]["connected"] == 10
    assert result["total"]["delivered"] == result["total"]["acked"]  # one other member each


def test_pairs_open_loop_keeps_its_rate(server):
    result = measure(server, "pairs", "--pairs", "4", "--rate", "100", "--threads", "2")
    check_measured(result)
    # 1 s of measuring and 0.3 s of warm-up; what is late is sent nevertheless.
    assert 100 <= result["total"]["sent"] <= 100 * (1.3 + 5)


def test_group(server):
    result = measure(server, "group", "--members", "12", "--senders", "3", "--threads", "2")
    check_measured(result)
    assert result["total"]["delivered"] == 11 * result["total"]["acked"]


def test_group_open_loop(server):
    result = measure(server, "group", "--members", "12", "--rate", "50", "--payload", "1000")
    check_measured(result)


def test_idle(server):
    result = measure(server, "idle", "--connections", "50")
    assert result["total"]["connected"] == 50 and result["total"]["sent"] == 0
    assert result["server"]["rss_connected_bytes"] > 0


def test_mixed_resumes_without_loss(server):
    result = measure(server, "mixed", "--people", "12", "--conversations", "15", "--rate", "100",
                     "--reconnect-every", "1", duration="2")
    check_measured(result)
    assert result["total"]["reconnects"] > 0 and result["total"]["positions_sent"] > 0


def test_spawn_makes_a_figure_with_one_command():
    done = bench("pairs", "--spawn", "--parleyd", program("parleyd"), "--pairs", "3", "--duration",
                 "0.5", "--warmup", "0", "--set",
                 f"storage.engine={DEFAULT_ENV.get('PARLEY_STORAGE_ENGINE', 'rocksdb')}")
    assert done.returncode == 0, done.stderr
    assert "messages/s" in done.stdout and "per message" in done.stdout


def test_no_server_is_said_plainly():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        done = bench("pairs", "--server", url)
    assert done.returncode == EXIT_FAILED
    assert url in done.stderr and "refused" in done.stderr.lower()


@pytest.mark.parametrize("args", [
    (), ("pairs",), ("pairs", "--server", "http://h", "--spawn"), ("nothing", "--spawn"),
    ("pairs", "--spawn", "--pairs", "0"), ("group", "--spawn", "--members", "3", "--senders", "4")])
def test_usage_errors(args):
    done = bench(*args)
    assert done.returncode == EXIT_USAGE and done.stderr


def test_a_server_that_dies_fails_the_run(make_server):
    server = make_server().start()
    process = start_long_run(server, seconds="10")
    wait_for_progress(process)
    server.kill()
    _, errors = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == EXIT_FAILED
    assert b"connections were lost" in errors and b"first error" in errors


def test_ctrl_c_prints_what_was_measured(server):
    process = start_long_run(server)
    wait_for_progress(process)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == EXIT_INTERRUPTED, errors
    assert b"interrupted" in output and b"messages/s" in output


def start_long_run(server, seconds="100"):
    return subprocess.Popen(
        [program("parley-bench"), "pairs", "--server", server.url, "--pairs", "2", "--duration",
         seconds, "--warmup", "0", "--drain", "1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_env())


def wait_for_progress(process):
    """Until it says that it measures."""
    seen = b""
    while b"measuring" not in seen:
        part = os.read(process.stderr.fileno(), 4096)
        assert part, seen
        seen += part
