"""Programs that see another time than this machine's."""

import glob
import pathlib

import pytest

from harness.server import program


def fake_time(offset):
    """The environment under which a parleyd sees the clock with this offset ("-1h", "+8": seconds)."""
    libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not libraries:
        pytest.skip("libfaketime is not installed: tools/install_packages test")
    code = pathlib.Path(program("parleyd")).read_bytes()
    if b"__asan_init" in code or b"__tsan_init" in code:
        pytest.skip("libfaketime and the sanitizers both replace the clock's functions")
    return {"LD_PRELOAD": libraries[0], "FAKETIME": offset, "DONT_FAKE_MONOTONIC": "1"}
