"""WebSocket frames by hand: a client that sends exactly what a case says, right or wrong."""

import socket
import struct

DEADLINE_S = 20
MASK = b"\x12\x34\x56\x78"

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def frame(opcode, payload=b"", fin=True, rsv=0, mask=MASK, length=None):
    """One frame; `length` overrides its length field, given as raw bytes without the mask bit."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    if length is None:
        size = len(payload)
        if size < 126:
            length = bytes([size])
        elif size < 65536:
            length = b"\x7e" + struct.pack(">H", size)
        else:
            length = b"\x7f" + struct.pack(">Q", size)
    if mask is None:
        return bytes([first]) + length + payload
    whole = (mask * (len(payload) // 4 + 1))[:len(payload)]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(whole, "big")).to_bytes(
        len(payload), "big")
    return bytes([first, length[0] | 0x80]) + length[1:] + mask + masked


def close(code=None, reason=b""):
    return frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason)


def fragments(payload, size, opcode=TEXT):
    """The message in frames of `size` bytes, the last one final."""
    pieces = [payload[i:i + size] for i in range(0, len(payload), size)] or [b""]
    return [frame(opcode if i == 0 else CONTINUATION, piece, fin=i == len(pieces) - 1)
            for i, piece in enumerate(pieces)]


class Client:
    """An open WebSocket to HOST:PORT."""

    def __init__(self, address, path="/", headers=()):
        host, port = address.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=DEADLINE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        lines = [f"GET {path} HTTP/1.1", f"Host: {address}", "Connection: Upgrade",
                 "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *headers, "", ""]
        self.socket.sendall("\r\n".join(lines).encode())
        while b"\r\n\r\n" not in self.received:
            assert self._fill(), "no answer to the handshake"
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head, head

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data, step=None):
        """All at once, or `step` bytes in a segment."""
        try:
            for i in range(0, len(data), step or len(data) or 1):
                self.socket.sendall(data[i:i + (step or len(data))])
        except ConnectionError:
            pass  # what was answered before shows

    def read(self):
        """(opcode, payload) of the next frame, ("end", b"") when the server has closed."""
        head = self._take(2)
        if head is None:
            return "end", b""
        assert head[0] & 0x70 == 0 and head[1] & 0x80 == 0, "a server sends no RSV bit and no mask"
        assert head[0] & 0x80, "this server never fragments"
        size = head[1]
        if size == 126:
            size = struct.unpack(">H", self._take(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self._take(8))[0]
        return head[0] & 0x0F, self._take(size)

    def expect(self, *frames):
        for wanted in frames:
            assert self.read() == wanted

    def expect_close(self, code, then_end=True):
        """A close frame with that code (None: without one) and then the end, without our help."""
        opcode, payload = self.read()
        assert opcode == CLOSE, (opcode, payload[:80])
        got = struct.unpack(">H", payload[:2])[0] if payload else None
        assert got == code, payload
        payload[2:].decode("utf-8")
        if then_end:
            assert self.read() == ("end", b"")

    def _take(self, size):
        while len(self.received) < size:
            if not self._fill():
                assert not self.received, "cut off within a frame"
                return None
        taken, self.received = self.received[:size], self.received[size:]
        return taken

    def _fill(self):
        try:
            piece = self.socket.recv(262144)
        except ConnectionResetError:
            return False
        self.received += piece
        return bool(piece)
