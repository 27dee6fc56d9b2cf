"""Rates: who is too fast is told when to try again, by HTTP and WebSocket; nobody else notices."""

import asyncio
import re

import pytest

from harness import api, ws
from harness.api import PASSWORD, User, unique_name


def settings(**rates):
    """The environment for these rates of [rates]; limits are on."""
    env = {f"PARLEY_RATES_{name.upper()}": str(value) for name, value in rates.items()}
    return {"PARLEY_LIMITS_ENABLED": "true", **env}


@pytest.fixture(scope="module")
def server(make_server):
    """A few of each at once; one more send or search comes after three seconds."""
    return make_server(settings(
        searches_per_minute=20, searches_burst=2,
        conversations_per_minute=1, conversations_burst=3,
        members_per_minute=1, members_burst=4,
        sends_per_minute=20, sends_burst=3,
        frames_per_minute=60, frames_burst=20,
        momentary_per_minute=1, momentary_burst=2)).start()


def retry_after(response):
    """The seconds that a refusal asks to wait; also checks its form."""
    response.problem(429, "rate_limited")
    seconds = response.headers["Retry-After"]
    assert re.fullmatch(r"[1-9]\d*", seconds), seconds
    return int(seconds)


def metric(server, name):
    text = server.ops_get("/metrics")
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not among the metrics"
    return float(found.group(1))


# HTTP.

def test_a_person_who_is_too_fast_waits_as_told(server, people):
    ann, bo = people("ann", "bo")
    for _ in range(2):
        ann.get("/v1/users", query="an").expect(200)
    assert retry_after(ann.get("/v1/users", query="an")) <= 3
    bo.get("/v1/users", query="an").expect(200)
    ann.get("/v1/users/me").expect(200)
    assert metric(server, 'parley_rate_limited_total{kind="search"}') >= 1
    assert metric(server, 'parley_rate_buckets{table="accounts"}') >= 1


def test_conversations_and_the_people_put_into_them_are_counted(people):
    ann, bo, cy, dee = people("ann", "bo", "cy", "dee")
    group = ann.group(bo, cy)
    assert retry_after(ann.request("POST", f"/v1/conversations/{group['id']}/members",
                                   {"user_ids": [dee.id, bo.id, cy.id]})) > 1
    ann.direct(bo)
    ann.direct(cy)
    assert retry_after(ann.request("POST", "/v1/conversations",
                                   {"kind": "direct", "member_ids": [dee.id]})) > 1


async def test_sends_by_http_and_websocket_count_together(people):
    ann, bo = people("ann", "bo")
    chat = ann.direct(bo)
    ann.send(chat, "by HTTP")
    async with ann.connect() as socket:
        await socket.send(chat, "by WebSocket")
        await socket.send(chat, "and again")
        with pytest.raises(ws.Refused) as refused:
            await socket.send(chat, "too fast")
        error = refused.value.frame
        assert error["code"] == "rate_limited"
        assert 0 < error["retry_after_ms"] <= 3000
        assert retry_after(ann.try_send(chat, "neither by HTTP")) <= 3
        # Who waits as told gets through.
        await asyncio.sleep(error["retry_after_ms"] / 1000)
        assert (await socket.send(chat, "patient"))["seq"] == 5


# WebSocket.

async def test_frames_without_an_answer_are_refused_with_an_error(people):
    ann, bo = people("ann", "bo")
    chat = ann.direct(bo)
    async with ann.connect() as socket:
        for _ in range(3):
            await socket.put("typing", conversation_id=chat["id"], active=True)
        error = await socket.wait_for(ws.frame("error", code="rate_limited"))
        assert error["retry_after_ms"] > 1000
        await socket.ping()


async def test_who_goes_on_regardless_is_closed_with_4008(people):
    ann, bo = people("ann", "bo")
    async with ann.connect() as socket, bo.connect() as bystander:
        pings = [{"type": "ping", "ref": f"p{number}"} for number in range(300)]
        socket.put_together(pings)
        assert await socket.closed() == 4008
        kinds = [(f["type"], f.get("code")) for f in socket.frames if f["type"] != "ready"]
        assert kinds.count(("error", "rate_limited")) == 99
        assert kinds.count(("pong", None)) >= 20
        refs = [f["ref"] for f in socket.frames if f["type"] == "error"]
        assert len(set(refs)) == len(refs), "an error bears the ref of its frame"
        await bystander.ping()
    async with ann.connect() as again:  # the account may come back
        await again.ping()


# Addresses.

def sign_in(server, client=None, name=None):
    """A sign-in of nobody, as a proxy passes it on for `client`."""
    headers = {"X-Forwarded-For": client} if client else {}
    return api.Http(server.http).request(
        "POST", "/v1/sessions", {"username": name or unique_name("no"), "password": PASSWORD},
        headers=headers)


def test_a_stranger_cannot_choose_an_address(make_server):
    server = make_server(settings(sign_ins_per_minute=1, sign_ins_burst=3)).start()
    for number in range(3):
        sign_in(server, f"198.51.100.{number}").problem(401, "unauthenticated")
    assert retry_after(sign_in(server, "198.51.100.9")) > 1


def test_behind_a_trusted_proxy_each_client_has_its_own(make_server):
    server = make_server({
        **settings(sign_ins_per_minute=1, sign_ins_burst=3),
        "PARLEY_SERVER_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8"}).start()
    for client in ("198.51.100.1", "198.51.100.2", "2001:db8:1:1::5"):
        for _ in range(3):
            sign_in(server, client).problem(401, "unauthenticated")
        retry_after(sign_in(server, client))
    retry_after(sign_in(server, "2001:db8:1:1::6"))  # the same /64
    retry_after(sign_in(server, "203.0.113.7, 198.51.100.1, 10.1.1.1"))  # the last stranger
    sign_in(server, "198.51.100.1, 203.0.113.7").problem(401, "unauthenticated")
    # What cannot be read counts as the proxy itself.
    for _ in range(3):
        sign_in(server, "unknown").problem(401, "unauthenticated")
    retry_after(sign_in(server))


def test_requests_and_tokens_of_strangers_leave_good_sessions_alone(make_server):
    server = make_server(settings(
        anonymous_per_minute=1, anonymous_burst=6,
        failed_tokens_per_minute=1, failed_tokens_burst=2)).start()
    ann = User.register(server, "ann")
    stranger = api.Http(server.http)
    wrong = {"Authorization": "Bearer wrong"}
    for _ in range(2):
        stranger.request("GET", "/v1/users/me", headers=wrong).problem(401, "unauthenticated")
    retry_after(stranger.request("GET", "/v1/users/me", headers=wrong))
    stranger.get("/v1/server").expect(200)
    stranger.get("/v1/nothing").problem(404, "not_found")
    for path in ("/v1/server", "/v1/nothing", "/v1/users/me"):
        retry_after(stranger.get(path))
    ann.get("/v1/users/me").expect(200)


async def test_websockets_and_accounts_of_an_address(make_server):
    server = make_server(settings(
        websockets_per_minute=1, websockets_burst=2,
        accounts_per_minute=1, accounts_burst=2)).start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    retry_after(api.Http(server.http).request(
        "POST", "/v1/accounts", {"username": unique_name("cy"), "password": PASSWORD}))
    async with ann.connect() as one, bo.connect() as other:
        await one.ping()
        await other.ping()
        assert await ws.refusal(server.http, token=ann.token) == 429


def test_the_defaults_bother_no_test_suite(make_server):
    """A hundred accounts from one address, and each does a little of everything."""
    server = make_server({"PARLEY_LIMITS_ENABLED": "true"}).start()
    everybody = [User.register(server, "ann") for _ in range(100)]
    ann = everybody[0]
    group = ann.group(*everybody[1:])
    for person in everybody:
        person.login()
        person.send(group, "hello")
        person.get("/v1/users", query="ann").expect(200)
    for _ in range(500):
        ann.send(group, "and again")
    assert ann.conversation(group)["last_seq"] == 601


def test_limits_can_be_turned_off(make_server):
    server = make_server({
        **settings(searches_burst=1, requests_burst=1, accounts_burst=1),
        "PARLEY_LIMITS_ENABLED": "false"}).start()
    for _ in range(3):
        User.register(server, "ann").get("/v1/users", query="an").expect(200)


# Sessions.

async def test_one_session_too_many_ends_the_least_recently_used(make_server):
    server = make_server({"PARLEY_LIMITS_SESSIONS_PER_PERSON": "3"}).start()
    first = User.register(server, "ann")
    async with first.connect() as socket:
        second, third = first.login(), first.login()
        await socket.ping()
        fourth = first.login()
        assert await socket.closed() == 4001
    first.get("/v1/users/me").problem(401, "unauthenticated")
    kept = [session["id"] for session in fourth.get("/v1/sessions").expect(200)["items"]]
    assert kept == [second.session_id, third.session_id, fourth.session_id]
