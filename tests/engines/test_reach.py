"""The engines of the tests are there as tests/engines expects them: all of them, with TLS and passwords on.

Run by ctest with their addresses in the environment (cmake/EnginesTest.cmake); by hand:
tools/engines env --dir D -- /usr/bin/python3 -m pytest engines
"""
import os
import pathlib
import socket
import ssl
import sys
import urllib.parse

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from fleet import cql  # noqa: E402

if "PARLEY_CASSANDRA" not in os.environ:
    pytest.skip("no engines: run this through tools/engines env", allow_module_level=True)

CASSANDRA = [pair.rsplit(":", 1) for pair in os.environ["PARLEY_CASSANDRA"].split(",")]
CASSANDRA_CA = os.environ["PARLEY_CASSANDRA_CA"]
CASSANDRA_USER = os.environ["PARLEY_CASSANDRA_USER"], os.environ["PARLEY_CASSANDRA_PASSWORD"]
NATS = [urllib.parse.urlsplit(url) for url in os.environ["PARLEY_NATS"].split(",")]
REDIS = urllib.parse.urlsplit(os.environ["PARLEY_REDIS"])


@pytest.mark.parametrize("host,port", CASSANDRA)
def test_each_cassandra_node_agrees_with_the_others(host, port):
    with cql.Connection(host, int(port), *CASSANDRA_USER, CASSANDRA_CA) as connection:
        connection.run("SELECT role FROM system_auth.roles", cql.ALL)


@pytest.mark.parametrize("user", [("parley", "wrong"), ("cassandra", "cassandra"), (None, None)])
def test_cassandra_refuses_others(user):
    host, port = CASSANDRA[0]
    with pytest.raises(cql.Refused) as refused:
        cql.Connection(host, int(port), *user, CASSANDRA_CA)
    assert refused.value.code == cql.BAD_CREDENTIALS


def test_cassandra_refuses_connections_without_tls():
    host, port = CASSANDRA[0]
    with pytest.raises((cql.NotReady, OSError)):
        cql.Connection(host, int(port), *CASSANDRA_USER)


def ask_nats(url, user, password):
    """The first word of NATS' answer to a sign-in and a PING."""
    context = ssl.create_default_context(cafile=os.environ["PARLEY_NATS_CA"])
    with socket.create_connection((url.hostname, url.port), timeout=15) as plain:
        assert plain.recv(4096).startswith(b"INFO ")
        with context.wrap_socket(plain, server_hostname=url.hostname) as connection:
            sign_in = f'CONNECT {{"verbose":false,"user":"{user}","pass":"{password}"}}\r\nPING\r\n'
            connection.sendall(sign_in.encode("ascii"))
            return connection.recv(4096).split()[0]


@pytest.mark.parametrize("url", NATS, ids=lambda url: url.netloc)
def test_each_nats_server_lets_in_who_may(url):
    user, password = os.environ["PARLEY_NATS_USER"], os.environ["PARLEY_NATS_PASSWORD"]
    assert ask_nats(url, user, password) == b"PONG"
    assert ask_nats(url, user, "wrong") == b"-ERR"


@pytest.mark.parametrize("password,answer", [(REDIS.password, b"+OK\r\n"), ("wrong", b"-WRONGPASS")])
def test_redis_lets_in_who_may(password, answer):
    with socket.create_connection((REDIS.hostname, REDIS.port), timeout=15) as connection:
        connection.sendall(f"AUTH {password}\r\n".encode("ascii"))
        assert connection.recv(4096).startswith(answer)
