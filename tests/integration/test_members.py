"""Members of groups: adding, removing, roles, leaving and joining again."""

import pytest

from harness import api
from harness.api import new_id, path_of


def ids(items):
    return [item["id"] for item in items]


def last_change(user, conversation):
    return user.all_changes(conversation)[-1]


# Adding, removing and roles.

def test_adding_is_a_change_that_names_the_added(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group(bo)
    ann.add(group, cy)
    change = last_change(cy, group)
    assert (change["kind"], change["added"], change["actor_id"]) == ("members", [cy.id], ann.id)
    assert cy.id in [user["id"] for user in change["users"]]
    assert ann.conversation(group)["member_count"] == 3
    assert ids(cy.conversations()) == [group["id"]]


def test_adding_a_member_again_changes_nothing(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group(bo)
    ann.add(group, bo)
    assert ann.conversation(group)["last_seq"] == 1
    ann.add(group, bo, cy)
    assert last_change(ann, group)["added"] == [cy.id]


def test_adding_is_for_admins(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group(bo)
    bo.post(path_of(group, "members"), {"user_ids": [cy.id]}).problem(403, "forbidden")
    cy.get(path_of(group)).problem(404, "not_found")


@pytest.mark.parametrize("body", [
    {"user_ids": [new_id()]}, {"user_ids": ["nobody"]}, {"user_ids": "x"}, {"user_ids": [1]}, {},
    {"user_ids": [], "nope": 1}])
def test_adding_with_a_wrong_field_is_invalid(people, body):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    ann.post(path_of(group, "members"), body).problem(422, "invalid")
    assert ann.conversation(group)["last_seq"] == 1


def test_adding_someone_unknown_adds_none_of_the_others(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    body = {"user_ids": [bo.id, new_id()]}
    ann.post(path_of(group, "members"), body).problem(422, "invalid")
    assert ann.conversation(group)["member_count"] == 1


def test_adding_over_the_size_limit_conflicts(make_server):
    server = make_server({"PARLEY_LIMITS_GROUP_MEMBERS": "3"}).start()
    ann, bo, cy, di = [api.User.register(server, stem) for stem in ("ann", "bo", "cy", "di")]
    group = ann.group(bo)
    body = {"user_ids": [cy.id, di.id]}
    ann.post(path_of(group, "members"), body).problem(409, "conflict")
    assert ann.conversation(group)["member_count"] == 2
    ann.add(group, cy)
    ann.post(path_of(group, "members"), {"user_ids": [di.id]}).problem(409, "conflict")
    ann.add(group, cy)  # who is a member already needs no room
    server.stop()


def test_removing_ends_reading_and_sending_at_once(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    bo.send(group, "hello")
    ann.remove(group, bo)
    change = last_change(ann, group)
    assert (change["kind"], change["removed"]) == ("members", [bo.id])
    bo.get(path_of(group)).problem(404, "not_found")
    bo.get(path_of(group, "messages")).problem(404, "not_found")
    bo.get(path_of(group, "changes"), after=0).problem(404, "not_found")
    bo.try_send(group, "still here?").problem(404, "not_found")
    assert bo.conversations() == []
    assert ann.texts(group) == ["hello"]


def test_removing_others_is_for_admins(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group(bo, cy)
    bo.delete(path_of(group, "members", cy.id)).problem(403, "forbidden")
    cy.conversation(group)


def test_removing_someone_who_is_no_member_is_not_found(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    for unknown in (bo.id, new_id(), "nobody"):
        ann.delete(path_of(group, "members", unknown)).problem(404, "not_found")
    assert ann.conversation(group)["last_seq"] == 1


def test_roles_are_given_and_taken_by_admins(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    ann.set_role(group, bo, "admin")
    change = last_change(bo, group)
    assert (change["kind"], change["roles"]) == ("members", {bo.id: "admin"})
    bo.patch(path_of(group), {"title": "By Bo"}).expect(200)
    bo.set_role(group, ann, "member")
    ann.patch(path_of(group), {"title": "By Ann"}).problem(403, "forbidden")


def test_role_that_one_has_makes_no_change(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    ann.set_role(group, bo, "member")
    assert ann.conversation(group)["last_seq"] == 1


def test_role_of_the_last_admin_can_not_be_taken(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    path = path_of(group, "members", ann.id)
    ann.patch(path, {"role": "member"}).problem(409, "conflict")
    assert ann.role_of(ann, group) == "admin"


def test_roles_are_not_given_by_members(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    path = path_of(group, "members", bo.id)
    bo.patch(path, {"role": "admin"}).problem(403, "forbidden")
    assert ann.role_of(bo, group) == "member"


@pytest.mark.parametrize("body", [{"role": "owner"}, {"role": 1}, {}, {"role": "admin", "x": 1}])
def test_role_with_a_wrong_value_is_invalid(people, body):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    ann.patch(path_of(group, "members", bo.id), body).problem(422, "invalid")


def test_role_of_someone_who_is_no_member_is_not_found(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    path = path_of(group, "members", bo.id)
    ann.patch(path, {"role": "admin"}).problem(404, "not_found")


# Leaving and joining again.

def test_leaving_ends_membership(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    bo.leave(group)
    bo.get(path_of(group)).problem(404, "not_found")
    change = last_change(ann, group)
    assert (change["removed"], change["actor_id"]) == ([bo.id], bo.id)
    assert ann.conversation(group)["member_count"] == 1


def test_leaving_twice_is_not_found(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    bo.leave(group)
    bo.delete(path_of(group, "members", bo.id)).problem(404, "not_found")


def test_last_admin_leaving_makes_the_longest_standing_member_admin(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group()
    ann.add(group, bo)
    ann.add(group, cy)
    ann.leave(group)
    assert bo.role_of(bo, group) == "admin"
    assert bo.role_of(cy, group) == "member"
    assert last_change(bo, group)["roles"].get(bo.id) == "admin"


def test_an_admin_leaving_while_another_is_left_promotes_nobody(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group(bo, cy)
    ann.set_role(group, cy, "admin")
    ann.leave(group)
    assert (cy.role_of(bo, group), cy.role_of(cy, group)) == ("member", "admin")


def test_last_member_may_leave(people):
    (ann,) = people("ann")
    group = ann.group()
    ann.leave(group)
    ann.get(path_of(group)).problem(404, "not_found")


def test_joining_again_starts_anew(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    ann.send(group, "first time")
    bo.leave(group)
    ann.send(group, "without you")
    ann.add(group, bo)
    ann.send(group, "second time")
    seen = bo.conversation(group)
    assert (seen["first_seq"], seen["last_seq"]) == (5, 6)
    assert bo.texts(group) == ["second time"]
    assert bo.changes(group, after=3)["reset"] is True


def test_joining_again_is_as_member_not_as_admin(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    ann.set_role(group, bo, "admin")
    bo.leave(group)
    ann.add(group, bo)
    assert ann.role_of(bo, group) == "member"
