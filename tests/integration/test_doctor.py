"""`parleyd doctor`: findings, what to do about them, exit codes, and that it changes nothing."""

import json
import os
import subprocess

import pytest

from harness.server import clean_env, needs_disk, program

WELL, WARNINGS, WRONG_USAGE, ERRORS = 0, 1, 2, 3


def doctor(*args, env=None):
    return subprocess.run([program("parleyd"), "doctor", *args], env=clean_env(env), timeout=60,
                          capture_output=True, text=True, check=False)


def findings(*args, env=None):
    """Findings by check, and the exit code."""
    done = doctor("--json", *args, env=env)
    report = json.loads(done.stdout)
    counts = {"error": 0, "warning": 0, "ok": 0}
    for finding in report["findings"]:
        counts[finding["severity"]] += 1
        assert bool(finding["advice"]) == (finding["severity"] != "ok"), finding
    assert (report["errors"], report["warnings"]) == (counts["error"], counts["warning"])
    expected = ERRORS if report["errors"] else WARNINGS if report["warnings"] else WELL
    assert done.returncode == expected, done
    return {finding["check"]: finding for finding in report["findings"]}


@pytest.fixture
def data_dir(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def test_text_says_what_to_do(data_dir):
    done = doctor("--data-dir", str(data_dir), "--set", "storage.sync=false")
    assert done.returncode == ERRORS
    assert "error    settings.sync: messages are acknowledged before" in done.stdout
    assert "-> set storage.sync to true" in done.stdout
    assert "checks: " in done.stdout.splitlines()[-1]


def test_defaults_are_safe_settings(data_dir):
    found = findings("--data-dir", str(data_dir))
    assert {f["severity"] for name, f in found.items() if name.startswith("settings.")} == {"ok"}
    assert found["data_dir.usable"]["severity"] == "ok"
    assert found["data_dir.permissions"]["severity"] == "ok"
    assert "median" in found["disk.fsync"]["message"]
    assert list(data_dir.iterdir()) == [], "it left something behind"


def test_unsafe_settings_are_found(data_dir, tmp_path):
    config = tmp_path / "parley.toml"
    config.write_text(
        'listen = "0.0.0.0:8080"\nops_listen = "0.0.0.0:8081"\nlimits.enabled = false\n'
        '[storage]\nengine = "memory"\n'
        '[server]\ntrusted_proxies = ["0.0.0.0/0"]\nallowed_origins = ["http://a.example"]\n')
    config.chmod(0o666)
    found = findings("--config", str(config), "--data-dir", str(data_dir),
                     env={"PARLEY_AUTH_ARGON2_MEMORY_KIB": "8", "PARLEY_LOG_LEVLE": "info"})
    severities = {name: f["severity"] for name, f in found.items()}
    expected = {
        "settings.tls": "warning", "settings.ops_listen": "warning", "settings.limits": "warning",
        "settings.engine": "error", "settings.trusted_proxies": "error",
        "settings.allowed_origins": "warning", "settings.registration": "warning",
        "settings.argon2": "warning", "config.permissions": "warning", "settings.names": "warning",
    }
    assert severities | expected == severities


def test_folder_that_others_may_read(data_dir):
    data_dir.chmod(0o755)
    found = findings("--data-dir", str(data_dir))["data_dir.permissions"]
    assert found["severity"] == "warning"
    assert found["advice"].endswith(f"chmod 700 {data_dir}")


def test_folder_that_is_a_file(tmp_path):
    path = tmp_path / "data"
    path.write_text("")
    assert findings("--data-dir", str(path))["data_dir.usable"]["severity"] == "error"


def test_few_open_files(data_dir):
    done = subprocess.run(
        ["prlimit", "--nofile=500", program("parleyd"), "doctor", "--json", "--data-dir",
         str(data_dir)], env=clean_env(), timeout=60, capture_output=True, text=True, check=False)
    found = {f["check"]: f for f in json.loads(done.stdout)["findings"]}["limits.open_files"]
    assert found["severity"] == "warning"
    assert "LimitNOFILE=20000" in found["advice"]


def test_tmpfs_is_no_disk(tmp_path):
    if not os.path.ismount("/dev/shm"):
        pytest.skip("there is no tmpfs at /dev/shm")
    found = findings("--data-dir", f"/dev/shm/parley-doctor-{os.getpid()}")["disk.kind"]
    assert found["severity"] == "error"


@needs_disk
def test_beside_a_running_server(server):
    found = findings("--data-dir", str(server.data_dir))["data_dir.free"]
    assert found["severity"] == "warning"
    assert str(server.process.pid) in found["message"]


def test_wrong_usage_and_wrong_configuration():
    assert doctor("--jsno").returncode == WRONG_USAGE
    done = doctor("--set", "threads=many")
    assert done.returncode == WRONG_USAGE
    assert "threads must be an integer" in done.stderr
