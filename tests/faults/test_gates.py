"""The gates that cut a program off: what they hold is late, what they tear is reset, and nobody goes round them."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from faults.gates import Gates, build_detour

PATIENCE_S = 20
SILENCE_S = 0.3


@pytest.fixture(name="echo")
def echo_server():
    """The address of a server that says back what it hears."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection):
        with connection, contextlib.suppress(ConnectionResetError):
            while data := connection.recv(4096):
                connection.sendall(data)

    def accept():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield "{}:{}".format(*listener.getsockname())
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.fixture(name="gates")
def gates_before(echo):
    made = Gates([echo])
    yield made
    made.close()


@pytest.fixture(name="client")
def connected(gates, echo):
    with socket.create_connection(("127.0.0.1", gates.ports[echo]), timeout=PATIENCE_S) as connection:
        connection.sendall(b"hello")
        assert connection.recv(100) == b"hello"
        yield connection


def test_what_is_held_comes_later(gates, client):
    gates.hold()
    client.sendall(b"one")
    client.settimeout(SILENCE_S)
    with pytest.raises(TimeoutError):
        client.recv(100)
    client.settimeout(PATIENCE_S)
    gates.open()
    assert client.recv(100) == b"one"


def test_who_comes_while_it_holds_is_let_in_later(gates, echo):
    gates.hold()
    with socket.create_connection(("127.0.0.1", gates.ports[echo]), timeout=PATIENCE_S) as late:
        late.sendall(b"late")
        gates.open()
        assert late.recv(100) == b"late"


def test_what_is_torn_is_reset_and_so_is_who_comes(gates, client, echo):
    gates.tear()
    with pytest.raises(ConnectionResetError):
        client.recv(100)
    with pytest.raises(ConnectionError), socket.create_connection(("127.0.0.1", gates.ports[echo])) as late:
        late.sendall(b"late")
        if not late.recv(100):
            raise ConnectionResetError
    gates.open()
    with socket.create_connection(("127.0.0.1", gates.ports[echo]), timeout=PATIENCE_S) as again:
        again.sendall(b"again")
        assert again.recv(100) == b"again"


def test_what_is_slowed_keeps_its_order(gates, client):
    gates.slow(SILENCE_S)
    begun = time.monotonic()
    client.sendall(b"one ")
    client.sendall(b"two")
    heard = b""
    while len(heard) < 7:
        heard += client.recv(100)
    assert heard == b"one two"
    assert time.monotonic() - begun >= 2 * SILENCE_S


def test_a_program_is_led_to_the_gate(gates, echo, tmp_path):
    host, port = echo.split(":")
    program = f"import socket\nprint(socket.create_connection(('{host}', {port})).getpeername()[1])"
    environment = {**os.environ, "LD_PRELOAD": str(build_detour(tmp_path)), "TEST_DETOURS": gates.detours}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert int(told.stdout) == gates.ports[echo]
