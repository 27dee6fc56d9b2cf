"""Thousands of misbehaving connections in one thread, over epoll."""

import errno
import select
import socket
import struct
import time

HANDSHAKE = (
    "GET /v1/ws HTTP/1.1\r\nHost: abuse\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: parley.v1\r\n{}\r\n")
SOURCES = 20  # addresses 127.0.0.2 and on, so that none has too many ports


def handshake(token=None):
    header = f"Authorization: Bearer {token}\r\n" if token else ""
    return HANDSHAKE.format(header).encode()


class Peer:
    """One connection; subclasses say what it does."""

    receive_buffer = None

    def __init__(self, greeting=b""):
        self.greeting = greeting
        self.received = b""
        self.ended = False  # by the server
        self.socket = None
        self.opened_at = None

    def on_open(self):
        pass

    def on_bytes(self):
        pass

    reads = True
    active = False

    def tick(self, now):
        """Ten times a second while it is open, if it is active."""

    def status(self):
        """Of the HTTP answer; None without one."""
        return int(self.received[9:12]) if self.received.startswith(b"HTTP/1.1 ") else None

    def close_code(self):
        """Of the close frame behind the handshake's answer; None without one."""
        _, found, data = self.received.partition(b"\r\n\r\n")
        while found and len(data) >= 2:
            opcode, size = data[0] & 15, data[1] & 127
            start = 2
            if size == 126:
                size, start = struct.unpack(">H", data[2:4])[0], 4
            if opcode == 8:
                return struct.unpack(">H", data[start:start + 2])[0]
            data = data[start + size:]
        return None


class Swarm:
    """Opens peers at a pace and lets them do their harm until `done` holds."""

    TICK_S = 0.1

    def __init__(self, address):
        host, port = address.split(":")
        self.address = (host, int(port))
        self.epoll = select.epoll()
        self.peers = {}
        self.count = 0

    def close(self):
        for peer in list(self.peers.values()):
            self._drop(peer)
        self.epoll.close()

    def run(self, peers, per_second, done, deadline_s, on_tick=None):
        """`peers`: an iterator of what is to be opened. True if `done()` within the deadline."""
        begin = last_tick = time.monotonic()
        opened, peers = 0, iter(peers)
        more = True
        while time.monotonic() - begin < deadline_s:
            now = time.monotonic()
            while more and opened < (now - begin) * per_second:
                peer = next(peers, None)
                more = peer is not None
                if more:
                    self._open(peer, now)
                    opened += 1
            for number, events in self.epoll.poll(0.01):
                if number in self.peers:
                    self._on_event(self.peers[number], events)
            if now - last_tick >= self.TICK_S:
                last_tick = now
                for peer in [p for p in self.peers.values() if p.active]:
                    peer.tick(now)
                if on_tick:
                    on_tick()
                if done():
                    return True
        return done()

    def _open(self, peer, now):
        self.count += 1
        peer.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        if peer.receive_buffer:
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, peer.receive_buffer)
        peer.socket.bind((f"127.0.0.{2 + self.count % SOURCES}", 0))
        error = peer.socket.connect_ex(self.address)
        assert error in (0, errno.EINPROGRESS), error
        peer.opened_at = now
        self.peers[peer.socket.fileno()] = peer
        self.epoll.register(peer.socket.fileno(), select.EPOLLOUT)

    def _on_event(self, peer, events):
        if events & select.EPOLLOUT:
            # Connected: its greeting fits into the socket's buffer.
            self.epoll.modify(peer.socket.fileno(), select.EPOLLIN | select.EPOLLRDHUP)
            send(peer, peer.greeting)
            peer.on_open()
        if events & (select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR):
            self._read(peer, events)

    def _read(self, peer, events):
        if not peer.reads:
            if events & (select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP):
                self._end(peer)
            return
        try:
            piece = peer.socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        peer.received += piece
        if not piece:
            return self._end(peer)
        peer.on_bytes()
        if not peer.reads:
            self.epoll.modify(peer.socket.fileno(), select.EPOLLRDHUP)
        return None

    def _end(self, peer):
        peer.ended = True
        self._drop(peer)

    def _drop(self, peer):
        del self.peers[peer.socket.fileno()]
        self.epoll.unregister(peer.socket.fileno())
        peer.socket.close()


def send(peer, data):
    """As much as the socket takes; what it refuses is not tried again."""
    try:
        peer.socket.send(data)
    except OSError:
        pass  # the end shows when it is read
