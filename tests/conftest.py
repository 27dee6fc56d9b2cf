"""Fixtures: one server per test module, people with names of their own, and async tests."""

import asyncio
import inspect
import os
import pathlib

import pytest

from harness import api, contract
from harness.server import Server

ASYNC_TEST_DEADLINE_S = 600  # far beyond what any takes: it only ends a hanging one


def pytest_sessionfinish(session):
    """Keeps what was seen of the documents, for integration/test_zz_documents.py."""
    folder = os.environ.get("PARLEY_API_COVERAGE")
    modules = {item.path.stem for item in session.items}
    if folder and len(modules) == 1:
        contract.seen.write(pathlib.Path(folder, f"{modules.pop()}.json"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Runs `async def` tests, each in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    test = pyfuncitem.obj(**arguments)
    asyncio.run(asyncio.wait_for(test, ASYNC_TEST_DEADLINE_S))
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows what the servers of its module wrote to their logs."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for server in Server.started[-3:]:
            report.sections.append((f"parleyd in {server.folder.name}", server.log_tail()))


def pytest_make_parametrize_id(config, val, argname):
    """Long texts stand in the names of tests by their beginning and length."""
    if isinstance(val, (str, bytes)) and len(val) > 40:
        return f"{argname}-{ascii(val[:8])}-{len(val)}"
    return None


@pytest.fixture(scope="module")
def make_server(tmp_path_factory):
    """Makes servers (not yet started) that are stopped, with exit code 0, when the module ends."""
    servers = []

    def make(env=None, args=()):
        server = Server(tmp_path_factory.mktemp("server"), env, args)
        servers.append(server)
        return server

    yield make
    errors = []
    for server in servers:
        try:
            server.dispose()
        except AssertionError as error:
            errors.append(str(error))
    Server.started[:] = [s for s in Server.started if s not in servers]
    assert not errors, errors


@pytest.fixture(scope="module")
def server(make_server):
    """The server that the tests of a module share."""
    return make_server().start()


@pytest.fixture
def people(server):
    """`ann, bo = people("ann", "bo")`: new accounts on the shared server."""
    return lambda *stems: [api.User.register(server, stem) for stem in stems]


@pytest.fixture
def anyone(server):
    """HTTP without a session."""
    return api.Http(server.http)
