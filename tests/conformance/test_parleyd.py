"""The main cases of RFC 6455 on parleyd itself, on a session that is authenticated."""

import pytest

from wire import BINARY, CONTINUATION, PING, PONG, TEXT, Client, close, fragments, frame

COMMAND = b'{"type":"ping","ref":"1"}'


@pytest.fixture
def client(server, people):
    (ann,) = people("ann")
    headers = ["Sec-WebSocket-Protocol: parley.v1", f"Authorization: Bearer {ann.token}"]
    with Client(server.http, "/v1/ws", headers) as opened:
        opcode, payload = opened.read()
        assert opcode == TEXT and b'"ready"' in payload
        yield opened


def answered(client):
    opcode, payload = client.read()
    return opcode == TEXT and b'"pong"' in payload


@pytest.mark.parametrize("size", [1, 2, 7])
def test_command_in_fragments_is_understood(client, size):
    client.send(b"".join(fragments(COMMAND, size)))
    assert answered(client)


def test_ping_between_fragments(client):
    first, *rest = fragments(COMMAND, 8)
    client.send(first + frame(PING, b"x") + b"".join(rest))
    client.expect((PONG, b"x"))
    assert answered(client)


VIOLATIONS = {
    "unmasked": (frame(TEXT, COMMAND, mask=None), 1002),
    "reserved bit": (frame(TEXT, COMMAND, rsv=4), 1002),
    "reserved opcode": (frame(3, b""), 1002),
    "long ping": (frame(PING, b"*" * 126), 1002),
    "continuation of nothing": (frame(CONTINUATION, COMMAND), 1002),
    "invalid UTF-8": (frame(TEXT, b'{"type":"\xff"}'), 1007),
    "binary": (frame(BINARY, COMMAND), 1003),
    "too big": (frame(TEXT, b" " * (256 * 1024 + 1)), 1009),
    "bad close code": (close(1005), 1002),
    "goodbye": (close(1000), 1000),
    "no JSON": (frame(TEXT, b"hello"), 4002),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_violation_is_closed_with_its_code(client, name):
    sent, code = VIOLATIONS[name]
    client.send(frame(TEXT, COMMAND))
    assert answered(client)
    client.send(sent)
    client.expect_close(code, then_end=False)


def test_flood_of_pings_is_4008(client):
    client.send(frame(PING) * 3_000)
    opcode, payload = client.read()
    while opcode == PONG:
        opcode, payload = client.read()
    assert (opcode, payload[:2]) == (8, (4008).to_bytes(2, "big"))


def test_flood_of_empty_fragments_is_4008(client):
    client.send(frame(TEXT, fin=False) + frame(CONTINUATION, fin=False) * 3_000)
    client.expect_close(4008, then_end=False)
