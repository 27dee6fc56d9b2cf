"""Bytes that no decent client sends: what is answered, and that nothing behind them is served.

Each case is a row: what is sent, the statuses that come back, and whether the connection is kept.
A connection that is not kept is closed by the server, after its answer.
"""

import contextlib
import re
import socket as sockets

import pytest

from harness.api import PASSWORD, Http, unique_name

DEADLINE_S = 30
HEADER_TIMEOUT_MS = 500
BODY_TIMEOUT_MS = 700
IDLE_TIMEOUT_MS = 5_000


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({
        "PARLEY_SERVER_HEADER_TIMEOUT_MS": str(HEADER_TIMEOUT_MS),
        "PARLEY_SERVER_BODY_TIMEOUT_MS": str(BODY_TIMEOUT_MS),
        "PARLEY_SERVER_IDLE_TIMEOUT_MS": str(IDLE_TIMEOUT_MS),
    }).start()


@pytest.fixture(autouse=True)
def still_serving(server):
    """Whatever a case did, the next client is served."""
    yield
    Http(server.http).get("/v1/server").expect(200)


class Peer:
    """A connection that sends exactly what it is told."""

    def __init__(self, server):
        host, port = server.http.split(":")
        self.socket = sockets.create_connection((host, int(port)), timeout=DEADLINE_S)
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        with contextlib.suppress(ConnectionError):  # the server need not read what it refuses
            self.socket.sendall(data)

    def answer(self, head=False):
        """The next answer as (status, headers, body); None if the server closed instead."""
        while b"\r\n\r\n" not in self.received:
            if not self._fill():
                assert not self.received, self.received
                return None
        start, _, self.received = self.received.partition(b"\r\n\r\n")
        lines = start.decode("latin-1").split("\r\n")
        status = int(re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", lines[0])[1])
        headers = {name.lower(): value for name, value in
                   (line.split(": ", 1) for line in lines[1:])}
        length = 0 if head else int(headers.get("content-length", 0))
        while len(self.received) < length:
            assert self._fill(), "the answer was cut off"
        body, self.received = self.received[:length], self.received[length:]
        return status, headers, body

    def ends(self):
        """Waits for the server to close; nothing more may have come."""
        while self._fill():
            pass
        return not self.received

    def _fill(self):
        try:
            piece = self.socket.recv(65536)
        except ConnectionError:
            return False
        self.received += piece
        return bool(piece)


def get(target="/v1/server", *headers, version="HTTP/1.1"):
    lines = [f"GET {target} {version}", "Host: parley.test", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def post(*headers, body=b""):
    lines = ["POST /v1/sessions HTTP/1.1", "Host: parley.test", "Content-Type: application/json",
             *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


SMUGGLED = get("/v1/smuggled")
CHUNKED = "Transfer-Encoding: chunked"
EMPTY = b"0\r\n\r\n"
# An empty object is a body that was read whole and understood: the answer is 422.
OBJECT = b"2\r\n{}\r\n0\r\n\r\n"

# name: (bytes, status). The connection is closed, and what stands behind is not served.
REFUSED = {
    # Where does the request end?
    "both lengths": (post("Content-Length: 5", CHUNKED, body=EMPTY), 400),
    "both lengths, the other way round": (post(CHUNKED, "Content-Length: 5", body=EMPTY), 400),
    "lengths that differ": (post("Content-Length: 2", "Content-Length: 3", body=b"{}"), 400),
    "a list of lengths that differ": (post("Content-Length: 2, 3", body=b"{}"), 400),
    "a length with a sign": (post("Content-Length: +2", body=b"{}"), 400),
    "a negative length": (post("Content-Length: -2", body=b"{}"), 400),
    "a hexadecimal length": (post("Content-Length: 0x2", body=b"{}"), 400),
    "a length with a fraction": (post("Content-Length: 2.0", body=b"{}"), 400),
    "an empty length": (post("Content-Length:", body=b"{}"), 400),
    "a length of words": (post("Content-Length: two", body=b"{}"), 400),
    "a length with a space in it": (post("Content-Length: 2 2", body=b"{}"), 400),
    "a length beyond 64 bits": (post("Content-Length: 18446744073709551618", body=b"{}"), 400),
    "a length that is too large": (post("Content-Length: 18446744073709551615"), 413),
    "an unknown coding": (post("Transfer-Encoding: xchunked", body=EMPTY), 501),
    "identity": (post("Transfer-Encoding: identity", body=EMPTY), 501),
    "chunked twice": (post("Transfer-Encoding: chunked, chunked", body=EMPTY), 501),
    "chunked in two headers": (post(CHUNKED, CHUNKED, body=EMPTY), 400),
    "gzip, chunked": (post("Transfer-Encoding: gzip, chunked", body=EMPTY), 501),
    "chunked, identity": (post("Transfer-Encoding: chunked, identity", body=EMPTY), 501),
    "a quoted coding": (post('Transfer-Encoding: "chunked"', body=EMPTY), 501),
    "a coding with a parameter": (post("Transfer-Encoding: chunked;q=1", body=EMPTY), 501),
    "an empty coding": (post("Transfer-Encoding:", body=EMPTY), 501),
    "a coding behind a vertical tab": (post("Transfer-Encoding: \x0bchunked", body=EMPTY), 400),
    "chunked in HTTP/1.0": (
        b"POST /v1/sessions HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + EMPTY, 400),
    "a chunk size of letters": (post(CHUNKED, body=b"zz\r\n"), 400),
    "a chunk size with a sign": (post(CHUNKED, body=b"+2\r\n{}\r\n0\r\n\r\n"), 400),
    "a negative chunk size": (post(CHUNKED, body=b"-2\r\n{}\r\n0\r\n\r\n"), 400),
    "a chunk size with 0x": (post(CHUNKED, body=b"0x2\r\n{}\r\n0\r\n\r\n"), 400),
    "a chunk size beyond 64 bits": (post(CHUNKED, body=b"1" + b"0" * 16 + b"\r\n"), 400),
    "a chunk that is longer than its size": (post(CHUNKED, body=b"2\r\n{}x\r\n0\r\n\r\n"), 400),
    "huge chunk extensions": (post(CHUNKED, body=b"2;" + b"x" * 20_000), 431),
    "endless trailers": (post(CHUNKED, body=b"0\r\n" + b"X: y\r\n" * 4_000), 431),
    "a length in trailers": (
        post(CHUNKED, body=b"2\r\n{}\r\n0\r\nContent-Length: 99\r\n\r\n"), 400),
    "a body on an upgrade": (get(
        "/v1/ws", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Content-Length: 2") + b"xx", 400),
    # Lines and names.
    "bare line feeds": (b"GET /v1/server HTTP/1.1\nHost: parley.test\n\n", 400),
    "one bare line feed": (b"GET /v1/server HTTP/1.1\r\nHost: parley.test\nX: y\r\n\r\n", 400),
    "a bare carriage return": (get("/v1/server", "X: a\rY: b"), 400),
    "a NUL in a value": (get("/v1/server", "X: a\0b"), 400),
    "a NUL in a name": (get("/v1/server", "X\0: a"), 400),
    "a NUL in the target": (get("/v1/ser\0ver"), 400),
    "a space before the colon": (get("/v1/server", "X : a"), 400),
    "a length with a space before the colon": (post("Content-Length : 2", body=b"{}"), 400),
    "no name": (get("/v1/server", ": a"), 400),
    "no colon": (get("/v1/server", "nonsense"), 400),
    "a letter beyond ASCII in a name": (get("/v1/server", "X\xe4: a"), 400),
    "a folded value": (get("/v1/server", "X: a", " b"), 400),
    "a folded coding": (post("Transfer-Encoding:", " chunked", body=EMPTY), 400),
    "a folded first header": (b"GET /v1/server HTTP/1.1\r\n Host: parley.test\r\n\r\n", 400),
    "no host": (b"GET /v1/server HTTP/1.1\r\n\r\n", 400),
    "two hosts": (get("/v1/server", "Host: other.test"), 400),
    # Sizes.
    "a target that is too long": (get("/" + "a" * 20_000), 414),
    "a method that is too long": (b"A" * 20_000 + b" / HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a value that is too long": (get("/v1/server", "X: " + "a" * 20_000), 431),
    "a name that is too long": (get("/v1/server", "X" * 20_000 + ": a"), 431),
    "too many headers": (get("/v1/server", *["X: a"] * 200), 431),
    "thousands of headers": (get("/v1/server", *["a:"] * 6_000), 431),
    # Request lines.
    "no version": (b"GET /v1/server\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /v1/server HTTP/0.9\r\nHost: a\r\n\r\n", 505),
    "HTTP/1.2": (get(version="HTTP/1.2"), 505),
    "HTTP/2.0": (get(version="HTTP/2.0"), 505),
    "http/1.1": (get(version="http/1.1"), 400),
    "two spaces": (b"GET  /v1/server HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a space in the target": (get("/v1/ server"), 400),
    "a tab for a space": (b"GET\t/v1/server\tHTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "no method": (b" /v1/server HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a method with a colon": (b"G:T /v1/server HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "an unknown expectation": (post("Expect: miracles", "Content-Length: 2", body=b"{}"), 417),
    "an expectation of more": (
        post("Expect: 100-continue, more", "Content-Length: 2", body=b"{}"), 417),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_and_closed_and_nothing_behind_it_served(server, name):
    data, status = REFUSED[name]
    with Peer(server) as peer:
        peer.send(data + SMUGGLED)
        answer = peer.answer()
        assert answer is not None, "closed without an answer"
        assert answer[0] == status, answer
        assert answer[1]["connection"] == "close", answer
        assert answer[1]["content-type"] == "application/problem+json", answer
        assert peer.ends(), peer.received


# name: (bytes, status). The connection goes on: the request was read whole.
ANSWERED = {
    "chunked": (post(CHUNKED, body=OBJECT), 422),
    "Chunked": (post("Transfer-Encoding: ChunKed", body=OBJECT), 422),
    "chunk extensions": (post(CHUNKED, body=b'2;a=b;c="d"\r\n{}\r\n0;e\r\n\r\n'), 422),
    "trailers": (post(CHUNKED, body=b"2\r\n{}\r\n0\r\nX: y\r\n\r\n"), 422),
    "a coded body": (post("Content-Encoding: gzip", "Content-Length: 2", body=b"{}"), 422),
    "an empty line before the request": (b"\r\n\r\n" + get(), 200),
    "an accepted coding": (get("/v1/server", "Accept-Encoding: gzip, br, *;q=0"), 200),
    "a body on a GET": (get("/v1/server", "Content-Length: 2") + b"{}", 200),
    "the absolute form": (get("http://parley.test/v1/server"), 200),
    "the absolute form of another host": (get("http://other.test/v1/server"), 200),
    "the authority form": (get("parley.test:80"), 400),
    "the asterisk form": (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "CONNECT": (b"CONNECT other.test:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "another scheme": (get("ftp://other.test/v1/server"), 400),
    "TRACE": (b"TRACE /v1/server HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    "an invented method": (b"BREW /v1/server HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    "a method in lower case": (b"get /v1/server HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    # Paths are compared as they are: nothing is resolved, so nothing can climb.
    "..": (get("/v1/../v1/server"), 404),
    "%2e%2e": (get("/v1/%2e%2e/v1/server"), 404),
    "%2E%2E%2F": (get("/v1/%2E%2E%2Fserver"), 404),
    ".": (get("/v1/./server"), 404),
    "//": (get("/v1//server"), 404),
    "// in front": (get("//v1/server"), 404),
    "a trailing slash": (get("/v1/server/"), 404),
    "a trailing dot": (get("/v1/server."), 404),
    "a parameter": (get("/v1/server;a=b"), 404),
    "a backslash": (get("/v1\\server"), 404),
    "%00": (get("/v1/server%00"), 404),
    "%2f": (get("/v1%2fserver"), 404),
    "%73erver, which is the same": (get("/v1/%73erver"), 200),
    "capital letters": (get("/V1/server"), 404),
    "overlong UTF-8": (get("/v1/%c0%ae%c0%ae/server"), 400),
    "a surrogate": (get("/v1/%ed%a0%80"), 400),
    "half a percent sign": (get("/v1/server%2"), 400),
    "no hexadecimal digits": (get("/v1/server%zz"), 400),
    "a long path": (get("/v1/" + "a/" * 5_000), 404),
    "a long query": (get("/v1/server?" + "a=b&" * 2_000), 200),
    "/etc/passwd": (get("/..%2f..%2f..%2fetc/passwd"), 404),
    # Upgrades to other things are declined by not being mentioned.
    "h2c": (get("/v1/server", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
                "HTTP2-Settings: AAMAAABkAAQAAP__"), 200),
    "websocket on another path": (get(
        "/v1/server", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), 200),
    "no upgrade where there is only a WebSocket": (get("/v1/ws"), 426),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_answered_and_the_connection_goes_on(server, name):
    data, status = ANSWERED[name]
    with Peer(server) as peer:
        peer.send(data + get())
        answer = peer.answer()
        assert answer and answer[0] == status, answer
        assert "connection" not in answer[1] and "content-encoding" not in answer[1], answer
        following = peer.answer()
        assert following and following[0] == 200 and b'"api":"v1"' in following[2], following


# Equal lengths may be taken for one (RFC 9110, 8.6) or refused; either way nothing is left over.

@pytest.mark.parametrize("headers", [("Content-Length: 2, 2",),
                                     ("Content-Length: 2", "Content-Length: 2")])
def test_equal_lengths_are_one_length_or_none(server, headers):
    with Peer(server) as peer:
        peer.send(post(*headers, body=b"{}") + get())
        status, fields, _ = peer.answer()
        if status == 422:
            assert peer.answer()[0] == 200
        else:
            assert status == 400 and fields["connection"] == "close"
            assert peer.ends()


def websocket(*headers, key="dGhlIHNhbXBsZSBub25jZQ==", version="13"):
    fields = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Protocol: parley.v1"]
    fields += [f"Sec-WebSocket-Key: {key}"] if key is not None else []
    fields += [f"Sec-WebSocket-Version: {version}"] if version is not None else []
    return get("/v1/ws", *fields, *headers)


@pytest.mark.parametrize("version", [None, "", "12", "14", "8", "013", "13, 8", "x"])
def test_websocket_of_another_version_is_426_and_names_ours(server, version):
    with Peer(server) as peer:
        peer.send(websocket(version=version) + SMUGGLED)
        status, headers, _ = peer.answer()
        assert status == 426
        assert headers["sec-websocket-version"] == "13" and headers["upgrade"] == "websocket"
        assert peer.ends()


@pytest.mark.parametrize("key", [
    None, "", "short", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ===", "!" * 24, "A" * 24,
    "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ=="])
def test_websocket_with_a_key_that_is_none_is_400(server, key):
    with Peer(server) as peer:
        peer.send(websocket(key=key) + SMUGGLED)
        assert peer.answer()[0] == 400
        assert peer.ends()


def test_websocket_with_two_keys_is_400(server):
    with Peer(server) as peer:
        peer.send(websocket("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
        assert peer.answer()[0] == 400
        assert peer.ends()


@pytest.mark.parametrize("offer", [
    "permessage-deflate", "permessage-deflate; client_max_window_bits", "x-webkit-deflate-frame",
    "permessage-deflate; server_max_window_bits=99, nonsense;;;"])
def test_websocket_compression_is_offered_and_not_taken(server, offer):
    with Peer(server) as peer:
        peer.send(websocket(f"Sec-WebSocket-Extensions: {offer}"))
        status, headers, _ = peer.answer()
        assert status == 101
        assert "sec-websocket-extensions" not in headers


def test_websocket_over_http_1_0_is_none(server):
    with Peer(server) as peer:
        peer.send(websocket().replace(b"HTTP/1.1", b"HTTP/1.0"))
        status, headers, _ = peer.answer()
        assert status == 426 and headers["connection"] == "close"
        assert peer.ends()


def test_websocket_of_a_post_is_none(server):
    with Peer(server) as peer:
        peer.send(websocket().replace(b"GET ", b"POST ", 1))
        assert peer.answer()[0] == 405


# Bytes of other protocols, and pieces.

CLIENT_HELLO = bytes.fromhex(
    "16030100c8010000c40303" + "11" * 32 + "20" + "22" * 32 + "0006130113021303" + "0100") + b"\0" * 120


@pytest.mark.parametrize("data", [
    CLIENT_HELLO, b"\x00" * 64, b"\xff" * 64, b"SSH-2.0-OpenSSH_9.2\r\n", b"EHLO a\r\n\r\n",
    b"\x05\x01\x00", b"\x80\x2e\x01\x00\x02"], ids=[
    "tls", "zeros", "ones", "ssh", "smtp", "socks", "ssl2"])
def test_other_protocols_are_closed_within_the_headers_time(server, data):
    with Peer(server) as peer:
        peer.send(data)
        answer = peer.answer()
        assert answer and answer[0] in (400, 408), answer
        assert peer.ends()


def test_silence_is_closed_without_a_word(server):
    before = server.metrics()["parley_http_timeouts_total"]
    with Peer(server) as peer:
        assert peer.answer() is None
    assert server.metrics()["parley_http_timeouts_total"] > before


@pytest.mark.parametrize("data", [
    b"G", b"GET /v1/server HTTP/1.1\r\n", get()[:-2], get()[:-1]])
def test_headers_that_never_end_are_408(server, data):
    with Peer(server) as peer:
        peer.send(data)
        assert peer.answer()[0] == 408
        assert peer.ends()


@pytest.mark.parametrize("data", [
    post("Content-Length: 9", body=b"{"), post(CHUNKED), post(CHUNKED, body=b"2\r\n{}\r\n"),
    post(CHUNKED, body=b"2\r\n{}\r\n0\r\n")])
def test_bodies_that_never_end_are_408(server, data):
    with Peer(server) as peer:
        peer.send(data)
        assert peer.answer()[0] == 408
        assert peer.ends()


@pytest.mark.parametrize("start", [
    get()[:-4] + b"\r\nX: ", post("Content-Length: 99999")], ids=["header", "body"])
def test_a_byte_at_a_time_gains_no_time(server, start):
    with Peer(server) as peer:
        peer.send(start)
        peer.socket.settimeout(0.02)  # the pace: a byte whenever nothing came for so long
        while not peer.received:
            try:
                assert peer._fill(), "closed without an answer"
            except TimeoutError:
                peer.send(b"x")
        peer.socket.settimeout(DEADLINE_S)
        assert peer.answer()[0] == 408
        assert peer.ends()


# Pipelining.

def test_pipelined_requests_are_answered_in_order(server):
    with Peer(server) as peer:
        peer.send(get() + get("/v1/nothing") + post("Content-Length: 2", body=b"{}") + get())
        assert [peer.answer()[0] for _ in range(4)] == [200, 404, 422, 200]


def test_pipelined_behind_close_is_not_served(server):
    with Peer(server) as peer:
        peer.send(get("/v1/server", "Connection: close") + SMUGGLED)
        assert peer.answer()[0] == 200
        assert peer.ends()


def test_pipelined_flood_is_answered_one_by_one(server):
    with Peer(server) as peer:
        peer.send(get() * 500)
        assert all(peer.answer()[0] == 200 for _ in range(500))


# Expect, HEAD, OPTIONS.

def test_expect_continue_is_answered_before_the_body(server):
    with Peer(server) as peer:
        peer.send(post("Expect: 100-continue", "Content-Length: 2"))
        assert peer.answer()[0] == 100
        peer.send(b"{}")
        assert peer.answer()[0] == 422


def test_expect_continue_of_a_body_that_is_too_large_is_413_at_once(server):
    with Peer(server) as peer:
        peer.send(post("Expect: 100-continue", "Content-Length: 9999999"))
        assert peer.answer()[0] == 413
        assert peer.ends()


def test_expect_without_a_body_is_answered_once(server):
    with Peer(server) as peer:
        peer.send(get("/v1/server", "Expect: 100-continue") + get())
        assert [peer.answer()[0] for _ in range(2)] == [200, 200]


def test_expect_in_http_1_0_is_ignored(server):
    with Peer(server) as peer:
        peer.send(post("Expect: 100-continue", "Content-Length: 2", body=b"{}")
                  .replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert peer.answer()[0] == 422


def test_head_has_the_headers_of_get_and_no_body(server):
    with Peer(server) as peer:
        peer.send(get())
        length = peer.answer()[1]["content-length"]
        peer.send(get().replace(b"GET", b"HEAD", 1) + get())
        status, headers, _ = peer.answer(head=True)
        assert (status, headers["content-length"]) == (200, length)
        assert peer.answer()[0] == 200


def test_options_names_the_methods(server):
    with Peer(server) as peer:
        peer.send(b"OPTIONS /v1/sessions HTTP/1.1\r\nHost: a\r\n\r\n" + get())
        status, headers, _ = peer.answer()
        assert status == 204 and "POST" in headers["allow"]
        assert peer.answer()[0] == 200


def test_a_smuggled_request_makes_no_account(server):
    """The classic: a body that another server would take for a request."""
    name = unique_name("smuggled")
    body = f'{{"username":"{name}","password":"{PASSWORD}"}}'
    inner = (f"POST /v1/accounts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
             f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
    for outer in (post(f"Content-Length: {len(EMPTY + inner)}", CHUNKED, body=EMPTY + inner),
                  post("Transfer-Encoding: xchunked", body=EMPTY + inner),
                  get("/v1/server", "X: a", " b") + inner):
        with Peer(server) as peer:
            peer.send(outer)
            assert peer.answer()[0] in (400, 501)
            assert peer.ends()
    login = {"username": name, "password": PASSWORD}
    Http(server.http).request("POST", "/v1/sessions", login).problem(401, "unauthenticated")
