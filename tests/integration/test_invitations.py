"""Invitations, and who may make an account."""

import concurrent.futures
import time

import pytest

from harness import api
from harness.api import PASSWORD, User, new_id, unique_name
from harness.server import needs_disk

WEEK_MS = 7 * 24 * 3600 * 1000


@pytest.fixture(scope="module")
def admin(server):
    return User.register_admin(server)


@pytest.fixture
def registration(admin):
    """Sets who may make an account; open again after the test."""
    def put(mode):
        body = {"registration": mode}
        assert admin.patch("/v1/admin/settings", body).expect(200) == body

    yield put
    put("open")


def register(http, **fields):
    body = {"username": unique_name(), "password": PASSWORD, **fields}
    return http.request("POST", "/v1/accounts", body)


def invite(person, **fields):
    return person.post("/v1/invitations", fields).expect(201)


def listed(person):
    return person.all_pages("/v1/invitations", limit=2)


# Making and showing them.

def test_invitation_is_made_with_defaults(people, anyone):
    (ann,) = people("ann")
    before = time.time() * 1000
    made = invite(ann)
    assert (made["created_by"], made["max_uses"], made["used"]) == (ann.id, 1, 0)
    assert made["expires_at"] - made["created_at"] == WEEK_MS
    assert abs(made["created_at"] - before) < 60_000
    assert made["url"] == f"{ann.server.url}/invite/{made['token']}"
    shown = anyone.get(f"/v1/invites/{made['token']}").expect(200)
    assert shown["inviter"]["id"] == ann.id
    assert shown["expires_at"] == made["expires_at"]


def test_public_url_is_where_the_link_leads(make_server):
    server = make_server({"PARLEY_SERVER_PUBLIC_URL": "https://chat.example"}).start()
    made = invite(User.register(server, "ann"))
    assert made["url"] == f"https://chat.example/invite/{made['token']}"
    server.stop()


@pytest.mark.parametrize("body", [
    {"max_uses": 0}, {"max_uses": 1001}, {"max_uses": "2"}, {"max_uses": 10**12},
    {"expires_in_ms": 3_599_999}, {"expires_in_ms": 30 * 24 * 3_600_000 + 1}, {"for": "bo"}])
def test_wrong_invitation_names_the_field(people, body):
    (ann,) = people("ann")
    problem = ann.post("/v1/invitations", body).problem(422, "invalid")
    assert [error["field"] for error in problem["errors"]] == list(body)


def test_list_is_ones_own_newest_first_without_tokens(people):
    ann, bo = people("ann", "bo")
    made = [invite(ann, max_uses=n)["id"] for n in (1, 2, 3)]
    invite(bo)
    shown = listed(ann)
    assert [each["id"] for each in shown] == made[::-1]
    assert not [each for each in shown if "token" in each or "url" in each]


def test_list_refuses_a_foreign_cursor(people):
    (ann,) = people("ann")
    ann.get("/v1/invitations", cursor="nonsense").problem(422, "invalid")


def test_revoked_invitation_is_gone(people, anyone):
    ann, bo = people("ann", "bo")
    made = invite(ann)
    bo.delete(f"/v1/invitations/{made['id']}").problem(404, "not_found")
    ann.delete(f"/v1/invitations/{made['id']}").expect(204)
    ann.delete(f"/v1/invitations/{made['id']}").problem(404, "not_found")
    ann.delete("/v1/invitations/nonsense").problem(404, "not_found")
    assert listed(ann) == []
    anyone.get(f"/v1/invites/{made['token']}").problem(404, "not_found")


def test_admin_revokes_anybodys(people, admin, anyone):
    (ann,) = people("ann")
    made = invite(ann)
    admin.delete(f"/v1/invitations/{made['id']}").expect(204)
    anyone.get(f"/v1/invites/{made['token']}").problem(404, "not_found")
    line = admin.get("/v1/admin/audit", limit=1).expect(200)["items"][0]
    assert (line["action"], line["target"]) == ("invitation.revoke", ann.id)
    assert line["detail"] == {"invitation_id": made["id"]}


def test_bad_tokens_answer_alike(people, anyone):
    (ann,) = people("ann")
    used = invite(ann)
    register(anyone, invite=used["token"]).expect(201)
    tokens = [used["token"], "nonsense", "pi_" + "A" * 43, ann.token]
    bodies = [anyone.get(f"/v1/invites/{t}").problem(404, "not_found") for t in tokens]
    assert all(body == bodies[0] for body in bodies)


def test_invitations_are_bounded(make_server):
    server = make_server({"PARLEY_LIMITS_INVITATIONS_PER_PERSON": "2"}).start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    first = invite(ann)
    invite(ann)
    ann.post("/v1/invitations", {}).problem(409, "conflict")
    invite(bo)
    register(api.Http(server.http), invite=first["token"]).expect(201)
    invite(ann)
    server.stop()


def test_only_administrators_invite_where_the_setting_says_so(make_server):
    server = make_server({"PARLEY_ACCOUNTS_INVITATIONS": "admins"}).start()
    admin, ann = User.register_admin(server), User.register(server, "ann")
    ann.post("/v1/invitations", {}).problem(403, "forbidden")
    invite(admin)
    server.stop()


# Making accounts.

def test_open_registration_takes_an_invitation_or_none(people, anyone):
    (ann,) = people("ann")
    made = invite(ann)
    assert register(anyone).expect(201)["invited_by"] is None
    assert register(anyone, invite=made["token"]).expect(201)["invited_by"] == ann.id
    problem = register(anyone, invite=made["token"]).problem(422, "invalid")
    assert [error["field"] for error in problem["errors"]] == ["invite"]
    assert [each["used"] for each in listed(ann)] == [1]


def test_invitation_only_needs_a_good_one(people, anyone, registration):
    (ann,) = people("ann")
    made = invite(ann, max_uses=2)
    registration("invitation")
    assert anyone.get("/v1/server").expect(200)["registration"] == "invitation"
    register(anyone).problem(403, "forbidden")
    register(anyone, invite="pi_wrong").problem(403, "forbidden")
    assert register(anyone, invite=made["token"]).expect(201)["invited_by"] == ann.id
    # What fails uses none.
    register(anyone, invite=made["token"], username=ann.username).problem(409, "conflict")
    register(anyone, invite=made["token"], password="short").problem(422, "invalid")
    register(anyone, invite=made["token"]).expect(201)
    register(anyone, invite=made["token"]).problem(403, "forbidden")


def test_closed_registration_takes_nobody(people, anyone, registration):
    (ann,) = people("ann")
    made = invite(ann)
    registration("closed")
    assert anyone.get("/v1/server").expect(200)["registration"] == "closed"
    register(anyone).problem(403, "forbidden")
    register(anyone, invite=made["token"]).problem(403, "forbidden")
    anyone.get(f"/v1/invites/{made['token']}").expect(200)


def test_never_more_accounts_than_uses(people, server, registration):
    (ann,) = people("ann")
    made = invite(ann, max_uses=3)
    registration("invitation")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(
            lambda _: register(api.Http(server.http), invite=made["token"]).status, range(8)))
    assert sorted(answers) == [201] * 3 + [403] * 5


def test_invitation_of_somebody_disabled_is_not_good(people, admin, anyone):
    (ann,) = people("ann")
    made = invite(ann)
    admin.patch(f"/v1/admin/people/{ann.id}", {"disabled": True}).expect(200)
    anyone.get(f"/v1/invites/{made['token']}").problem(404, "not_found")
    register(anyone, invite=made["token"]).problem(422, "invalid")


@needs_disk
def test_invitations_and_the_mode_survive_kill_and_restart(make_server):
    server = make_server({"PARLEY_ACCOUNTS_REGISTRATION": "open"}).start()
    admin, ann = User.register_admin(server), User.register(server, "ann")
    made = invite(ann, max_uses=2)
    register(api.Http(server.http), invite=made["token"]).expect(201)
    admin.patch("/v1/admin/settings", {"registration": "invitation"}).expect(200)
    server.kill()
    server.start()
    http = api.Http(server.http)
    assert http.get("/v1/server").expect(200)["registration"] == "invitation"
    register(http).problem(403, "forbidden")
    register(http, invite=made["token"]).expect(201)
    register(http, invite=made["token"]).problem(403, "forbidden")
    server.stop()


def test_invitations_need_a_session(anyone):
    anyone.request("POST", "/v1/invitations", {}).problem(401, "unauthenticated")
    anyone.get("/v1/invitations").problem(401, "unauthenticated")
    anyone.request("DELETE", f"/v1/invitations/{new_id()}").problem(401, "unauthenticated")


def test_looking_at_invitations_is_held_to_the_rate_of_sign_ins(make_server):
    server = make_server({"PARLEY_LIMITS_ENABLED": "true", "PARLEY_RATES_SIGN_INS_BURST": "2",
                          "PARLEY_RATES_SIGN_INS_PER_MINUTE": "1"}).start()
    http = api.Http(server.http)
    for _ in range(2):
        http.get("/v1/invites/pi_wrong").problem(404, "not_found")
    http.get("/v1/invites/pi_wrong").problem(429, "rate_limited")
    reset = {"token": "pr_wrong", "password": PASSWORD}
    http.request("POST", "/v1/password-resets", reset).problem(429, "rate_limited")
    server.stop()
