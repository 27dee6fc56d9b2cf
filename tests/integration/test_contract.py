"""The checks against the documents find what is wrong (no server is needed for these)."""

import json

import pytest

from harness import contract
from harness.api import new_id

REQUEST_ID = ("X-Request-Id", "01900000-0000-7000-8000-000000000001")
JSON = ("Content-Type", "application/json")
PROBLEM = ("Content-Type", "application/problem+json")
USER = {"id": new_id(), "username": "ann", "display_name": "Ann", "avatar_url": None}


def problem(status, code):
    return {"type": "about:blank", "title": "x", "status": status, "detail": "x", "code": code}


@pytest.fixture
def check(monkeypatch):
    """Checks an answer to GET /v1/users/{id}, and leaves what was seen as it was."""
    monkeypatch.setattr(contract, "seen", contract.Seen())

    def run(status=200, body=USER, headers=(REQUEST_ID, JSON), target=f"/v1/users/{new_id()}",
            method="GET", sent=None):
        contract.http().check(method, target, status, list(headers), json.dumps(body).encode(),
                              sent)

    return run


def test_right_answers_pass_and_are_remembered(check):
    check()
    check(404, problem(404, "not_found"), (REQUEST_ID, PROBLEM))
    check(404, problem(404, "not_found"), (REQUEST_ID, PROBLEM), target="/v1/nonsense")
    check(405, problem(405, "method_not_allowed"), (REQUEST_ID, PROBLEM, ("Allow", "GET")),
          method="PUT")
    assert contract.seen.answers == {("getUser", 200), ("getUser", 404)}


@pytest.mark.parametrize("change", [
    {"status": 201}, {"status": 418}, {"body": {**USER, "surprise": 1}},
    {"body": {**USER, "id": "no uuid"}}, {"body": {**USER, "username": None}}, {"body": []},
    {"body": {key: value for key, value in USER.items() if key != "avatar_url"}},
    {"headers": (JSON,)}, {"headers": (REQUEST_ID,)},
    {"headers": (REQUEST_ID, ("Content-Type", "text/html"))},
    {"headers": (REQUEST_ID, JSON, ("X-Surprise", "1"))},
    {"status": 404, "headers": (REQUEST_ID, PROBLEM), "body": problem(404, "invalid")},
    {"status": 404, "headers": (REQUEST_ID, PROBLEM), "body": problem(400, "not_found")},
    {"status": 429, "headers": (REQUEST_ID, PROBLEM), "body": problem(429, "rate_limited")},
    {"status": 405, "headers": (REQUEST_ID, PROBLEM), "method": "PUT",
     "body": problem(405, "method_not_allowed")},
    {"target": "/v1/nonsense"},
], ids=lambda change: " ".join(change))
def test_wrong_answers_are_found(check, change):
    with pytest.raises(contract.Violation):
        check(**change)


def test_a_request_that_the_document_refuses_must_be_refused(check):
    me = {**USER, "email": None, "admin": False, "created_at": 1}
    patch = {"method": "PATCH", "target": "/v1/users/me", "body": me}
    check(**patch, sent=b'{"display_name":"Ann"}')
    with pytest.raises(contract.Violation):
        check(**patch, sent=b'{"colour":"red"}')


PONG = {"type": "pong", "ref": "1"}
RECEIPT = {"type": "receipt", "conversation_id": new_id(), "user_id": new_id(),
           "delivered_seq": 2, "read_seq": 0}


@pytest.mark.parametrize("frame", [
    {"type": "gossip"}, {}, {**PONG, "surprise": 1}, {**PONG, "ref": 1},
    {**RECEIPT, "read_seq": -1}, {**RECEIPT, "read_seq": True}, {**RECEIPT, "read_seq": 1.0},
    {"type": "inbox"}, {"type": "inbox", "left": "x"}, {"type": "change", "kind": "message"}])
def test_wrong_frames_are_found(monkeypatch, frame):
    monkeypatch.setattr(contract, "seen", contract.Seen())
    contract.frames().check_received(PONG)
    contract.frames().check_received(RECEIPT)
    with pytest.raises(contract.Violation):
        contract.frames().check_received(frame)


def test_undocumented_close_code_is_found(monkeypatch):
    monkeypatch.setattr(contract, "seen", contract.Seen())
    contract.frames().check_close(4001)
    with pytest.raises(contract.Violation):
        contract.frames().check_close(4999)
