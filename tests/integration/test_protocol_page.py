"""docs/protocol.md shows frames as they are documented, and every close code."""

import json
import pathlib
import re

import pytest

from harness import contract

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/protocol.md").read_text("utf-8")
FRAMES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.S)]


@pytest.mark.parametrize("number", range(len(FRAMES)))
def test_frame_of_the_page_is_as_documented(number, monkeypatch):
    monkeypatch.setattr(contract, "seen", contract.Seen())  # a page is not what a server said
    frame = FRAMES[number]
    contract_of = contract.FrameContract()
    if contract_of.fault_of_sent(frame) is not None:
        contract_of.check_received(frame)


def test_page_names_every_close_code_and_error_code():
    codes = contract.document("openapi.yaml")["components"]["schemas"]["Problem"]
    over_http_only = {"method_not_allowed", "unsupported_media_type"}
    for code in set(codes["properties"]["code"]["enum"]) - over_http_only:
        assert f"`{code}`" in PAGE, code
    for code in contract.frames().close_codes:
        assert re.search(rf"^\|[^|]*\b{code}\b", PAGE, re.M), code
    assert len(FRAMES) >= 7
