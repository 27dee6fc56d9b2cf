"""Sends that are well-formed but wrong: the same over HTTP and over the WebSocket."""

from harness.api import new_id

WRONG_SENDS = {
    "no text": {"text": None},
    "number as text": {"text": 5},
    "list as text": {"text": ["x"]},
    "object as text": {"text": {"a": 1}},
    "empty text": {"text": ""},
    "blank text": {"text": " \t\r\n "},
    "blank in Unicode": {"text": "\u00a0\u2003\u3000"},
    "over-long text": {"text": "x" * 20_001},
    "over-long in bytes": {"text": "ä" * 10_001},
    "unknown field": {"txet": "x"},
    "number as client_id": {"client_id": 5},
    "empty client_id": {"client_id": ""},
    "client_id that is no UUID": {"client_id": "first"},
    "over-long client_id": {"client_id": "c" * 5_000},
    "text as reply_to": {"reply_to": "2"},
    "reply_to beyond the end": {"reply_to": 99},
    "reply_to of no message": {"reply_to": 1},
    "someone else as sender": {"sender_id": new_id()},
    "own seq": {"seq": 7},
}
