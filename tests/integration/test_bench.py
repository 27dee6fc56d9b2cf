"""parley-bench against a real server: each workload, briefly, and its figures against each other."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import urllib.request

import pytest

from harness.server import DEFAULT_ENV, clean_env, program

DEADLINE_S = 120
ENGINE = DEFAULT_ENV.get("PARLEY_STORAGE_ENGINE", "rocksdb")
# A store in memory does not outlive its server.
needs_disk = pytest.mark.skipif(ENGINE == "memory", reason="restarts want a store on the disk")
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


def test_messages_end_the_measuring(server):
    result = measure(server, "pairs", "--pairs", "2", "--messages", "50", duration="600")
    assert result["total"]["acked"] >= 50 and result["measured_s"] < 300


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
                 f"storage.engine={ENGINE}")
    assert done.returncode == 0, done.stderr
    assert "messages/s" in done.stdout and "per message" in done.stdout


def spawned(workload, *args):
    """The JSON of a clean run on a server of its own."""
    done = bench(workload, "--spawn", "--parleyd", program("parleyd"), "--json", "-", *args, "--set",
                 f"storage.engine={ENGINE}")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["clean"] and result["workload"] == workload
    return result


def test_pairs_with_idle_people_and_a_real_conversation(server):
    result = measure(server, "pairs", "--pairs", "3", "--idle-people", "20", "--real", "--threads", "2")
    check_measured(result)
    total = result["total"]
    assert total["connected"] == 26
    # Typing before each message; delivered and read after each that came.
    assert total["typing_sent"] == total["sent"]
    assert total["positions_sent"] == 2 * total["delivered"]
    assert total["receipts_received"] > 0 and total["typing_received"] > 0


@pytest.mark.parametrize("workload", [("pairs", "--pairs", "6"), ("group", "--members", "9", "--senders", "3"),
                                      ("pairs", "--pairs", "6", "--rate", "100")])
def test_several_processes_count_and_measure_together(server, workload):
    result = measure(server, *workload, "--processes", "2", "--threads", "2")
    check_measured(result)
    assert result["total"]["connected"] in (9, 12)
    assert result["ack_ms"]["count"] <= result["total"]["acked"]
    assert 0 < result["generator"]["busiest_thread"] < 1 and result["generator"]["cores"] > 0


@needs_disk
@pytest.mark.parametrize("missed", [0, 60])
def test_storm_all_come_back_to_a_server_that_was_killed(missed):
    result = spawned("storm", "--people", "40", "--conversations", "30", "--outsiders", "4", "--missed",
                     str(missed), "--stored", "90")
    storm, total = result["storm"], result["total"]
    assert storm["returned"] == 40 and storm["away"] == 0 and storm["ready_ms"] > 0
    assert total["holes"] == total["repeated"] == result["missing_deliveries"] == 0
    assert total["sent"] == total["acked"] == missed and (storm["recovered"] >= missed)
    # A new process knows nothing: each conversation once, and each person's list.
    assert storm["store_reads"]["snapshots"] == storm["conversations"] <= 30
    assert storm["store_reads"]["memberships"] <= 40
    assert storm["cpu_us_each"] > 0 and storm["all_level_ms"] >= storm["level_ms"]["p50"]


def test_storm_without_a_restart_brings_what_was_missed(server):
    result = storm_of_clients(server)
    storm, total = result["storm"], result["total"]
    assert storm["returned"] == total["reconnects"] == 36 and storm["ready_ms"] is None
    assert total["connections_lost"] == total["connects_failed"] == 0
    assert storm["recovered"] > 0 and total["acked"] == 50


def storm_of_clients(server):
    done = bench("storm", "--server", server.url, "--people", "40", "--conversations", "30", "--outsiders", "4",
                 "--no-restart", "--missed", "50", "--json", "-")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@needs_disk
def test_inbox_pages_and_resumes_cold_and_warm():
    # More heads than one `resume` frame takes.
    result = spawned("inbox", "--conversations-each", "1002", "--people", "3", "--repeats", "2", "--restarts", "1")
    steps = result["steps"]
    assert set(steps) == {f"{what}_{state}" for what in ("first_page", "all_pages", "resume") for state in ("cold", "warm")}
    for name, step in steps.items():
        check_latency(step["ms"])
        times = 1 if name.endswith("cold") else 2
        pages = 11 if name.startswith("all_pages") else 1  # ten of 100, and the rest
        assert step["ms"]["count"] == 3 * times * pages, name
        assert step["cpu_us_each"] > 0


@needs_disk
def test_history_keeps_its_store_for_the_next_run(tmp_path):
    options = ("--conversations", "3", "--data-dir", str(tmp_path / "store"))
    filled = spawned("history", "--stored", "200", *options, "--fill-only")["steps"]
    assert set(filled) == {"fill"} and filled["fill"]["stored"] == 200 and filled["fill"]["messages_per_s"] > 0
    again = spawned("history", "--stored", "350", *options, "--pages", "20", "--pairs", "2", "--duration", "0.5",
                    "--restarts", "2")["steps"]
    assert again["fill"]["stored"] == 350 and again["fill"]["ms"]["count"] == 150
    assert again["random_page"]["ms"]["count"] == again["last_page"]["ms"]["count"] == 20
    assert again["restart"]["ms"]["count"] == 2 and again["restart"]["ms"]["max"] > 0
    assert again["send"]["messages_per_s"] > 0 and again["send"]["cpu_us_per_message"] > 0
    assert again["disk"]["table_bytes"] + again["disk"]["log_bytes"] > 350 * 128


@needs_disk
def test_a_compacted_store_has_all_its_messages(tmp_path):
    options = ("--stored", "300", "--conversations", "2", "--fill-only", "--data-dir", str(tmp_path))
    spawned("history", *options)
    done = subprocess.run([program("parley-compact"), str(tmp_path / "data/store")], capture_output=True, text=True,
                          timeout=DEADLINE_S, env=clean_env(), check=False)
    assert done.returncode == 0, done.stderr
    after = json.loads(done.stdout)["after"]
    assert after["total"] == sum(size for family, size in after.items() if family != "total")
    # Random letters: what is stored of a message is not much less than it.
    assert after["log"] > 300 * 128 / 2
    again = spawned("history", *options)["steps"]["fill"]
    assert again["stored"] == 300 and again["ms"]["count"] == 0  # nothing was missing


def test_pages_of_any_server(server):
    page = server.url + "/v1/server"
    done = bench("pages", "--url", page, "--pages", "40", "--connections", "2", "--json", "-")
    assert done.returncode == 0, done.stderr
    step = json.loads(done.stdout)["steps"]["page"]
    check_latency(step["ms"])
    assert step["ms"]["count"] == 40 and step["pages_per_s"] > 0 and step["cpu_us_each"] > 0
    with urllib.request.urlopen(page, timeout=DEADLINE_S) as answer:
        assert step["body_bytes"] == len(answer.read())
    refused = bench("pages", "--url", server.url + "/v1/users/me", "--pages", "1")
    assert refused.returncode == EXIT_FAILED and "401" in refused.stderr


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


def test_a_process_of_the_generator_that_dies_fails_the_run(server):
    process = start_long_run(server, "--processes", "2", seconds="2")
    wait_for_progress(process)
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
    assert len(children) == 2
    os.kill(int(children[0]), signal.SIGKILL)
    _, errors = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == EXIT_FAILED
    assert b"1 processes of the generator failed" in errors


def test_ctrl_c_prints_what_was_measured(server):
    process = start_long_run(server)
    wait_for_progress(process)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == EXIT_INTERRUPTED, errors
    assert b"interrupted" in output and b"messages/s" in output


def start_long_run(server, *args, seconds="100"):
    return subprocess.Popen(
        [program("parley-bench"), "pairs", "--server", server.url, "--pairs", "2", "--duration",
         seconds, "--warmup", "0", "--drain", "1", *args],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_env())


def wait_for_progress(process):
    """Until it says that it measures."""
    seen = b""
    while b"measuring" not in seen:
        part = os.read(process.stderr.fileno(), 4096)
        assert part, seen
        seen += part
