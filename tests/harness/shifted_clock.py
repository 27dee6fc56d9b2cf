"""Programs that see another time than this machine's."""

import pathlib

import pytest

from harness.server import program


def fake_time(seconds):
    """The environment under which a parleyd sees the time of day so many seconds later."""
    parleyd = pathlib.Path(program("parleyd"))
    code = parleyd.read_bytes()
    if b"__asan_init" in code or b"__tsan_init" in code:
        pytest.skip("the sanitizers replace the clock's functions, too")
    library = parleyd.parents[1] / "tests/shifted_clock.so"
    return {"LD_PRELOAD": str(library), "SHIFTED_CLOCK_S": str(seconds)}
