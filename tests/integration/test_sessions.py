"""Sessions: bearer and cookie, CSRF and Origin, CORS, listing and revoking."""

import pytest

from harness import api, shapes, ws
from harness.api import PASSWORD, User, unique_name
from harness.server import needs_disk

ALLOWED_ORIGIN = "https://chat.example.org"
FOREIGN_ORIGIN = "https://evil.example.com"


@pytest.fixture(scope="module")
def server(make_server):
    return make_server({"PARLEY_SERVER_ALLOWED_ORIGINS": ALLOWED_ORIGIN}).start()


class Browser:
    """A person whose session is a cookie; `origin` is what the browser would send."""

    def __init__(self, server, origin=None):
        self.http = api.Http(server.http)
        self.origin = origin or server.url
        self.answer = self.http.request(
            "POST", "/v1/accounts",
            {"username": unique_name("web"), "password": PASSWORD, "cookie": True},
            headers={"Origin": self.origin})
        self.body = self.answer.expect(201)
        self.set_cookie = self.answer.headers["Set-Cookie"]
        self.cookie = self.set_cookie.split(";")[0]

    def request(self, method, path, *json, origin="own", csrf="1"):
        headers = {"Cookie": self.cookie}
        if origin:
            headers["Origin"] = self.origin if origin == "own" else origin
        if csrf:
            headers["X-Parley-CSRF"] = csrf
        return self.http.request(method, path, *json, headers=headers)


def bearer(http, token, path="/v1/users/me"):
    return http.request("GET", path, headers={"Authorization": f"Bearer {token}"})


# Bearer.

@pytest.mark.parametrize("header", [
    None, "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "Bearer " + "a" * 4000])
def test_bearer_missing_or_wrong_is_unauthenticated(anyone, header):
    headers = {"Authorization": header} if header is not None else {}
    anyone.request("GET", "/v1/users/me", headers=headers).problem(401, "unauthenticated")


@pytest.mark.parametrize("method, path", [
    ("GET", "/v1/sessions"), ("DELETE", "/v1/sessions"), ("DELETE", "/v1/sessions/current"),
    ("GET", "/v1/users?query=an"), ("GET", "/v1/conversations"),
    ("GET", f"/v1/conversations/{api.new_id()}/messages")])
def test_every_call_needs_a_session(anyone, method, path):
    anyone.request(method, path).problem(401, "unauthenticated")


def test_bearer_with_one_changed_letter_is_unauthenticated(people, anyone):
    (ann,) = people("ann")
    for index in (0, len(ann.token) // 2):
        changed = "A" if ann.token[index] != "A" else "B"
        token = ann.token[:index] + changed + ann.token[index + 1:]
        bearer(anyone, token).problem(401, "unauthenticated")


def test_bearer_needs_neither_csrf_header_nor_origin(people):
    (ann,) = people("ann")
    ann.patch("/v1/users/me", {"display_name": "Ann"}).expect(200)


# Listing.

def test_sessions_lists_own_devices_and_marks_the_current(people):
    ann, bo = people("ann", "bo")
    phone = ann.login(device_name="phone")
    items = phone.get("/v1/sessions").expect(200)["items"]
    for item in items:
        shapes.check(item, shapes.SESSION)
    assert {item["id"]: item["current"] for item in items} == {
        ann.session_id: False, phone.session_id: True}
    assert "phone" in [item["device_name"] for item in items]
    assert bo.session_id not in [item["id"] for item in items]


def test_sessions_list_pages(people):
    (ann,) = people("ann")
    wanted = {ann.session_id} | {ann.login().session_id for _ in range(4)}
    items = ann.all_pages("/v1/sessions", limit=2)
    assert len(items) == 5 and {item["id"] for item in items} == wanted


def test_sessions_never_show_tokens(people):
    (ann,) = people("ann")
    assert ann.token.encode() not in ann.get("/v1/sessions").body


# Revoking.

def test_logout_ends_only_the_current_session(people):
    (ann,) = people("ann")
    phone = ann.login()
    phone.delete("/v1/sessions/current").expect(204)
    phone.get("/v1/users/me").problem(401, "unauthenticated")
    ann.get("/v1/users/me").expect(200)


def test_revoking_another_session_by_id(people):
    (ann,) = people("ann")
    phone = ann.login()
    ann.delete(f"/v1/sessions/{phone.session_id}").expect(204)
    phone.get("/v1/users/me").problem(401, "unauthenticated")
    ids = [item["id"] for item in ann.get("/v1/sessions").expect(200)["items"]]
    assert ids == [ann.session_id]


def test_revoking_all_others_keeps_the_current(people):
    (ann,) = people("ann")
    others = [ann.login(), ann.login()]
    ann.delete("/v1/sessions").expect(204)
    for other in others:
        other.get("/v1/users/me").problem(401, "unauthenticated")
    ann.get("/v1/users/me").expect(200)


def test_revoking_a_session_of_someone_else_is_not_found(people):
    ann, bo = people("ann", "bo")
    ann.delete(f"/v1/sessions/{bo.session_id}").problem(404, "not_found")
    bo.get("/v1/users/me").expect(200)


@pytest.mark.parametrize("unknown", [api.new_id(), "not-an-id"])
def test_revoking_an_unknown_session_is_not_found(people, unknown):
    (ann,) = people("ann")
    ann.delete(f"/v1/sessions/{unknown}").problem(404, "not_found")


@needs_disk
def test_revoked_session_stays_revoked_after_a_kill(make_server):
    server = make_server().start()
    ann = User.register(server, "ann")
    phone = ann.login()
    ann.delete(f"/v1/sessions/{phone.session_id}").expect(204)
    server.kill()
    server.start()
    phone.get("/v1/users/me").problem(401, "unauthenticated")
    ann.get("/v1/users/me").expect(200)
    server.stop()


async def test_revoking_closes_the_websockets_of_that_session_with_4001(people):
    (ann,) = people("ann")
    phone = ann.login()
    async with phone.connect() as first, phone.connect() as second, ann.connect() as own:
        ann.delete(f"/v1/sessions/{phone.session_id}").expect(204)
        assert await first.closed() == 4001
        assert await second.closed() == 4001
        await own.ping()


async def test_logout_closes_own_websocket_with_4001(people):
    (ann,) = people("ann")
    async with ann.connect() as socket:
        ann.delete("/v1/sessions/current").expect(204)
        assert await socket.closed() == 4001


async def test_revoking_all_others_closes_their_websockets_only(people):
    (ann,) = people("ann")
    phone = ann.login()
    async with phone.connect() as other, ann.connect() as own:
        ann.delete("/v1/sessions").expect(204)
        assert await other.closed() == 4001
        await own.ping()


async def test_password_change_closes_other_websockets_with_4001(people):
    (ann,) = people("ann")
    phone = ann.login()
    async with phone.connect() as other, ann.connect() as own:
        body = {"old": PASSWORD, "new": "a new passphrase"}
        ann.post("/v1/users/me/password", body).expect(204)
        assert await other.closed() == 4001
        await own.ping()


# Cookies.

def test_cookie_session_hides_the_token_from_scripts(server):
    browser = Browser(server)
    assert "token" not in browser.body
    attributes = [part.strip().lower() for part in browser.set_cookie.split(";")[1:]]
    assert "httponly" in attributes and "samesite=lax" in attributes
    assert "secure" not in attributes  # the request came by plain http
    assert browser.cookie.split("=", 1)[1] not in browser.answer.body.decode()


def test_cookie_is_secure_where_a_trusted_proxy_says_https(make_server):
    server = make_server({"PARLEY_SERVER_TRUSTED_PROXIES": "127.0.0.1"}).start()
    body = {"username": unique_name(), "password": PASSWORD, "cookie": True}
    answer = api.Http(server.http).request("POST", "/v1/accounts", body, headers={
        "Origin": f"https://{server.http}", "X-Forwarded-Proto": "https"})
    answer.expect(201)
    assert "secure" in [part.strip().lower() for part in answer.headers["Set-Cookie"].split(";")]
    server.stop()


def test_cookie_is_not_secure_where_a_stranger_says_https(anyone, server):
    body = {"username": unique_name(), "password": PASSWORD, "cookie": True}
    answer = anyone.request("POST", "/v1/accounts", body, headers={
        "Origin": server.url, "X-Forwarded-Proto": "https"})
    answer.expect(201)
    assert "secure" not in answer.headers["Set-Cookie"].lower()


def test_cookie_login_works_like_cookie_registration(server):
    browser = Browser(server)
    answer = browser.http.request(
        "POST", "/v1/sessions",
        {"username": browser.body["user"]["username"], "password": PASSWORD, "cookie": True},
        headers={"Origin": server.url})
    assert "token" not in answer.expect(201)
    assert "httponly" in answer.headers["Set-Cookie"].lower()


def test_cookie_reads_without_csrf_header_or_origin(server):
    browser = Browser(server)
    me = browser.request("GET", "/v1/users/me", origin=None, csrf=None).expect(200)
    assert me["id"] == browser.body["user"]["id"]


def test_cookie_changes_with_csrf_header_and_own_origin(server):
    browser = Browser(server)
    body = {"display_name": "Webby"}
    assert browser.request("PATCH", "/v1/users/me", body).expect(200)["display_name"] == "Webby"


@pytest.mark.parametrize("origin, csrf", [
    ("own", None), ("own", "0"), (None, "1"), (FOREIGN_ORIGIN, "1"), ("null", "1"), (None, None)])
def test_cookie_change_without_csrf_header_or_own_origin_is_forbidden(server, origin, csrf):
    browser = Browser(server)
    answer = browser.request(
        "PATCH", "/v1/users/me", {"display_name": "Forged"}, origin=origin, csrf=csrf)
    answer.problem(403, "forbidden")
    assert browser.request("GET", "/v1/users/me").expect(200)["display_name"] != "Forged"


@pytest.mark.parametrize("headers", [{}, {"Origin": FOREIGN_ORIGIN}, {"Origin": "null"}])
def test_cookie_is_given_only_to_own_origins(anyone, headers):
    body = {"username": unique_name(), "password": PASSWORD, "cookie": True}
    answer = anyone.request("POST", "/v1/accounts", body, headers=headers)
    answer.problem(403, "forbidden")
    assert "Set-Cookie" not in answer.headers


def test_cookie_of_an_allowed_origin_works(server):
    browser = Browser(server, origin=ALLOWED_ORIGIN)
    browser.request("PATCH", "/v1/users/me", {"display_name": "Far"}).expect(200)


def test_cookie_logout_clears_the_cookie(server):
    browser = Browser(server)
    browser.request("DELETE", "/v1/sessions/current").expect(204)
    browser.request("GET", "/v1/users/me").problem(401, "unauthenticated")


async def test_cookie_opens_a_websocket_from_own_and_allowed_origins(server):
    browser = Browser(server)
    for origin in (server.url, ALLOWED_ORIGIN):
        connecting = ws.Connecting(
            server.http, headers={"Cookie": browser.cookie}, origin=origin, await_ready=True)
        async with connecting as socket:
            assert socket.ready["user_id"] == browser.body["user"]["id"]


@pytest.mark.parametrize("origin", [FOREIGN_ORIGIN, "null", None])
async def test_cookie_opens_no_websocket_from_elsewhere(server, origin):
    browser = Browser(server)
    ending = await ws.refusal(server.http, headers={"Cookie": browser.cookie}, origin=origin)
    assert ending in (401, 403, 4001)


async def test_cookie_logout_closes_its_websocket_with_4001(server):
    browser = Browser(server)
    connecting = ws.Connecting(
        server.http, headers={"Cookie": browser.cookie}, origin=server.url, await_ready=True)
    async with connecting as socket:
        browser.request("DELETE", "/v1/sessions/current").expect(204)
        assert await socket.closed() == 4001


# CORS.

def test_cors_allows_the_configured_origin(anyone):
    answer = anyone.request("GET", "/v1/server", headers={"Origin": ALLOWED_ORIGIN})
    answer.expect(200)
    assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED_ORIGIN
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "origin" in answer.headers.get("Vary", "").lower()


def test_cors_marks_errors_too(anyone):
    answer = anyone.request("GET", "/v1/users/me", headers={"Origin": ALLOWED_ORIGIN})
    answer.problem(401, "unauthenticated")
    assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED_ORIGIN


def test_cors_tells_foreign_origins_nothing(anyone):
    answer = anyone.request("GET", "/v1/server", headers={"Origin": FOREIGN_ORIGIN})
    assert "Access-Control-Allow-Origin" not in answer.headers


SOME_ID = "00000000-0000-4000-8000-000000000000"


def preflight(http, origin, method="POST", path="/v1/conversations"):
    return http.request("OPTIONS", path, headers={
        "Origin": origin, "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization, content-type, x-parley-csrf"})


@pytest.mark.parametrize("method, path", [
    ("POST", "/v1/conversations"),
    ("PATCH", f"/v1/conversations/{SOME_ID}"),
    ("PUT", f"/v1/conversations/{SOME_ID}/read"),
    ("DELETE", "/v1/sessions/current"),
])
def test_cors_preflight_allows_methods_and_headers(anyone, method, path):
    answer = preflight(anyone, ALLOWED_ORIGIN, method, path)
    assert answer.status in (200, 204), answer
    assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED_ORIGIN
    assert method in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    for header in ("authorization", "content-type", "x-parley-csrf"):
        assert header in allowed


def test_cors_preflight_of_a_foreign_origin_allows_nothing(anyone):
    answer = preflight(anyone, FOREIGN_ORIGIN)
    assert "Access-Control-Allow-Origin" not in answer.headers
