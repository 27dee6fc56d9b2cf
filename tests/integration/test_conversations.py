"""Conversations: creating them, changing them, what of them is seen, and their list."""

import concurrent.futures

import pytest

from harness import api, shapes
from harness.api import new_id, path_of
from harness.server import needs_disk


def create(user, **body):
    return user.post("/v1/conversations", body)


def ids(items):
    return [item["id"] for item in items]


def last_change(user, conversation):
    return user.all_changes(conversation)[-1]


# Direct.

def test_direct_is_created_with_both_people(people):
    ann, bo = people("ann", "bo")
    answer = create(ann, kind="direct", member_ids=[bo.id])
    direct = shapes.check(answer.expect(201), shapes.CONVERSATION)
    assert (direct["kind"], direct["member_count"], direct["first_seq"]) == ("direct", 2, 1)
    assert {member["user"]["id"] for member in direct["members"]} == {ann.id, bo.id}
    assert direct["created_by"] == ann.id
    assert direct["last_seq"] == 1


def test_direct_that_exists_is_answered_to_both_sides(people):
    ann, bo = people("ann", "bo")
    first = create(ann, kind="direct", member_ids=[bo.id]).expect(201)
    assert create(ann, kind="direct", member_ids=[bo.id]).expect(200)["id"] == first["id"]
    assert create(bo, kind="direct", member_ids=[ann.id]).expect(200)["id"] == first["id"]


def test_direct_created_by_both_at_once_is_one(people):
    ann, bo = people("ann", "bo")
    pairs = [(ann, bo), (bo, ann)] * 4
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(
            lambda pair: create(pair[0], kind="direct", member_ids=[pair[1].id]), pairs))
    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(ann.all_changes(answers[0].json)) == 1


def test_direct_empty_is_listed_only_for_its_creator(people):
    ann, bo = people("ann", "bo")
    direct = ann.direct(bo)
    assert ids(ann.conversations()) == [direct["id"]]
    assert bo.conversations() == []
    ann.send(direct, "hello")
    assert ids(bo.conversations()) == [direct["id"]]


def test_direct_can_neither_be_left_nor_renamed_nor_added_to(people):
    ann, bo, cy = people("ann", "bo", "cy")
    direct = ann.direct(bo)
    ann.send(direct, "hello")
    ann.delete(path_of(direct, "members", ann.id)).problem(409, "conflict")
    ann.delete(path_of(direct, "members", bo.id)).problem(409, "conflict")
    ann.patch(path_of(direct), {"title": "us"}).problem(409, "conflict")
    ann.post(path_of(direct, "members"), {"user_ids": [cy.id]}).problem(409, "conflict")
    assert ann.conversation(direct)["last_seq"] == 2


@pytest.mark.parametrize("count", [0, 2])
def test_direct_needs_exactly_one_other(people, count):
    ann, *others = people("ann", "bo", "cy")
    body = {"kind": "direct", "member_ids": [other.id for other in others[:count]]}
    create(ann, **body).problem(422, "invalid")


def test_direct_with_oneself_is_invalid(people):
    (ann,) = people("ann")
    create(ann, kind="direct", member_ids=[ann.id]).problem(422, "invalid")


def test_direct_with_someone_unknown_is_invalid(people):
    (ann,) = people("ann")
    create(ann, kind="direct", member_ids=[new_id()]).problem(422, "invalid")


# Groups.

def test_group_is_created_with_title_creator_as_admin_and_founders(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = shapes.check(ann.group(bo, cy, title="Trip"), shapes.CONVERSATION)
    assert (group["kind"], group["title"], group["role"]) == ("group", "Trip", "admin")
    assert (group["member_count"], group["history"]) == (3, "joined")
    roles = {member["user"]["id"]: member["role"] for member in group["members"]}
    assert roles == {ann.id: "admin", bo.id: "member", cy.id: "member"}
    for user in (bo, cy):
        seen = user.conversation(group)
        assert (seen["first_seq"], seen["role"], seen["title"]) == (1, "member", "Trip")


def test_group_seq_1_is_its_creation(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo, title="Trip")
    (first,) = bo.all_changes(group)
    shapes.check(first, shapes.CHANGE)
    assert (first["seq"], first["kind"], first["created"]) == (1, "conversation", True)
    assert (first["title"], first["actor_id"]) == ("Trip", ann.id)


def test_group_without_title_or_others_is_allowed(people):
    (ann,) = people("ann")
    group = ann.group()
    assert not group["title"]
    assert group["member_count"] == 1


def test_group_naming_a_person_twice_or_oneself_has_each_once(people):
    ann, bo = people("ann", "bo")
    assert ann.group(bo, bo, ann)["member_count"] == 2


def test_group_of_more_than_twenty_shows_the_first_twenty(people):
    ann, *others = people(*["many"] * 23)
    group = ann.group(*others)
    assert group["member_count"] == 23
    assert len(group["members"]) == 20
    everyone = {member["user"]["id"] for member in ann.members(group)}
    assert everyone == {user.id for user in [ann] + others}


def test_group_members_list_pages_and_has_positions(people):
    ann, *others = people(*["paged"] * 5)
    group = ann.group(*others)
    members = ann.all_pages(path_of(group, "members"), limit=2)
    assert len(members) == 5
    assert {member["user"]["id"] for member in members} == {user.id for user in [ann] + others}
    for member in members:
        shapes.check(member, shapes.MEMBER)
        shapes.check(member["user"], shapes.USER)


def test_group_same_client_id_is_the_same_group(people):
    ann, bo = people("ann", "bo")
    body = {"kind": "group", "title": "Once", "member_ids": [bo.id], "client_id": new_id()}
    first = create(ann, **body).expect(201)
    assert create(ann, **body).expect(200)["id"] == first["id"]
    assert ids(bo.conversations()) == [first["id"]]


def test_group_same_client_id_of_another_person_is_another_group(people):
    ann, bo = people("ann", "bo")
    client_id = new_id()
    body = {"kind": "group", "client_id": client_id}
    first = create(ann, member_ids=[bo.id], **body).expect(201)
    second = create(bo, member_ids=[ann.id], **body).expect(201)
    assert first["id"] != second["id"]


def test_group_same_client_id_at_once_is_created_once(people):
    ann, bo = people("ann", "bo")
    body = {"kind": "group", "member_ids": [bo.id], "client_id": new_id()}
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: create(ann, **body), range(6)))
    assert sorted(answer.status for answer in answers) == [200] * 5 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1


@pytest.mark.parametrize("title", ["x" * 200, "ö" * 200, "👪" * 200])
def test_group_title_length_is_counted_in_characters(people, title):
    (ann,) = people("ann")
    assert ann.group(title=title)["title"] == title


@pytest.mark.parametrize("fields", [
    {"title": "x" * 201}, {"title": 5}, {"history": "some"}, {"nonsense": 1}, {"kind": "party"},
    {"kind": None}, {"member_ids": "all"}, {"member_ids": [5]}, {"member_ids": [new_id()]},
    {"member_ids": ["not-an-id"]}, {"client_id": 5}])
def test_group_with_a_wrong_field_is_invalid_and_not_created(people, fields):
    (ann,) = people("ann")
    create(ann, **{"kind": "group", "member_ids": [], **fields}).problem(422, "invalid")
    assert ann.conversations() == []


# Changing.

def test_patch_title_is_a_change_for_everyone(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo, title="Old")
    assert ann.patch(path_of(group), {"title": "New"}).expect(200)["title"] == "New"
    assert bo.conversation(group)["title"] == "New"
    change = last_change(bo, group)
    assert (change["kind"], change["title"], change["actor_id"]) == ("conversation", "New", ann.id)
    assert not change.get("created")


def test_patch_that_changes_nothing_makes_no_change(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo, title="Same")
    ann.patch(path_of(group), {"title": "Same"}).expect(200)
    ann.patch(path_of(group), {"history": "joined"}).expect(200)
    assert ann.conversation(group)["last_seq"] == 1


def test_patch_is_for_admins(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo, title="Old")
    bo.patch(path_of(group), {"title": "New"}).problem(403, "forbidden")
    assert ann.conversation(group)["title"] == "Old"


@pytest.mark.parametrize("body", [
    {"title": "x" * 201}, {"title": 5}, {"history": "none"}, {"kind": "direct"}, {"nope": 1}])
def test_patch_with_a_wrong_field_is_invalid(people, body):
    (ann,) = people("ann")
    group = ann.group(title="Old")
    ann.patch(path_of(group), body).problem(422, "invalid")
    assert ann.conversation(group)["last_seq"] == 1


# History.

def test_history_joined_shows_what_follows_the_joining(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group(bo)
    ann.send(group, "before")
    ann.add(group, cy)
    ann.send(group, "after")
    seen = cy.conversation(group)
    assert (seen["first_seq"], seen["last_seq"]) == (3, 4)
    assert cy.texts(group) == ["after"]
    assert [change["seq"] for change in cy.all_changes(group)] == [3, 4]


def test_history_all_shows_everything_to_who_joins(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group(bo, history="all")
    ann.send(group, "before")
    ann.add(group, cy)
    assert cy.conversation(group)["first_seq"] == 1
    assert cy.texts(group) == ["before"]


def test_history_change_counts_for_who_joins_after_it(people):
    ann, bo, cy, di = people("ann", "bo", "cy", "di")
    group = ann.group(bo)
    ann.send(group, "early")
    ann.add(group, cy)
    ann.patch(path_of(group), {"history": "all"}).expect(200)
    assert last_change(ann, group)["history"] == "all"
    ann.add(group, di)
    assert cy.texts(group) == []
    assert cy.conversation(group)["first_seq"] == 3
    assert di.texts(group) == ["early"]


def test_history_before_first_seq_can_not_be_paged_to(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    for number in range(4):
        ann.send(group, f"secret {number}")
    ann.add(group, bo)
    ann.send(group, "open")
    for query in ({}, {"before": 100}, {"after": 0}, {"around": 3}, {"limit": 100}):
        page = bo.page(group, **query)
        assert [m["text"] for m in page["items"]] in (["open"], []), query
        assert not page["has_more_before"]


# The list.

def test_list_has_the_latest_message_first(people):
    ann, bo = people("ann", "bo")
    groups = [ann.group(bo, title=str(number)) for number in range(4)]
    for index in (2, 0, 3, 1):
        ann.send(groups[index], "hello")
    order = [item["title"] for item in bo.conversations()]
    assert order == ["1", "3", "0", "2"]


def test_list_pages_without_hole_or_repetition(people):
    ann, bo = people("ann", "bo")
    groups = [ann.group(bo) for _ in range(7)]
    for group in groups:
        ann.send(group, "hello")
    assert ids(ann.conversations(limit=3)) == ids(reversed(groups))


def test_list_shows_last_message_and_counts(people):
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    for number in range(3):
        ann.send(group, f"message {number}")
    (item,) = bo.conversations()
    shapes.check(item, shapes.CONVERSATION)
    assert (item["last_message"]["text"], item["last_seq"]) == ("message 2", 4)
    assert (item["unread_count"], item["read_seq"] < 4) == (3, True)


def test_list_shows_only_own_conversations(people):
    ann, bo, cy = people("ann", "bo", "cy")
    ann.group(bo)
    assert cy.conversations() == []


def test_conversation_last_message_is_not_shown_to_who_joined_after_it(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    ann.send(group, "secret")
    ann.add(group, bo)
    assert bo.conversation(group)["last_message"] is None
    assert b"secret" not in bo.get("/v1/conversations").body


# Strangers.

@pytest.mark.parametrize("method, rest, body", [
    ("GET", [], None), ("PATCH", [], {"title": "x"}), ("GET", ["members"], None),
    ("POST", ["members"], {"user_ids": []}), ("GET", ["messages"], None),
    ("GET", ["changes?after=0"], None), ("PUT", ["read"], {"seq": 1}),
    ("POST", ["messages"], {"client_id": new_id(), "text": "hi"})])
def test_stranger_is_answered_as_if_it_did_not_exist(people, method, rest, body):
    ann, bo = people("ann", "bo")
    group = ann.group()

    def ask(conversation):
        arguments = [] if body is None else [body]
        answer = bo.request(method, path_of(conversation, *rest), *arguments)
        return answer.problem(404, "not_found")

    assert ask(group["id"]) == ask(new_id())
    ask("not-an-id")
    assert ann.conversation(group)["last_seq"] == 1


@needs_disk
def test_conversations_survive_kill_and_restart(make_server):
    server = make_server().start()
    ann, bo = api.User.register(server, "ann"), api.User.register(server, "bo")
    group = ann.group(bo, title="Kept")
    ann.set_role(group, bo, "admin")
    ann.send(group, "kept too")
    before = (ann.conversation(group), ann.members(group), ann.all_changes(group))
    server.kill()
    server.start()
    after = (ann.conversation(group), ann.members(group), ann.all_changes(group))
    assert before == after
    assert bo.role_of(bo, group) == "admin"
    server.stop()
