"""`cmake --install`: programs that run, and a systemd unit that systemd's own tools find sound."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from harness.server import program

BUILD = pathlib.Path(program("parleyd")).parents[1]
# systemd-analyze's measure of exposure, 0 to 10; "OK" begins at 5.
MOST_EXPOSURE = 2.0


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    if not (BUILD / "cmake_install.cmake").exists():
        pytest.skip("the program is not in a build folder")
    prefix = tmp_path_factory.mktemp("prefix")
    subprocess.run(["cmake", "--install", str(BUILD), "--prefix", str(prefix)], check=True,
                   capture_output=True, timeout=300)
    return prefix


@pytest.fixture
def unit(prefix):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    return prefix / "lib/systemd/system/parleyd.service"


def test_programs_and_documents(prefix):
    for name in ("parleyd", "parley"):
        path = prefix / "bin" / name
        assert os.access(path, os.X_OK)
        subprocess.run([path, "--help"], check=True, capture_output=True, timeout=60)
    assert list(prefix.glob("share/doc/*/operations.md"))


def test_unit_is_valid(prefix, unit):
    assert f"ExecStart={prefix}/bin/parleyd serve " in unit.read_text()
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)],
                          capture_output=True, text=True, timeout=60, check=False)
    about_us = [x for x in (done.stdout + done.stderr).splitlines() if "parleyd" in x]
    assert not about_us, about_us


def test_unit_is_hardened(unit):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", str(unit)],
                          capture_output=True, text=True, timeout=60, check=False)
    found = re.search(r"Overall exposure level for parleyd.service: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= MOST_EXPOSURE, done.stdout
