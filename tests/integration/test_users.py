"""Finding people: by id, by ids, by query as the setting allows, and what is told about them."""

import pytest

from harness import api, shapes
from harness.api import User, unique_name


def found(user, query):
    body = user.get("/v1/users", query=query).expect(200)
    assert "items" in body and body.get("next_cursor") is None
    return [item["id"] for item in body["items"]]


def get_many(user, ids):
    return user.get("/v1/users", ids=",".join(ids)).expect(200)["items"]


# By id.

def test_user_by_id_shows_the_public_profile(people):
    ann, bo = people("ann", "bo")
    user = shapes.check(ann.get(f"/v1/users/{bo.id}").expect(200), shapes.USER)
    assert user["username"] == bo.username
    assert not {"email", "password", "password_hash"} & set(user)


@pytest.mark.parametrize("unknown", [api.new_id(), "not-an-id", "%00"])
def test_user_by_unknown_id_is_not_found(people, unknown):
    (ann,) = people("ann")
    ann.get(f"/v1/users/{unknown}").problem(404, "not_found")


def test_users_by_ids_answers_those_that_exist(people):
    ann, bo, cy = people("ann", "bo", "cy")
    items = get_many(ann, [bo.id, api.new_id(), cy.id])
    assert {item["id"] for item in items} == {bo.id, cy.id}
    for item in items:
        shapes.check(item, shapes.USER)


def test_users_by_ids_takes_a_hundred_and_no_more(people):
    ann, bo = people("ann", "bo")
    ids = [bo.id] + [api.new_id() for _ in range(99)]
    assert [item["id"] for item in get_many(ann, ids)] == [bo.id]
    ann.get("/v1/users", ids=",".join(ids + [ann.id])).problem((400, 422), "invalid")


# By query.

def test_query_finds_by_prefix_of_username(people):
    ann, bo = people("ann", "bo")
    assert found(ann, bo.username[:-2]) == [bo.id]
    assert found(ann, bo.username.upper()) == [bo.id]


def test_query_finds_by_prefix_of_display_name(people):
    (ann,) = people("ann")
    name = unique_name("Zaphod ")
    bo = User.register(ann.server, "bo", display_name=name)
    assert found(ann, name[:-3]) == [bo.id]
    assert found(ann, name.lower()) == [bo.id]


def test_query_follows_a_changed_display_name(people):
    ann, bo = people("ann", "bo")
    old, new = unique_name("Oldname"), unique_name("Newname")
    bo.patch("/v1/users/me", {"display_name": old}).expect(200)
    bo.patch("/v1/users/me", {"display_name": new}).expect(200)
    assert found(ann, old) == []
    assert found(ann, new) == [bo.id]


def test_query_does_not_find_the_middle_of_a_name(people):
    ann, bo = people("ann", "bo")
    assert found(ann, bo.username[1:]) == []


def test_query_answers_at_most_twenty(people):
    (ann,) = people("ann")
    stem = unique_name("many")[-12:]
    for number in range(22):
        User.register(ann.server, username=f"{stem}{number}")
    assert len(found(ann, stem)) == 20


@pytest.mark.parametrize("query", ["", "a"])
def test_query_below_two_characters_is_invalid(people, query):
    (ann,) = people("ann")
    ann.get("/v1/users", query=query).problem((400, 422), "invalid")


def test_query_exact_finds_only_the_whole_username(make_server):
    server = make_server({"PARLEY_PEOPLE_SEARCH": "exact"}).start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    assert found(ann, bo.username) == [bo.id]
    assert found(ann, bo.username[:-1]) == []
    server.stop()


def test_query_off_finds_nobody(make_server):
    server = make_server({"PARLEY_PEOPLE_SEARCH": "off"}).start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    answer = ann.get("/v1/users", query=bo.username)
    if answer.status == 200:
        assert answer.json["items"] == []
    else:
        answer.problem(403, "forbidden")
    server.stop()


# Last active.

def test_last_active_is_not_told_to_strangers(people):
    ann, bo = people("ann", "bo")
    assert ann.get(f"/v1/users/{bo.id}").expect(200).get("last_active_at") is None
    (item,) = get_many(ann, [bo.id])
    assert item.get("last_active_at") is None
    item = ann.get("/v1/users", query=bo.username).expect(200)["items"][0]
    assert item.get("last_active_at") is None


def test_last_active_is_not_told_after_the_shared_group_is_left(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    bo.leave(group)
    assert ann.get(f"/v1/users/{bo.id}").expect(200).get("last_active_at") is None
