"""Guessing passwords: slowed and refused where it comes from, and nobody is locked out by it."""

import concurrent.futures
import statistics
import time

import pytest

from harness import api
from harness.api import PASSWORD, User, unique_name

FAILURES = 4  # from one address, before tries are refused
FAILURES_ALL = 8  # from all addresses, before they are delayed
DELAY_S = 1.0  # at most


@pytest.fixture(scope="module")
def server(make_server):
    """Trusts the tests as a proxy, so that they can come from anywhere."""
    return make_server({
        "PARLEY_LIMITS_ENABLED": "true",
        "PARLEY_SERVER_TRUSTED_PROXIES": "127.0.0.1",
        "PARLEY_RATES_GUESSES_PER_MINUTE": "1",
        "PARLEY_RATES_GUESSES_BURST": str(FAILURES),
        "PARLEY_RATES_GUESSES_ALL_PER_MINUTE": "1",
        "PARLEY_RATES_GUESSES_ALL_BURST": str(FAILURES_ALL),
        "PARLEY_RATES_GUESS_DELAY_MS": str(int(DELAY_S * 1000))}).start()


def sign_in(server, name, password, client):
    return api.Http(server.http).request(
        "POST", "/v1/sessions", {"username": name, "password": password},
        headers={"X-Forwarded-For": client})


def timed(call, *arguments):
    begin = time.monotonic()
    return call(*arguments), time.monotonic() - begin


def attack(server, name):
    """Guesses from many addresses, until everybody who is unknown is delayed."""
    guesses = [f"203.0.113.{1 + number // 2}" for number in range(FAILURES_ALL + 4)]
    with concurrent.futures.ThreadPoolExecutor(len(guesses)) as pool:
        for answer in pool.map(lambda client: sign_in(server, name, "wrong guess", client), guesses):
            answer.problem(401, "unauthenticated")


@pytest.fixture
def ann(people):
    return people("ann")[0]


def test_one_address_is_refused_after_a_few_failures(server, ann):
    guess = lambda: sign_in(server, ann.username.upper(), "wrong guess", "198.51.100.1")
    for _ in range(FAILURES):
        guess().problem(401, "unauthenticated")
    refused = guess()
    refused.problem(429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    sign_in(server, ann.username, ann.password, "198.51.100.1").problem(429, "rate_limited")
    sign_in(server, ann.username, ann.password, "198.51.100.2").expect(201)


def test_a_success_forgets_the_failures(server, ann):
    for _ in range(3):
        for _ in range(FAILURES - 1):
            sign_in(server, ann.username, "wrong guess", "198.51.100.1").problem(
                401, "unauthenticated")
        sign_in(server, ann.username, ann.password, "198.51.100.1").expect(201)


def test_the_owner_gets_in_while_others_guess(server, ann):
    sign_in(server, ann.username, ann.password, "198.51.100.7").expect(201)
    attack(server, ann.username)
    # From where she never was: after a while.
    answer, seconds = timed(sign_in, server, ann.username, ann.password, "198.51.100.8")
    answer.expect(201)
    assert seconds >= 0.9 * DELAY_S
    # From where she has signed in before: at once.
    for client in ("198.51.100.7", "198.51.100.8"):
        answer, seconds = timed(sign_in, server, ann.username, ann.password, client)
        answer.expect(201)
        assert seconds < 0.9 * DELAY_S


def test_names_that_nobody_has_are_treated_alike(server):
    name = unique_name("nobody")
    guess = lambda client: sign_in(server, name, "wrong guess", client)
    for _ in range(FAILURES):
        guess("198.51.100.1").problem(401, "unauthenticated")
    guess("198.51.100.1").problem(429, "rate_limited")
    attack(server, name)
    answer, seconds = timed(guess, "198.51.100.2")
    answer.problem(401, "unauthenticated")
    assert seconds >= 0.9 * DELAY_S


def test_the_old_password_is_guessed_no_more_often(server, ann):
    change = lambda old: ann.request(
        "POST", "/v1/users/me/password", {"old": old, "new": PASSWORD + " 2"})
    for _ in range(FAILURES):
        change("wrong guess").problem(403, "forbidden")
    change("wrong guess").problem(429, "rate_limited")
    change(ann.password).problem(429, "rate_limited")


def test_a_flood_of_sign_ins_from_one_address_leaves_others_alone(server, people):
    ann, bo = people("ann", "bo")
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        flood = [pool.submit(sign_in, server, unique_name("nobody"), PASSWORD, "203.0.113.99")
                 for _ in range(100)]
        sign_in(server, bo.username, bo.password, "198.51.100.3").expect(201)
        waiting = sum(not guess.done() for guess in flood)
        assert all(guess.result().status == 401 for guess in flood)
    assert waiting > 0, "the flood was over before anybody else came"
    sign_in(server, ann.username, ann.password, "198.51.100.4").expect(201)


def test_time_does_not_tell_whether_a_name_exists(make_server):
    """Medians, and generous: a hash takes many times what the rest of a sign-in does."""
    server = make_server({"PARLEY_AUTH_ARGON2_MEMORY_KIB": "19456",
                          "PARLEY_AUTH_ARGON2_PASSES": "2"}).start()
    ann = User.register(server, "ann")
    names = {"known": ann.username, "unknown": unique_name("nobody"), "no name": "x" * 500}
    seconds = {kind: [] for kind in names}
    for _ in range(9):
        for kind, name in names.items():
            answer, took = timed(sign_in, server, name, "wrong guess", "198.51.100.1")
            answer.problem(401, "unauthenticated")
            seconds[kind].append(took)
    medians = {kind: statistics.median(values) for kind, values in seconds.items()}
    assert min(medians.values()) > max(medians.values()) / 3, medians
