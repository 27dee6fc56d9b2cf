"""People as administrators see them: disabling, administrators, passwords, sessions."""

import pytest

from harness import api, ws
from harness.api import PASSWORD, User, new_id
from harness.server import needs_disk

PEOPLE = "/v1/admin/people"


@pytest.fixture(scope="module")
def admin(server):
    return User.register_admin(server)


def log_in(http, person, password=PASSWORD):
    body = {"username": person.username, "password": password}
    return http.request("POST", "/v1/sessions", body)


def change(by, person, **fields):
    return by.patch(f"{PEOPLE}/{person.id}", fields)


def reset_link(admin, person):
    return admin.post(f"{PEOPLE}/{person.id}/password-reset").expect(201)


def reset(http, token, password="a new passphrase"):
    return http.request("POST", "/v1/password-resets", {"token": token, "password": password})


# Who may.

@pytest.mark.parametrize("method, path, body", [
    ("GET", PEOPLE, None), ("GET", f"{PEOPLE}/{{id}}", None),
    ("PATCH", f"{PEOPLE}/{{id}}", {"disabled": True}),
    ("POST", f"{PEOPLE}/{{id}}/password-reset", None),
    ("DELETE", f"{PEOPLE}/{{id}}/sessions", None), ("GET", "/v1/admin/settings", None),
    ("PATCH", "/v1/admin/settings", {"registration": "closed"}), ("GET", "/v1/admin/stats", None),
    ("GET", "/v1/admin/audit", None)])
def test_only_administrators_may(people, anyone, admin, method, path, body):
    ann, bo = people("ann", "bo")
    path = path.format(id=bo.id)
    options = {} if body is None else {"json": body}
    anyone.request(method, path, **options).problem(401, "unauthenticated")
    ann.request(method, path, **options).problem(403, "forbidden")
    assert admin.get(f"{PEOPLE}/{bo.id}").expect(200)["disabled"] is False
    assert anyone.get("/v1/server").expect(200)["registration"] == "open"


def test_who_is_unmade_may_no_more(people, admin):
    (ann,) = people("ann")
    assert change(admin, ann, admin=True).expect(200)["admin"] is True
    assert ann.get("/v1/users/me").expect(200)["admin"] is True
    ann.get(PEOPLE).expect(200)
    assert change(admin, ann, admin=False).expect(200)["admin"] is False
    ann.get(PEOPLE).problem(403, "forbidden")


def test_administrators_cannot_shut_themselves_out(admin):
    change(admin, admin, disabled=True).problem(409, "conflict")
    change(admin, admin, admin=False).problem(409, "conflict")
    assert change(admin, admin, admin=True, disabled=False).expect(200)["admin"] is True


# Seeing them.

def test_people_are_listed_by_username_in_pages(people, admin):
    names = {person.username for person in people("ann", "bo", "cy")}
    shown = [each["user"]["username"] for each in admin.all_pages(PEOPLE, limit=2)]
    assert shown == sorted(shown)
    assert names | {admin.username} <= set(shown)
    admin.get(PEOPLE, cursor="no/name").problem(422, "invalid")
    admin.get(PEOPLE, query="x" * 101).problem(422, "invalid")


def test_people_are_found_whatever_the_search_setting_says(make_server):
    server = make_server({"PARLEY_PEOPLE_SEARCH": "off"}).start()
    admin, ann = User.register_admin(server), User.register(server, "ann", display_name="Zoë Z")
    for query in (ann.username[:5], ann.username.upper(), "Zo", "z"):
        found = admin.get(PEOPLE, query=query).expect(200)["items"]
        assert [each["user"]["id"] for each in found] == [ann.id], query
    assert admin.get(PEOPLE, query="nobody").expect(200)["items"] == []
    server.stop()


def test_person_is_told_with_sessions(people, admin):
    (ann,) = people("ann")
    ann.login()
    person = admin.get(f"{PEOPLE}/{ann.id}").expect(200)
    assert (person["user"]["id"], person["sessions"]) == (ann.id, 2)
    assert (person["admin"], person["disabled"], person["invited_by"]) == (False, False, None)
    admin.get(f"{PEOPLE}/{new_id()}").problem(404, "not_found")
    admin.get(f"{PEOPLE}/nonsense").problem(404, "not_found")


@pytest.mark.parametrize("body", [{}, {"disabled": 1}, {"name": "x"}, {"admin": None}])
def test_wrong_change_is_invalid(people, admin, body):
    (ann,) = people("ann")
    change(admin, ann, **body).problem(422, "invalid")
    admin.patch(f"{PEOPLE}/{new_id()}", {"disabled": True}).problem(404, "not_found")


# Disabling.

async def test_disabled_person_is_signed_out_and_kept_out(people, admin, anyone):
    (ann,) = people("ann")
    async with ws.Connecting(ann.server.http, ann.token) as socket:
        person = change(admin, ann, disabled=True).expect(200)
        assert (person["disabled"], person["sessions"]) == (True, 0)
        assert await socket.closed() == 4001
    ann.get("/v1/users/me").problem(401, "unauthenticated")
    told = log_in(anyone, ann).problem(403, "forbidden")
    assert "disabled" in told["detail"]
    log_in(anyone, ann, "wrong password").problem(401, "unauthenticated")
    assert change(admin, ann, disabled=False).expect(200)["disabled"] is False
    log_in(anyone, ann).expect(201)


def test_disabled_person_is_not_found_added_or_written_to(people, admin):
    ann, bo, cy = people("ann", "bo", "cy")
    group = bo.group(ann)
    ann.send(group, "I was here")
    change(admin, ann, disabled=True).expect(200)
    assert bo.get("/v1/users", query=ann.username).expect(200)["items"] == []
    direct = {"kind": "direct", "member_ids": [ann.id]}
    cy.post("/v1/conversations", direct).problem(422, "invalid")
    cy.post("/v1/conversations", {"kind": "group", "member_ids": [ann.id]}).problem(422, "invalid")
    other = bo.group(cy)
    bo.post(f"/v1/conversations/{other['id']}/members", {"user_ids": [ann.id]}).problem(
        422, "invalid")
    # What they wrote stays, with their name.
    assert [message["text"] for message in bo.page(group)["items"]] == ["I was here"]
    assert bo.get(f"/v1/users/{ann.id}").expect(200)["username"] == ann.username


@needs_disk
def test_disabled_stays_disabled_after_kill_and_restart(make_server):
    server = make_server().start()
    admin, ann = User.register_admin(server), User.register(server, "ann")
    change(admin, ann, disabled=True).expect(200)
    server.kill()
    server.start()
    log_in(api.Http(server.http), ann).problem(403, "forbidden")
    ann.get("/v1/users/me").problem(401, "unauthenticated")
    assert admin.get("/v1/admin/audit").expect(200)["items"][0]["action"] == "person.disable"
    server.stop()


# Signing out, new passwords.

async def test_sign_out_ends_every_session(people, admin):
    (ann,) = people("ann")
    phone = ann.login()
    async with ws.Connecting(ann.server.http, ann.token) as socket:
        admin.delete(f"{PEOPLE}/{ann.id}/sessions").expect(204)
        assert await socket.closed() == 4001
    phone.get("/v1/users/me").problem(401, "unauthenticated")
    ann.login()
    admin.delete(f"{PEOPLE}/{new_id()}/sessions").problem(404, "not_found")


async def test_password_reset_link_works_once(people, admin, anyone):
    (ann,) = people("ann")
    link = reset_link(admin, ann)
    assert link["url"] == f"{ann.server.url}/reset/{link['token']}"
    async with ws.Connecting(ann.server.http, ann.token) as socket:
        reset(anyone, link["token"], "short").problem(422, "invalid")
        reset(anyone, link["token"]).expect(204)
        assert await socket.closed() == 4001
    log_in(anyone, ann).problem(401, "unauthenticated")
    log_in(anyone, ann, "a new passphrase").expect(201)
    reset(anyone, link["token"], "another passphrase").problem(404, "not_found")


def test_new_password_reset_link_ends_the_old(people, admin, anyone):
    (ann,) = people("ann")
    old, fresh = reset_link(admin, ann), reset_link(admin, ann)
    reset(anyone, old["token"]).problem(404, "not_found")
    reset(anyone, "nonsense").problem(404, "not_found")
    reset(anyone, fresh["token"]).expect(204)
    admin.post(f"{PEOPLE}/{new_id()}/password-reset").problem(404, "not_found")


def test_password_reset_of_somebody_disabled_does_not_let_them_in(people, admin, anyone):
    (ann,) = people("ann")
    change(admin, ann, disabled=True).expect(200)
    reset(anyone, reset_link(admin, ann)["token"]).expect(204)
    log_in(anyone, ann, "a new passphrase").problem(403, "forbidden")
