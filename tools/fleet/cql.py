"""As much of Cassandra's protocol (version 4) as it takes to see that a node serves, and to make a user on it.

Debian's driver for Python would bring threads and a second of start to each look; this is a handshake and one statement.
The format: https://cassandra.apache.org/doc/latest/cassandra/reference/native-protocol.html
"""
import socket
import ssl
import struct

from fleet.progress import NotReady

VERSION = 0x04
ERROR, STARTUP, READY, AUTHENTICATE, QUERY, RESULT, AUTH_RESPONSE, AUTH_SUCCESS = 0, 1, 2, 3, 7, 8, 0x0F, 0x10
QUORUM, ALL, LOCAL_ONE = 0x0004, 0x0005, 0x000A
BAD_CREDENTIALS = 0x0100
HEADER = struct.Struct(">BBhBi")  # version, flags, stream, kind, length
TIMEOUT_S = 15


class Refused(NotReady):
    """The server answered with an error."""

    def __init__(self, code, message):
        super().__init__(f"{message} (error 0x{code:04x})")
        self.code = code


class Connection:
    """One connection to one node, as one user; for `with`."""

    def __init__(self, host, port, user=None, password=None, authority=None):
        self.socket = socket.create_connection((host, port), timeout=TIMEOUT_S)
        try:
            if authority:
                context = ssl.create_default_context(cafile=authority)
                self.socket = context.wrap_socket(self.socket, server_hostname=host)
            self._sign_in(user, password)
        except BaseException:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def run(self, statement, consistency=QUORUM):
        """Runs one statement; what it answers is not looked at, but an error is Refused."""
        text = statement.encode("utf-8")
        self._ask(QUERY, struct.pack(">i", len(text)) + text + struct.pack(">HB", consistency, 0))

    def _sign_in(self, user, password):
        kind, _ = self._ask(STARTUP, struct.pack(">H", 1) + _string("CQL_VERSION") + _string("3.0.0"))
        if kind == AUTHENTICATE:
            token = f"\0{user or ''}\0{password or ''}".encode()
            self._ask(AUTH_RESPONSE, struct.pack(">i", len(token)) + token)

    def _ask(self, kind, body):
        self.socket.sendall(HEADER.pack(VERSION, 0, 0, kind, len(body)) + body)
        _, _, _, kind, length = HEADER.unpack(self._read(HEADER.size))
        body = self._read(length)
        if kind == ERROR:
            code, size = struct.unpack_from(">iH", body)
            raise Refused(code, body[6:6 + size].decode("utf-8", "replace"))
        return kind, body

    def _read(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise NotReady("the connection was closed")
            data += more
        return data


def _string(text):
    return struct.pack(">H", len(text)) + text.encode("ascii")
