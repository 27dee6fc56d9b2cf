"""Accounts: registering, logging in, the profile, the password, administrators."""

import concurrent.futures

import pytest

from harness import api, shapes
from harness.api import PASSWORD, User, unique_name
from harness.server import needs_disk


def register(http, **fields):
    body = {"username": unique_name(), "password": PASSWORD, **fields}
    return http.request("POST", "/v1/accounts", body)


def log_in(http, username, password=PASSWORD):
    return http.request("POST", "/v1/sessions", {"username": username, "password": password})


# Registering.

def test_register_answers_user_token_and_session(anyone):
    body = register(anyone, display_name="Ann Lee", device_name="laptop").expect(201)
    shapes.check(body["user"], shapes.USER)
    shapes.check(body["session"], shapes.SESSION)
    assert body["user"]["display_name"] == "Ann Lee"
    assert body["session"]["device_name"] == "laptop"
    assert body["session"]["current"] is True
    assert len(body["token"]) >= 32


def test_register_token_signs_in(anyone):
    body = register(anyone).expect(201)
    headers = {"Authorization": f"Bearer {body['token']}"}
    me = anyone.request("GET", "/v1/users/me", headers=headers).expect(200)
    assert me["id"] == body["user"]["id"]


def test_register_taken_username_conflicts(people, anyone):
    (ann,) = people("ann")
    register(anyone, username=ann.username).problem(409, "conflict")


def test_register_taken_username_in_other_case_conflicts(people, anyone):
    (ann,) = people("ann")
    register(anyone, username=ann.username.upper()).problem(409, "conflict")


def test_register_stores_username_in_lower_case(anyone):
    name = unique_name("MixedCase")
    body = register(anyone, username=name).expect(201)
    assert body["user"]["username"] == name.lower()


def test_register_one_username_at_once_succeeds_once(server):
    name = unique_name("racer")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(
            lambda _: register(api.Http(server.http), username=name).status, range(8)))
    assert sorted(answers) == [201] + [409] * 7


@pytest.mark.parametrize("username", ["abc", "a" * 32, "a.b-c_9"])
def test_register_allowed_usernames(anyone, username):
    assert register(anyone, username=username).status == 201


@pytest.mark.parametrize("username", ["ab", "a" * 33, "with space", "ünser", "a@b.c", "a/b", ""])
def test_register_username_outside_the_rules_is_invalid(anyone, username):
    register(anyone, username=username).problem(422, "invalid")


@pytest.mark.parametrize("password", ["8 bytes!", "x" * 1024, "pässwörter"])
def test_register_password_length_is_counted_in_bytes(anyone, password):
    body = register(anyone, password=password).expect(201)
    log_in(anyone, body["user"]["username"], password).expect(201)


@pytest.mark.parametrize("password", ["", "7bytes!", "x" * 1025, "ä" * 513])
def test_register_password_too_short_or_long_is_invalid(anyone, password):
    register(anyone, password=password).problem(422, "invalid")


def test_register_field_errors_name_the_field(anyone):
    problem = register(anyone, password="short").problem(422, "invalid")
    assert "password" in [error["field"] for error in problem["errors"]]


@pytest.mark.parametrize("missing", ["username", "password"])
def test_register_without_a_required_field_is_invalid(anyone, missing):
    body = {"username": unique_name(), "password": PASSWORD}
    del body[missing]
    anyone.request("POST", "/v1/accounts", body).problem(422, "invalid")


@pytest.mark.parametrize("mode", ["closed", "invitation"])
def test_register_is_forbidden_by_the_registration_mode(make_server, mode):
    server = make_server({"PARLEY_ACCOUNTS_REGISTRATION": mode}).start()
    http = api.Http(server.http)
    assert http.get("/v1/server").expect(200)["registration"] == mode
    register(http).problem(403, "forbidden")
    server.stop()


# Logging in.

def test_login_opens_another_session(people, anyone):
    (ann,) = people("ann")
    body = log_in(anyone, ann.username).expect(201)
    assert body["user"]["id"] == ann.id
    assert body["session"]["id"] != ann.session_id
    assert body["token"] != ann.token


def test_login_accepts_username_in_other_case(people, anyone):
    (ann,) = people("ann")
    assert log_in(anyone, ann.username.upper()).expect(201)["user"]["id"] == ann.id


def test_login_wrong_password_and_unknown_user_answer_alike(people, anyone):
    (ann,) = people("ann")
    wrong = log_in(anyone, ann.username, "wrong password").problem(401, "unauthenticated")
    unknown = log_in(anyone, unique_name("ghost")).problem(401, "unauthenticated")
    assert wrong == unknown


def test_login_password_is_case_sensitive(people, anyone):
    (ann,) = people("ann")
    log_in(anyone, ann.username, PASSWORD.upper()).problem(401, "unauthenticated")


# The profile.

def test_me_tells_own_user_and_no_password(people):
    (ann,) = people("ann")
    answer = ann.get("/v1/users/me")
    me = shapes.check(answer.expect(200), shapes.USER)
    assert (me["id"], me["username"], me["admin"]) == (ann.id, ann.username, False)
    assert b"argon2" not in answer.body


def test_patch_me_changes_display_name_for_others_too(people):
    ann, bo = people("ann", "bo")
    changed = ann.patch("/v1/users/me", {"display_name": "Ann Z. 👩‍🚀"}).expect(200)
    assert changed["display_name"] == "Ann Z. 👩‍🚀"
    assert bo.get(f"/v1/users/{ann.id}").expect(200)["display_name"] == "Ann Z. 👩‍🚀"


@pytest.mark.parametrize("body", [
    {"display_name": 5}, {"username": "other"}, {"admin": True}, {"nonsense": 1}])
def test_patch_me_refuses_wrong_types_and_unknown_fields(people, body):
    (ann,) = people("ann")
    ann.patch("/v1/users/me", body).problem(422, "invalid")
    assert ann.get("/v1/users/me").expect(200)["admin"] is False


# The password.

def test_password_change_replaces_the_old_one(people, anyone):
    (ann,) = people("ann")
    ann.post("/v1/users/me/password", {"old": PASSWORD, "new": "a new passphrase"}).expect(204)
    log_in(anyone, ann.username).problem(401, "unauthenticated")
    log_in(anyone, ann.username, "a new passphrase").expect(201)


def test_password_change_signs_out_every_other_session(people):
    (ann,) = people("ann")
    phone = ann.login()
    ann.post("/v1/users/me/password", {"old": PASSWORD, "new": "a new passphrase"}).expect(204)
    phone.get("/v1/users/me").problem(401, "unauthenticated")
    ann.get("/v1/users/me").expect(200)


def test_password_change_needs_the_old_one(people, anyone):
    (ann,) = people("ann")
    answer = ann.post("/v1/users/me/password", {"old": "wrong one", "new": "a new passphrase"})
    assert answer.status in (401, 403, 422), answer
    answer.problem(answer.status, answer.json["code"])
    log_in(anyone, ann.username).expect(201)


def test_password_change_to_a_short_one_is_invalid(people, anyone):
    (ann,) = people("ann")
    body = {"old": PASSWORD, "new": "short"}
    ann.post("/v1/users/me/password", body).problem(422, "invalid")
    log_in(anyone, ann.username).expect(201)


# Restart and administrators.

@needs_disk
def test_accounts_and_sessions_survive_kill_and_restart(make_server):
    server = make_server().start()
    ann = User.register(server, "ann")
    server.kill()
    server.start()
    assert ann.get("/v1/users/me").expect(200)["id"] == ann.id
    ann.login().get("/v1/users/me").expect(200)
    server.stop()


@needs_disk
def test_administrator_link_of_the_first_start_makes_one_administrator(make_server):
    server = make_server().start()
    line = server.wait_for_line("administrator link: ")
    link, token = line.removeprefix("administrator link: ").split("#admin=")
    assert link.startswith("http") and token
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    ann.post("/v1/admin/claim", {"token": token + "x"}).problem(404, "not_found")
    assert ann.post("/v1/admin/claim", {"token": token}).expect(200)["admin"] is True
    bo.post("/v1/admin/claim", {"token": token}).problem(404, "not_found")
    assert ann.get("/v1/users/me").expect(200)["admin"] is True
    assert bo.get("/v1/users/me").expect(200)["admin"] is False
    server.restart()
    assert ann.get("/v1/users/me").expect(200)["admin"] is True
    bo.post("/v1/admin/claim", {"token": token}).problem(404, "not_found")
    server.stop()


def test_administrator_link_needs_a_session(make_server):
    server = make_server().start()
    token = server.wait_for_line("administrator link: ").split("#admin=")[1]
    answer = api.Http(server.http).request("POST", "/v1/admin/claim", {"token": token})
    answer.problem(401, "unauthenticated")
    server.stop()


def test_first_account_is_no_administrator(make_server):
    server = make_server().start()
    first = User.register(server, "first")
    assert first.get("/v1/users/me").expect(200)["admin"] is False
    server.stop()
