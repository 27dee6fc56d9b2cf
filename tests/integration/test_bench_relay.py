"""parley-bench against a server that is not Parley: the bare relay of bench/relay."""

import asyncio
import contextlib
import json
import re
import subprocess
import threading

import pytest
from websockets.client import connect

from harness.server import clean_env, program

DEADLINE_S = 120


@contextlib.contextmanager
def relay(*args):
    """A relay that runs; its port."""
    process = subprocess.Popen([program("parley-relay"), *args], stdout=subprocess.PIPE, text=True, env=clean_env())
    try:
        yield int(re.fullmatch(r"listening port=(\d+)\n", process.stdout.readline())[1])
        assert process.poll() is None
    finally:
        process.terminate()
        assert process.wait(DEADLINE_S) == 0


@pytest.fixture(name="port")
def _port():
    with relay() as port:
        yield port


def bench(workload, url, *args):
    done = subprocess.run([program("parley-bench"), workload, "--server", url, "--duration", "0.5", "--warmup", "0.2",
                           "--json", "-", *args], capture_output=True, text=True, timeout=DEADLINE_S, env=clean_env(),
                          check=False)
    return done, json.loads(done.stdout) if done.stdout else None


def measure(workload, port, *args, scheme="relay"):
    done, result = bench(workload, f"{scheme}://127.0.0.1:{port}", *args)
    assert done.returncode == 0, done.stderr
    total = result["total"]
    assert result["clean"] and total["expected"] == total["delivered"] + total["echoed"]
    return result


def test_pairs_closed_loop(port):
    result = measure("pairs", port, "--pairs", "5", "--in-flight", "2", "--threads", "2")
    assert result["total"]["connected"] == 10
    assert result["total"]["delivered"] == result["total"]["sent"] > 0
    assert result["delivery_ms"]["count"] > 0 and result["ack_ms"]["count"] == 0
    assert result["server"]["cpu_us_per_delivery"] > 0


def test_pairs_open_loop(port):
    result = measure("pairs", port, "--pairs", "5", "--rate", "200")
    assert 100 <= result["total"]["sent"] == result["total"]["delivered"]


def test_in_a_group_ones_own_copy_is_the_ack(port):
    result = measure("group", port, "--members", "7", "--senders", "2", "--in-flight", "3")
    total = result["total"]
    assert total["acked"] == total["echoed"] == total["sent"] > 0
    assert total["delivered"] == 6 * total["sent"]
    assert result["ack_ms"]["count"] > 0


def test_idle(port):
    assert measure("idle", port, "--connections", "20")["total"]["connected"] == 20


def test_the_relay_sends_to_all_of_a_name_and_to_nobody_else(port):
    async def talk():
        async with connect(f"ws://127.0.0.1:{port}/a/room") as first, connect(f"ws://127.0.0.1:{port}/b/room") as second:
            await first.send("room\nto all\nof it")
            assert await first.recv() == await second.recv() == "to all\nof it"
            for frame in ("b\nhello", "nobody\nlost", "a\nmine"):
                await first.send(frame)
            assert (await first.recv(), await second.recv()) == ("mine", "hello")

    asyncio.run(asyncio.wait_for(talk(), DEADLINE_S))


def test_a_durable_relay_acknowledges_what_is_in_its_log(tmp_path):
    log = tmp_path / "log"
    with relay("--log", str(log)) as port:
        result = measure("pairs", port, "--pairs", "5", "--in-flight", "2", scheme="durable-relay")
    total = result["total"]
    assert total["acked"] == total["delivered"] == total["sent"] > 0
    assert result["ack_ms"]["count"] > 0
    assert log.read_bytes().count(b"bench-") == total["sent"]


def test_a_durable_relay_in_a_group(tmp_path):
    with relay("--log", str(tmp_path / "log")) as port:
        result = measure("group", port, "--members", "7", "--senders", "2", "--in-flight", "3", scheme="durable-relay")
    total = result["total"]
    assert total["acked"] == total["echoed"] == total["sent"] > 0
    assert total["delivered"] == 6 * total["sent"]


def test_a_log_that_cannot_be_made_is_told(tmp_path):
    done = subprocess.run([program("parley-relay"), "--log", str(tmp_path / "no" / "log")], capture_output=True,
                          text=True, timeout=DEADLINE_S, env=clean_env(), check=False)
    assert done.returncode != 0 and "no/log" in done.stderr


def test_what_comes_twice_fails_the_run(port):
    """Two runs at once: each gets the other's messages too, whose numbers it has had or not yet."""
    url = f"relay://127.0.0.1:{port}"
    others = []
    second = threading.Thread(target=lambda: others.append(bench("pairs", url, "--pairs", "1", "--rate", "50")))
    second.start()
    done, result = bench("pairs", url, "--pairs", "1", "--rate", "50")
    second.join()
    (other_done, other_result), = others
    assert done.returncode or other_done.returncode
    assert not (result["clean"] and other_result["clean"])


def test_other_workloads_are_parleys_alone(port):
    done, _ = bench("mixed", f"relay://127.0.0.1:{port}")
    assert done.returncode == 2 and "workload" in done.stderr


def test_a_server_that_speaks_something_else_is_told(port):
    done, _ = bench("pairs", f"mqtt://127.0.0.1:{port}", "--pairs", "1")
    assert done.returncode == 1 and done.stderr
