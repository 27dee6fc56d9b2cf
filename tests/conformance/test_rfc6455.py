"""RFC 6455, case by case, against the engine of src/net behind a server that echoes texts."""

import os
import pathlib
import subprocess

import pytest

from wire import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Client, close, fragments, frame)

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAX_MESSAGE = 256 * 1024


@pytest.fixture(scope="module")
def address():
    program = os.environ.get("ECHO_SERVER", str(ROOT / "build/release/tests/echo_server"))
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        words = server.stdout.readline().split()
        assert words and words[0] == b"listening", words
        yield f"127.0.0.1:{int(words[1])}"
        server.stdin.close()
        assert server.wait(30) == 0


@pytest.fixture
def client(address):
    with Client(address) as opened:
        yield opened


def is_alive(client):
    client.send(frame(TEXT, b"still there"))
    client.expect((TEXT, b"still there"))


# 1, 9: sizes

@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 128, 65535, 65536, 65537, MAX_MESSAGE])
def test_text_of_every_length_form(client, size):
    client.send(frame(TEXT, b"*" * size))
    client.expect((TEXT, b"*" * size))


@pytest.mark.parametrize("step", [1, 2, 3, 7, 997])
def test_text_in_pieces_of_tcp(client, step):
    size = 300 if step < 10 else 65536
    client.send(frame(TEXT, b"*" * size), step)
    client.expect((TEXT, b"*" * size))


@pytest.mark.parametrize("size", [64, 256, 1024, 1300, 4096, 16384, 65536])
def test_large_message_in_fragments(client, size):
    payload = bytes(ord("a") + i % 26 for i in range(MAX_MESSAGE))
    client.send(b"".join(fragments(payload, size)))
    client.expect((TEXT, payload))


@pytest.mark.parametrize("size", [MAX_MESSAGE + 1, 4 * MAX_MESSAGE])
def test_message_too_big_is_1009(client, size):
    client.send(frame(TEXT, b"*" * size))
    client.expect_close(1009)


def test_message_too_big_in_fragments_is_1009(client):
    client.send(b"".join(fragments(b"*" * (MAX_MESSAGE + 1), 5000)))
    client.expect_close(1009)


def test_length_of_eight_bytes_without_payload_is_refused_before_it_comes(client):
    client.send(frame(TEXT, length=b"\x7f" + b"\x00\x00\x7f\xff\xff\xff\xff\xff"))
    client.expect_close(1009)


def test_many_messages_at_once(client):
    client.send(b"".join(frame(TEXT, b"%d" % i) for i in range(2000)))
    client.expect(*((TEXT, b"%d" % i) for i in range(2000)))


@pytest.mark.parametrize("length, payload", [
    (b"\x7e\x00\x05", b"hello"), (b"\x7e\x00\x7d", b"*" * 125),
    (b"\x7f" + b"\x00" * 7 + b"\x05", b"hello"),
    (b"\x7f" + b"\x00" * 6 + b"\xff\xff", b"*" * 65535)])
def test_length_that_is_not_minimal_is_1002(client, length, payload):
    client.send(frame(TEXT, payload, length=length))
    client.expect_close(1002)


def test_length_with_the_highest_bit_is_taken_for_too_big(client):
    client.send(frame(TEXT, b"hello", length=b"\x7f\x80" + b"\x00" * 6 + b"\x05"))
    client.expect_close(1009)


@pytest.mark.parametrize("size", [0, 5, 126])
def test_binary_is_1003(client, size):
    client.send(frame(BINARY, b"\xfe" * size))
    client.expect_close(1003, then_end=False)


# 5.1: masks

@pytest.mark.parametrize("opcode", [TEXT, PING, PONG])
def test_unmasked_frame_is_1002(client, opcode):
    client.send(frame(opcode, b"hello", mask=None))
    client.expect_close(1002)


@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\1"])
def test_any_mask_will_do(client, mask):
    for size in range(0, 12):
        client.send(frame(TEXT, b"abcdefghijkl"[:size], mask=mask))
        client.expect((TEXT, b"abcdefghijkl"[:size]))


# 2: pings

@pytest.mark.parametrize("payload", [
    b"", b"hello", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", b"\xfe" * 125])
@pytest.mark.parametrize("step", [None, 1])
def test_ping_is_answered_with_its_payload(client, payload, step):
    client.send(frame(PING, payload), step)
    client.expect((PONG, payload))


def test_ten_pings_are_answered_in_order(client):
    client.send(b"".join(frame(PING, b"%d" % i) for i in range(10)))
    client.expect(*((PONG, b"%d" % i) for i in range(10)))


@pytest.mark.parametrize("payload", [b"", b"unasked"])
def test_unasked_pong_is_ignored(client, payload):
    client.send(frame(PONG, payload) + frame(PING, b"p"))
    client.expect((PONG, b"p"))


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
@pytest.mark.parametrize("size", [126, 127, 65536])
def test_control_frame_too_long_is_1002(client, opcode, size):
    payload = b"\x03\xe8" + b"*" * (size - 2)
    client.send(frame(opcode, payload))
    client.expect_close(1002)


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
def test_control_frame_in_fragments_is_1002(client, opcode):
    client.send(frame(opcode, b"", fin=False) + frame(CONTINUATION, b""))
    client.expect_close(1002)


# 3: reserved bits

@pytest.mark.parametrize("rsv", range(1, 8))
@pytest.mark.parametrize("opcode, payload", [
    (TEXT, b"hello"), (TEXT, b""), (PING, b"hello"), (PONG, b""), (CLOSE, b""),
    (CLOSE, b"\x03\xe8")])
def test_reserved_bits_are_1002(client, rsv, opcode, payload):
    client.send(frame(TEXT, b"before"))
    client.expect((TEXT, b"before"))
    client.send(frame(opcode, payload, rsv=rsv) + frame(PING))
    client.expect_close(1002)


@pytest.mark.parametrize("rsv", range(1, 8))
def test_reserved_bits_in_a_continuation_are_1002(client, rsv):
    client.send(frame(TEXT, b"a", fin=False) + frame(CONTINUATION, b"b", rsv=rsv))
    client.expect_close(1002)


# 4: opcodes

@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("payload", [b"", b"reserved"])
def test_reserved_opcode_is_1002(client, opcode, payload):
    client.send(frame(TEXT, b"before"))
    client.expect((TEXT, b"before"))
    client.send(frame(opcode, payload) + frame(PING))
    client.expect_close(1002)


# 5: fragments

def test_control_frames_between_fragments_are_answered_at_once(client):
    client.send(frame(TEXT, b"one ", fin=False) + frame(PING, b"between"))
    client.expect((PONG, b"between"))
    client.send(frame(CONTINUATION, b"two ", fin=False) + frame(PONG, b"unasked"))
    client.send(frame(CONTINUATION, b"three"))
    client.expect((TEXT, b"one two three"))


@pytest.mark.parametrize("pieces", [
    [b"", b""], [b"", b"", b""], [b"", b"middle", b""], [b"first", b""], [b"", b"last"]])
@pytest.mark.parametrize("step", [None, 1])
def test_empty_fragments(client, pieces, step):
    frames = [frame(CONTINUATION if i else TEXT, piece, fin=i == len(pieces) - 1)
              for i, piece in enumerate(pieces)]
    client.send(b"".join(frames), step)
    client.expect((TEXT, b"".join(pieces)))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_message_of_single_bytes(client, size):
    text = "Schöne Grüße, κόσμε 👍".encode()
    client.send(b"".join(fragments(text, size)))
    client.expect((TEXT, text))


@pytest.mark.parametrize("fin", [True, False])
@pytest.mark.parametrize("payload", [b"", b"hello"])
def test_continuation_of_nothing_is_1002(client, fin, payload):
    client.send(frame(CONTINUATION, payload, fin=fin) + frame(TEXT, b"x"))
    client.expect_close(1002)


def test_continuation_behind_a_whole_message_is_1002(client):
    client.send(b"".join(fragments(b"two parts", 5)))
    client.expect((TEXT, b"two parts"))
    client.send(frame(CONTINUATION, b"x"))
    client.expect_close(1002)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("fin", [True, False])
def test_new_message_within_a_message_is_1002(client, opcode, fin):
    client.send(frame(TEXT, b"begun", fin=False) + frame(opcode, b"another", fin=fin))
    client.expect_close(1002)


# 6: UTF-8

VALID = ["κόσμε", "\x00", "\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd",
         "\ufffe", "\uffff", "\U00010000", "\U0003ffff", "\U0010ffff", "Hello-µ@ßöäüàá-UTF-8!!"]

INVALID = {
    "a continuation alone": b"\x80",
    "the last continuation alone": b"\xbf",
    "many continuations": b"\x80\xbf\x80\xbf",
    "all continuations": bytes(range(0x80, 0xc0)),
    "a start of two alone": b"\xc3 ",
    "a start of three alone": b"\xe1 ",
    "a start of four alone": b"\xf1 ",
    "two of three": b"\xe2\x82 ",
    "three of four": b"\xf0\x9f\x91 ",
    "FE": b"\xfe",
    "FF": b"\xff",
    "overlong slash in two": b"\xc0\xaf",
    "overlong slash in three": b"\xe0\x80\xaf",
    "overlong slash in four": b"\xf0\x80\x80\xaf",
    "overlong slash in five": b"\xf8\x80\x80\x80\xaf",
    "overlong slash in six": b"\xfc\x80\x80\x80\x80\xaf",
    "overlong NUL": b"\xc0\x80",
    "the longest overlong of two": b"\xc1\xbf",
    "the longest overlong of three": b"\xe0\x9f\xbf",
    "the longest overlong of four": b"\xf0\x8f\xbf\xbf",
    "the first high surrogate": b"\xed\xa0\x80",
    "the last high surrogate": b"\xed\xaf\xbf",
    "the first low surrogate": b"\xed\xb0\x80",
    "the last low surrogate": b"\xed\xbf\xbf",
    "a pair of surrogates": b"\xed\xa0\x80\xed\xb0\x80",
    "beyond the last character": b"\xf4\x90\x80\x80",
    "far beyond": b"\xf7\xbf\xbf\xbf",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "in the middle": "κόσμε".encode() + b"\xed\xa0\x80edited",
}
UNFINISHED = {"of two": b"a\xc3", "of three": b"a\xe2\x82", "of four": b"a\xf0\x9f\x91"}


@pytest.mark.parametrize("text", VALID, ids=ascii)
def test_valid_utf8_at_every_split(client, text):
    data = text.encode()
    client.send(frame(TEXT, data))
    client.expect((TEXT, data))
    for i in range(len(data) + 1):
        client.send(frame(TEXT, data[:i], fin=False) + frame(CONTINUATION, data[i:]))
        client.expect((TEXT, data))
    client.send(frame(TEXT, data), 1)
    client.expect((TEXT, data))


@pytest.mark.parametrize("name", INVALID)
def test_invalid_utf8_is_1007_at_every_split(address, name):
    data = INVALID[name]
    ways = [(frame(TEXT, data), None), (frame(TEXT, data), 1), (b"".join(fragments(data, 1)), None)]
    ways += [(frame(TEXT, data[:i], fin=False) + frame(CONTINUATION, data[i:]), None)
             for i in range(min(len(data), 12) + 1)]
    for sent, step in ways:
        with Client(address) as client:
            client.send(sent, step)
            client.expect_close(1007)


@pytest.mark.parametrize("name", UNFINISHED)
def test_character_that_is_not_ended_is_1007(address, name):
    for sent in (frame(TEXT, UNFINISHED[name]), b"".join(fragments(UNFINISHED[name], 1))):
        with Client(address) as client:
            client.send(sent)
            client.expect_close(1007)


@pytest.mark.parametrize("name", ["overlong slash in two", "the first high surrogate",
                                  "beyond the last character", "FF"])
def test_invalid_utf8_is_noticed_before_the_message_ends(client, name):
    client.send(frame(TEXT, b"fine so far ", fin=False))
    client.send(frame(CONTINUATION, INVALID[name] + b" and more", fin=False))
    client.expect_close(1007)


# 7: closing

def test_close_without_code_is_answered_with_1000(client):
    client.send(close())
    client.expect_close(1000)


# The last two are undefined; the suite leaves open what becomes of them.
VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013,
               3000, 3999, 4000, 4999, 5000, 65535]


@pytest.mark.parametrize("code", VALID_CODES)
@pytest.mark.parametrize("reason", [b"", "wir schließen".encode(), b"*" * 123])
def test_close_is_answered_with_its_code(client, code, reason):
    client.send(close(code, reason))
    client.expect_close(code)


INVALID_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999]


@pytest.mark.parametrize("code", INVALID_CODES)
@pytest.mark.parametrize("reason", [b"", b"why not"])
def test_close_with_a_code_that_must_not_be_sent_is_1002(client, code, reason):
    client.send(close(code, reason))
    client.expect_close(1002)


def test_close_with_half_a_code_is_1002(client):
    client.send(frame(CLOSE, b"\x03"))
    client.expect_close(1002)


@pytest.mark.parametrize("reason", [b"\xff", b"\xc0\xaf", "é".encode()[:1], b"\xed\xa0\x80"])
def test_close_with_a_reason_that_is_no_utf8_is_1002(client, reason):
    client.send(close(1000, reason))
    client.expect_close(1002)


@pytest.mark.parametrize("behind", [
    frame(TEXT, b"late"), frame(PING, b"late"), close(1001), frame(TEXT, b"late", fin=False)])
def test_nothing_is_answered_behind_a_close(client, behind):
    client.send(close(1000) + behind)
    client.expect_close(1000)


def test_what_came_before_a_close_is_answered(client):
    client.send(frame(TEXT, b"a") + frame(PING, b"b") + close(1000))
    client.expect((TEXT, b"a"), (PONG, b"b"))
    client.expect_close(1000)


def test_close_within_a_message(client):
    client.send(frame(TEXT, b"begun", fin=False) + close(1000))
    client.expect_close(1000)


def test_close_in_pieces(client):
    client.send(close(1000, b"slowly"), 1)
    client.expect_close(1000)


# At the end of all: whatever was sent, others are served.

def test_server_is_alive(address):
    with Client(address) as client:
        is_alive(client)
