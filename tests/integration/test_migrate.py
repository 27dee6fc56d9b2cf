"""`parleyd migrate` without a cluster: what it refuses, and that it leaves what it cannot move as it was.

The move itself is tested by engines/test_migrate.py.
"""
import subprocess

import pytest

from harness.api import User
from harness.server import clean_env, needs_disk, program

pytestmark = needs_disk


def migrate(data_dir, config):
    return subprocess.run([program("parleyd"), "migrate", "--from", str(data_dir), "--to", str(config)],
                          env=clean_env(), capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def fleet(tmp_path):
    """A configuration whose cluster is not there: nobody listens at port 1."""
    path = tmp_path / "fleet.toml"
    path.write_text('[storage]\nengine = "cassandra"\n[storage.cassandra]\nhosts = ["127.0.0.1:1"]\n', "utf-8")
    return path


def refused(done, says):
    assert done.returncode == 1, done
    assert done.stderr.splitlines()[-1].startswith("parleyd migrate: ") and says in done.stderr, done


def test_folders_without_data(fleet, tmp_path):
    refused(migrate(tmp_path / "nowhere", fleet), "there is no such folder")
    refused(migrate(tmp_path, fleet), "no server has kept its data there")
    assert [path.name for path in tmp_path.iterdir()] == ["fleet.toml"]


def test_target_must_be_a_cluster(server, tmp_path):
    config = tmp_path / "embedded.toml"
    config.write_text('data_dir = "d"\n', "utf-8")
    refused(migrate(server.data_dir, config), 'must have storage.engine = "cassandra"')
    missing = migrate(server.data_dir, tmp_path / "missing.toml")
    assert missing.returncode == 2 and "missing.toml" in missing.stderr


def test_server_that_runs_is_in_the_way_and_goes_on(server, fleet):
    ann = User.register(server, "ann")
    refused(migrate(server.data_dir, fleet), "in use by another process: stop the server that runs on them first")
    ann.get("/v1/users/me").expect(200)


def test_cluster_that_is_not_there_changes_nothing(make_server, fleet):
    server = make_server().start()
    ann = User.register(server, "ann")
    server.stop()
    before = {path: path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file()}
    refused(migrate(server.data_dir, fleet), "Cassandra")
    refused(migrate(server.data_dir / "store", fleet), "give the folder that it is in, the data_dir")
    assert {path: path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file()} == before
    server.start()
    ann.get("/v1/users/me").expect(200)
