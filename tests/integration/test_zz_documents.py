"""After all other tests: the documents describe what there is, and nothing that is never exercised.

The other test modules leave what they saw in the folder PARLEY_API_COVERAGE (each is a process of
its own under ctest), or in this process when pytest runs them all at once.
"""

import os
import pathlib
import re

import pytest
import yaml

from harness import contract
from harness.server import needs_disk

HERE = pathlib.Path(__file__).resolve()
ROOT = HERE.parents[2]


@pytest.fixture(scope="module")
def seen(request):
    folder = os.environ.get("PARLEY_API_COVERAGE")
    kept = contract.Seen()
    for name in ("answers", "received", "sent", "closes"):
        setattr(kept, name, set(getattr(contract.seen, name)))
    for module in sorted(HERE.parent.glob("test_*.py")):
        path = pathlib.Path(folder or "", f"{module.stem}.json")
        if folder and path.exists():
            kept.read(path)
    others = {item.path for item in request.session.items} - {HERE}
    if not folder and not others:
        pytest.skip("run it after the other integration tests: ctest -L integration")
    return kept


@needs_disk  # else tests that restart the server are skipped, and with them some operations
def test_every_operation_is_exercised_with_success(seen):
    succeeded = {name for name, status in seen.answers if status < 400}
    missing = sorted({op.id for op in contract.http().operations} - succeeded)
    assert not missing, f"documented, but no test has seen them succeed: {missing}"


def test_every_frame_is_exercised(seen):
    frames = contract.frames().frames
    assert not set(frames["server"]) - seen.received, "frames of the server that are never seen"
    assert not set(frames["client"]) - seen.sent, "frames of the client that are never sent"


def test_report_of_what_was_never_seen(seen, capsys):
    """Not each status can be made at will; this says which of them no test has met."""
    lines, met = [], 0
    for operation in contract.http().operations:
        statuses = [int(status) for status in operation.documented if status.isdecimal()]
        never = [status for status in statuses if (operation.id, status) not in seen.answers]
        met += len(statuses) - len(never)
        if never:
            lines.append(f"  {operation.id}: {', '.join(map(str, never))}")
    closes = sorted(contract.frames().close_codes - seen.closes)
    with capsys.disabled():
        print("\nDocumented answers that no test has seen:", *lines, sep="\n")
        print("Documented close codes that no test has seen:", *closes)
    assert met > len(contract.http().operations), "hardly anything was exercised"


def routes_of_server():
    """The calls of the server's tables, read from the sources: `{"GET", "/v1/server", …}`."""
    routes = set()
    for source in sorted((ROOT / "src/http").glob("*_routes.cc")) + [
            ROOT / "src/http/websocket_route.cc"]:
        text = source.read_text("utf-8")
        path_names = dict(re.findall(r'constexpr \S+ (k\w+Path)\[?\]? = "([^"]+)"', text))
        header = source.with_suffix(".h")
        if header.exists():
            path_names |= re.findall(
                r'(k\w+Path)\[?\]? = "([^"]+)"', header.read_text("utf-8"))
        for method, path in re.findall(r'\{"([A-Z]+)",\s*("[^"]+"|k\w+)\s*,\s*Access', text):
            if path == "kAnyOtherPath":
                continue  # the web app: no call, but what is where no call is (test_web.py)
            routes.add((method, path.strip('"') if path[0] == '"' else path_names[path]))
    return routes


def nameless(routes):
    return {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in routes}


def test_document_and_server_have_the_same_calls():
    documented = nameless((op.method, op.path) for op in contract.http().operations)
    served = nameless(routes_of_server())
    assert len(served) > 20, "the tables of the server were not found"
    assert served == documented, (
        f"not documented: {sorted(served - documented)}; not served: {sorted(documented - served)}")


def test_operation_ids_are_unique():
    ids = [op.id for op in contract.http().operations]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", sorted((ROOT / "api/golden").glob("*.json")), ids=lambda p: p.stem)
def test_golden_frame_is_as_documented(path, monkeypatch):
    monkeypatch.setattr(contract, "seen", contract.Seen())  # a file is not what a server said
    value = yaml.safe_load(path.read_text("utf-8"))
    side = path.stem.split("_")[0]
    if side == "client":
        assert contract.frames().fault_of_sent(value) is None
    elif side == "server":
        contract.FrameContract().check_received(value)
