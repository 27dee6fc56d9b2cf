"""The program itself: its configuration, the secrets in its data folder, its administrators."""

import re
import stat
import subprocess

import pytest

from harness import api
from harness.api import User
from harness.server import clean_env, needs_disk, program

LINE = re.compile(r"^(\S+) = (.*?)\s+# (default|file|env|flag)\b")


def parleyd(*arguments, env=None, expect=0, cwd=None):
    """Runs parleyd to its end; returns what it printed (standard output, standard error)."""
    done = subprocess.run(
        [program("parleyd"), *map(str, arguments)], capture_output=True, text=True, timeout=60,
        env=clean_env(env), cwd=cwd)
    if expect == 0:
        assert done.returncode == 0, done
    else:
        assert done.returncode not in (0, None) and done.returncode > 0, done
    return done.stdout, done.stderr


def settings(*arguments, env=None):
    """`config print` as a dictionary: key -> (value, origin)."""
    output, _ = parleyd("config", "print", *arguments, env=env)
    found = {}
    for line in output.splitlines():
        match = LINE.match(line)
        if match:
            key, value, origin = match.groups()
            assert key not in found, f"printed twice: {key}"
            found[key] = (value.strip('"'), origin)
        else:
            assert not line.strip() or line.startswith(("#", "[")), f"not a setting: {line}"
    return found


@pytest.fixture
def config_file(tmp_path):
    def write(text):
        path = tmp_path / "parley.toml"
        path.write_text(text)
        return path
    return write


# Configuration.

def test_config_print_shows_the_defaults():
    found = settings()
    assert found["accounts.registration"] == ("open", "default")
    assert found["limits.enabled"] == ("true", "default")
    assert found["ops_listen"] == ("127.0.0.1:8081", "default")
    assert found["people.search"] == ("prefix", "default")
    for key in ("data_dir", "listen", "server.public_url", "server.trusted_proxies",
                "server.allowed_origins", "auth.argon2_memory_kib", "auth.argon2_passes"):
        assert found[key][1] == "default", key


def test_config_file_is_over_the_defaults(config_file):
    path = config_file('listen = "127.0.0.1:1111"\n[accounts]\nregistration = "closed"\n')
    found = settings("--config", path)
    assert found["listen"] == ("127.0.0.1:1111", "file")
    assert found["accounts.registration"] == ("closed", "file")
    assert found["limits.enabled"] == ("true", "default")


def test_config_environment_is_over_the_file(config_file):
    path = config_file('listen = "127.0.0.1:1111"\n[accounts]\nregistration = "closed"\n')
    env = {"PARLEY_LISTEN": "127.0.0.1:2222", "PARLEY_ACCOUNTS_REGISTRATION": "invitation"}
    found = settings("--config", path, env=env)
    assert found["listen"] == ("127.0.0.1:2222", "env")
    assert found["accounts.registration"] == ("invitation", "env")


def test_config_flags_are_over_the_environment(config_file):
    path = config_file('listen = "127.0.0.1:1111"\ndata_dir = "/file"\n')
    env = {"PARLEY_LISTEN": "127.0.0.1:2222", "PARLEY_DATA_DIR": "/env"}
    found = settings("--config", path, "--listen", "127.0.0.1:3333", env=env)
    assert found["listen"] == ("127.0.0.1:3333", "flag")
    assert found["data_dir"] == ("/env", "env")
    found = settings("--data-dir", "/flag", "--ops-listen", "127.0.0.1:4444", env=env)
    assert found["data_dir"] == ("/flag", "flag")
    assert found["ops_listen"] == ("127.0.0.1:4444", "flag")


def test_config_print_masks_secrets():
    """A setting is a secret by its name; one that is set is shown as stars, whatever its origin."""
    for key, (value, _) in settings().items():
        if re.search(r"secret|password|private_key|api_key|token$", key):
            assert value in ("********", ""), f"{key} is shown"
            variable = "PARLEY_" + key.upper().replace(".", "_")
            output, _ = parleyd("config", "print", env={variable: "do-not-show-this-anywhere"})
            assert "do-not-show-this" not in output


@pytest.mark.parametrize("text, named", [
    ("lisden = 1\n", "lisden"), ("[accounts]\nregistrations = 'open'\n", "accounts.registrations"),
    ("[nonsense]\nx = 1\n", "nonsense"), ("[accounts]\nregistration = 'maybe'\n", "registration"),
    ("[limits]\nenabled = 'perhaps'\n", "limits.enabled"), ("listen = 5\n", "listen"),
    ("listen = 'no port'\n", "listen"), ("[auth]\nargon2_passes = 0\n", "argon2_passes")])
def test_config_unknown_or_wrong_setting_is_a_clear_error(config_file, tmp_path, text, named):
    path = config_file(text)
    for command in (["config", "print"], ["serve", "--data-dir", tmp_path / "data"]):
        _, error = parleyd(*command, "--config", path, expect=1)
        assert named in error, error
        assert "terminate" not in error, error


def test_config_file_that_is_no_toml_is_a_clear_error(config_file):
    path = config_file("listen = \n= 5")
    _, error = parleyd("config", "print", "--config", path, expect=1)
    assert "parley.toml" in error, error
    _, error = parleyd("config", "print", "--config", "/no/such/file.toml", expect=1)
    assert "/no/such/file.toml" in error, error


def test_config_wrong_environment_is_a_clear_error():
    env = {"PARLEY_LIMITS_ENABLED": "perhaps"}
    _, error = parleyd("config", "print", env=env, expect=1)
    assert "PARLEY_LIMITS_ENABLED" in error or "limits.enabled" in error, error


@pytest.mark.parametrize("arguments", [
    ["serve", "--nonsense"], ["nonsense"], ["serve", "--listen", "nowhere"], ["admin"]])
def test_wrong_command_line_is_a_clear_error(arguments, tmp_path):
    _, error = parleyd(*arguments, expect=1, cwd=tmp_path)
    assert error.strip(), "nothing said"


def test_settings_of_the_environment_reach_the_server(make_server):
    server = make_server({"PARLEY_LIMITS_TEXT_BYTES": "10"}).start()
    ann = User.register(server, "ann")
    group = ann.group()
    ann.try_send(group, "x" * 11).problem(422, "invalid")
    ann.send(group, "x" * 10)
    assert 10 in ann.http.get("/v1/server").expect(200)["limits"].values()
    server.stop()


# The data folder.

def test_data_folder_is_for_the_owner_alone(make_server):
    server = make_server().start()
    User.register(server, "ann")
    assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700
    files = [path for path in server.data_dir.rglob("*") if not path.is_dir()]
    assert files
    for path in files:  # the keys of the installation lie in the store
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    server.stop()


@needs_disk
def test_data_folder_of_a_running_server_is_refused_to_another(make_server):
    server = make_server().start()
    _, error = parleyd("serve", "--data-dir", server.data_dir, "--listen", "127.0.0.1:0",
                       "--ops-listen", "127.0.0.1:0", expect=1)
    assert error.strip()
    api.Http(server.http).get("/v1/server").expect(200)
    server.stop()


def test_taken_port_is_a_clear_error(make_server, tmp_path):
    server = make_server().start()
    _, error = parleyd("serve", "--data-dir", tmp_path / "other", "--listen", server.http,
                       "--ops-listen", "127.0.0.1:0", expect=1)
    assert server.http.split(":")[1] in error, error
    server.stop()


# Administrators.

@needs_disk
def test_admin_link_is_printed_on_the_first_start_only(make_server):
    server = make_server().start()
    assert server.wait_for_line("administrator link: ").startswith("administrator link: http")
    ann = User.register(server, "ann")
    token = server.wait_for_line("administrator link: ").split("#admin=")[1]
    ann.post("/v1/admin/claim", {"token": token}).expect(200)
    server.restart()
    assert not [line for line in server.lines() if "administrator" in line]
    server.stop()


@needs_disk
def test_admin_grant_makes_an_administrator(make_server):
    server = make_server().start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    server.stop()
    parleyd("admin", "grant", ann.username.upper(), "--data-dir", server.data_dir)
    server.start()
    assert ann.get("/v1/users/me").expect(200)["admin"] is True
    assert bo.get("/v1/users/me").expect(200)["admin"] is False
    server.stop()


@needs_disk
def test_admin_grant_of_an_unknown_name_is_a_clear_error(make_server):
    server = make_server().start()
    server.stop()
    _, error = parleyd("admin", "grant", "nobody", "--data-dir", server.data_dir, expect=1)
    assert "nobody" in error, error


# Operations.

def test_operations_port_tells_health_readiness_and_metrics(server):
    assert server.ops_get("/healthz") is not None
    assert server.ops_get("/readyz") is not None
    metrics = server.metrics()
    assert metrics["parley_commit_syncs_total"] >= 0
    assert metrics["parley_commit_entries_total"] >= 0


def test_metrics_count_what_is_committed(server):
    ann = User.register(server, "ann")
    group = ann.group()
    before = server.metrics()["parley_commit_entries_total"]
    for number in range(5):
        ann.send(group, f"text {number}")
    assert server.metrics()["parley_commit_entries_total"] == before + 5


def test_log_holds_no_texts_passwords_and_tokens(server):
    ann = User.register(server, "ann", password="password-of-ann")
    ann.send(ann.group(title="title-of-ann"), "text-of-ann")
    api.Http(server.http).request(
        "POST", "/v1/sessions", {"username": ann.username, "password": "wrong-of-ann"})
    log = server.log_path.read_text("utf-8", "replace")
    for secret in ("password-of-ann", "wrong-of-ann", "title-of-ann", "text-of-ann", ann.token):
        assert secret not in log
