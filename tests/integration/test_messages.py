"""Messages: sending once, pages, changes, replies, mentions, read positions and counts."""

import concurrent.futures
import time

import pytest

from harness import shapes
from harness.api import User, new_id, path_of
from harness.server import needs_disk


@pytest.fixture
def talk(people):
    """Ann, Bo and a group of theirs."""
    ann, bo = people("ann", "bo")
    return ann, bo, ann.group(bo)


def send_many(user, conversation, count):
    return [user.send(conversation, f"text {number}")["seq"] for number in range(count)]


def seqs(page):
    return [item["seq"] for item in page["items"]]


# Sending.

def test_send_answers_the_message(talk):
    ann, bo, group = talk
    client_id = new_id()
    before_ms = time.time() * 1000
    message = shapes.check(ann.send(group, "hello", client_id), shapes.MESSAGE)
    assert (message["seq"], message["text"]) == (2, "hello")
    assert (message["client_id"], message["sender_id"]) == (client_id, ann.id)
    assert message["conversation_id"] == group["id"]
    assert abs(message["sent_at"] - before_ms) < 60_000
    assert bo.page(group)["items"] == [message]


@pytest.mark.parametrize("text", [
    "  spaces kept  ", "line\nbreak\ttab", "נוסח عربى 漢字", "👩‍👩‍👧‍👦 e\u0301", "<b>&amp;</b>",
    "\"\\/\u2028",
    "\ufeffmark", "a\u0000b", "\U0010ffff"])
def test_send_keeps_the_text_as_it_is(talk, text):
    ann, bo, group = talk
    answer = ann.try_send(group, text)
    if "\u0000" in text and answer.status == 422:
        return  # refusing NUL is allowed, changing it is not
    assert answer.expect(201)["text"] == text
    assert bo.texts(group) == [text]


@pytest.mark.parametrize("text", ["x" * 20_000, "ä" * 10_000, "👪" * 5_000])
def test_send_takes_twenty_thousand_bytes(talk, text):
    ann, bo, group = talk
    ann.send(group, text)
    assert bo.texts(group) == [text]


def test_sends_of_all_members_share_one_order(talk):
    ann, bo, group = talk
    assert [ann.send(group, "1")["seq"], bo.send(group, "2")["seq"]] == [2, 3]
    assert ann.texts(group) == ["1", "2"]


# Once.

def test_send_again_answers_the_first_message(talk):
    ann, bo, group = talk
    client_id = new_id()
    first = ann.send(group, "once", client_id)
    again = ann.try_send(group, "once", client_id).expect(200)
    assert again == first
    assert bo.texts(group) == ["once"]


def test_send_again_with_other_text_conflicts(talk):
    ann, bo, group = talk
    client_id = new_id()
    ann.send(group, "once", client_id)
    ann.try_send(group, "twice", client_id).problem(409, "conflict")
    assert bo.texts(group) == ["once"]


def test_send_again_with_other_reply_conflicts(talk):
    ann, bo, group = talk
    target = bo.send(group, "question")
    client_id = new_id()
    ann.send(group, "answer", client_id, reply_to=target["seq"])
    ann.try_send(group, "answer", client_id).problem(409, "conflict")


def test_send_same_client_id_of_another_sender_is_another_message(talk):
    ann, bo, group = talk
    client_id = new_id()
    assert ann.send(group, "mine", client_id)["seq"] != bo.send(group, "mine", client_id)["seq"]


def test_send_same_client_id_in_another_conversation_is_another_message(talk):
    ann, bo, group = talk
    other = ann.group(bo)
    client_id = new_id()
    ann.send(group, "here", client_id)
    ann.send(other, "there", client_id)
    assert (bo.texts(group), bo.texts(other)) == (["here"], ["there"])


def test_send_same_client_id_at_once_is_one_message(talk):
    ann, bo, group = talk
    client_id = new_id()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ann.try_send(group, "once", client_id), range(8)))
    assert sorted(answer.status for answer in answers) == [200] * 7 + [201]
    assert {answer.json["seq"] for answer in answers} == {2}
    assert bo.texts(group) == ["once"]


def test_send_again_after_leaving_is_not_found(talk):
    ann, bo, group = talk
    client_id = new_id()
    bo.send(group, "before", client_id)
    bo.leave(group)
    bo.try_send(group, "before", client_id).problem(404, "not_found")


# Pages.

def test_page_without_query_is_the_latest(talk):
    ann, bo, group = talk
    sent = send_many(ann, group, 6)
    page = bo.page(group, limit=4)
    assert seqs(page) == sent[-4:]
    assert (page["has_more_before"], page["has_more_after"]) == (True, False)
    assert page["last_seq"] == 7


def test_page_limit_is_fifty_by_default_and_a_hundred_at_most(talk):
    ann, bo, group = talk
    sent = send_many(ann, group, 60)
    assert seqs(bo.page(group)) == sent[-50:]
    assert seqs(bo.page(group, limit=100)) == sent
    for limit in (0, 101, -1, "many"):
        bo.get(path_of(group, "messages"), limit=limit).problem((400, 422), "invalid")


def test_page_before_is_exclusive_and_ascending(talk):
    ann, bo, group = talk
    sent = send_many(ann, group, 6)
    page = bo.page(group, before=sent[4], limit=3)
    assert seqs(page) == sent[1:4]
    assert (page["has_more_before"], page["has_more_after"]) == (True, True)
    page = bo.page(group, before=sent[1], limit=3)
    assert (seqs(page), page["has_more_before"]) == (sent[:1], False)


def test_page_after_is_exclusive_and_zero_is_the_beginning(talk):
    ann, bo, group = talk
    sent = send_many(ann, group, 6)
    page = bo.page(group, after=0, limit=3)
    assert seqs(page) == sent[:3]
    assert (page["has_more_before"], page["has_more_after"]) == (False, True)
    page = bo.page(group, after=sent[2], limit=3)
    assert seqs(page) == sent[3:]
    assert (page["has_more_before"], page["has_more_after"]) == (True, False)


def test_page_after_the_end_is_empty(talk):
    ann, bo, group = talk
    sent = send_many(ann, group, 2)
    page = bo.page(group, after=sent[-1])
    assert (page["items"], page["has_more_after"], page["last_seq"]) == ([], False, sent[-1])


def test_page_around_contains_the_seq_and_both_sides(talk):
    ann, bo, group = talk
    sent = send_many(ann, group, 9)
    page = bo.page(group, around=sent[4], limit=5)
    found = seqs(page)
    assert len(found) == 5 and sent[4] in found
    start = sent.index(found[0])
    assert found == sent[start:start + 5]
    assert found[0] < sent[4] < found[-1]
    assert page["has_more_before"] and page["has_more_after"]


def test_page_around_the_ends_reaches_them(talk):
    ann, bo, group = talk
    sent = send_many(ann, group, 9)
    first, last = bo.page(group, around=sent[0], limit=4), bo.page(group, around=sent[-1], limit=4)
    assert (sent[0] in seqs(first), first["has_more_before"]) == (True, False)
    assert (sent[-1] in seqs(last), last["has_more_after"]) == (True, False)


def test_page_counts_messages_not_other_changes(talk):
    ann, bo, group = talk
    for number in range(4):
        ann.send(group, f"text {number}")
        ann.patch(path_of(group), {"title": f"title {number}"}).expect(200)
    page = bo.page(group, limit=3)
    assert [item["text"] for item in page["items"]] == ["text 1", "text 2", "text 3"]
    assert page["last_seq"] == 9
    assert seqs(bo.page(group, around=7, limit=2))[0] in (4, 6)


def test_pages_walked_either_way_are_the_whole_history(talk):
    ann, bo, group = talk
    sent = send_many(ann, group, 23)
    forward, backward = [], []
    for _ in range(5):
        after = forward[-1] if forward else 0
        forward += seqs(bo.page(group, after=after, limit=5))
        before = backward[0] if backward else sent[-1] + 1
        backward = seqs(bo.page(group, before=before, limit=5)) + backward
    assert forward == backward == sent


@pytest.mark.parametrize("query", [
    {"before": "x"}, {"after": -1}, {"around": ""}, {"before": 2, "after": 3},
    {"after": "9" * 30}, {"before": 1.5}])
def test_page_with_a_wrong_query_is_invalid(talk, query):
    ann, _, group = talk
    ann.get(path_of(group, "messages"), **query).problem((400, 422), "invalid")


# Changes.

def test_changes_have_every_kind_and_no_hole(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group(bo, title="One")
    message = ann.send(group, "hello")
    ann.patch(path_of(group), {"title": "Two"}).expect(200)
    ann.add(group, cy)
    bo.leave(group)
    items = ann.all_changes(group)
    for item in items:
        shapes.check(item, shapes.CHANGE)
    assert [item["seq"] for item in items] == [1, 2, 3, 4, 5]
    kinds = [item["kind"] for item in items]
    assert kinds == ["conversation", "message", "conversation", "members", "members"]
    assert items[1]["message"]["id"] == message["id"]
    assert shapes.check(items[1]["message"], shapes.MESSAGE)["text"] == "hello"


def test_changes_are_the_same_for_every_member(talk):
    ann, bo, group = talk
    ann.send(group, "one")
    bo.send(group, "two")
    assert ann.all_changes(group) == bo.all_changes(group)


def test_changes_page_by_after_and_limit(talk):
    ann, _, group = talk
    send_many(ann, group, 5)
    page = ann.changes(group, after=2, limit=2)
    assert (seqs(page), page["last_seq"], page["reset"]) == ([3, 4], 6, False)


def test_changes_at_the_end_are_empty_without_reset(talk):
    ann, _, group = talk
    send_many(ann, group, 2)
    page = ann.changes(group, after=3)
    assert (page["items"], page["last_seq"], page["reset"]) == ([], 3, False)


def test_changes_beyond_the_end_reset(talk):
    ann, _, group = talk
    send_many(ann, group, 2)
    page = ann.changes(group, after=4)
    assert (page["items"], page["last_seq"], page["reset"]) == ([], 3, True)


def test_changes_before_the_first_seq_reset(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    send_many(ann, group, 3)
    ann.add(group, bo)
    assert bo.conversation(group)["first_seq"] == 5
    page = bo.changes(group, after=3)
    assert (page["items"], page["reset"], page["last_seq"]) == ([], True, 5)
    page = bo.changes(group, after=4)
    assert (seqs(page), page["reset"]) == ([5], False)


def test_changes_never_reset_because_much_is_missing(talk):
    ann, bo, group = talk
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: ann.send(group, f"text {number}"), range(520)))
    page = bo.changes(group, after=0, limit=100)
    assert (page["reset"], len(page["items"]), page["last_seq"]) == (False, 100, 521)
    assert [item["seq"] for item in bo.all_changes(group)] == list(range(1, 522))


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": -1}, {"after": 1, "limit": 0}])
def test_changes_with_a_wrong_query_are_invalid(talk, query):
    ann, _, group = talk
    ann.get(path_of(group, "changes"), **query).problem((400, 422), "invalid")


# Replies.

def test_reply_carries_an_excerpt_of_the_message(talk):
    ann, bo, group = talk
    question = bo.send(group, "how are you?")
    reply = ann.send(group, "well", reply_to=question["seq"])
    assert reply["reply_to"]["seq"] == question["seq"]
    assert reply["reply_to"]["sender_id"] == bo.id
    assert reply["reply_to"]["excerpt"] == "how are you?"
    assert bo.page(group)["items"][-1]["reply_to"] == reply["reply_to"]


def test_reply_excerpt_of_a_long_message_is_short_and_whole_characters(talk):
    ann, bo, group = talk
    question = bo.send(group, "ä" * 5_000)
    excerpt = ann.send(group, "long!", reply_to=question["seq"])["reply_to"]["excerpt"]
    assert 0 < len(excerpt) < 1_000
    assert set(excerpt) <= {"ä", "…"}


@pytest.mark.parametrize("target", [1, 99, 0, -1, "2", 1.5, True])
def test_reply_to_what_is_no_message_is_invalid(talk, target):
    ann, _, group = talk
    ann.send(group, "hello")
    ann.try_send(group, "reply", reply_to=target).problem(422, "invalid")


def test_reply_to_a_message_before_ones_joining_is_invalid(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    secret = ann.send(group, "secret")
    ann.add(group, bo)
    bo.try_send(group, "what?", reply_to=secret["seq"]).problem(422, "invalid")


def test_reply_excerpt_is_hidden_from_who_joined_after_the_message(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    secret = ann.send(group, "secret plan")
    ann.add(group, bo)
    ann.send(group, "as I said", reply_to=secret["seq"])
    assert bo.texts(group) == ["as I said"]
    for answer in (bo.get(path_of(group, "messages")), bo.get(path_of(group)),
                   bo.get("/v1/conversations"), bo.get(path_of(group, "changes"), after=3)):
        answer.expect(200)
        assert b"secret plan" not in answer.body


# Mentions.

def test_mention_names_the_member(talk):
    ann, bo, group = talk
    message = ann.send(group, f"hey @{bo.username}, look")
    assert message["mentions"] == [bo.id]
    ann.send(group, "no mention")
    seen = bo.conversation(group)
    assert (seen["mention_count"], seen["unread_count"]) == (1, 2)


def test_mention_of_someone_outside_the_conversation_names_nobody(people):
    ann, bo, cy = people("ann", "bo", "cy")
    group = ann.group(bo)
    message = ann.send(group, f"@{cy.username} @nobody mail@{bo.username}.example")
    assert cy.id not in message["mentions"]


def test_mention_count_falls_when_read(talk):
    ann, bo, group = talk
    seq = ann.send(group, f"@{bo.username}")["seq"]
    bo.read(group, seq)
    assert bo.conversation(group)["mention_count"] == 0


# Read positions.

def test_unread_count_counts_messages_only(talk):
    ann, bo, group = talk
    ann.send(group, "one")
    ann.patch(path_of(group), {"title": "New"}).expect(200)
    ann.send(group, "two")
    assert bo.conversation(group)["unread_count"] == 2


def test_read_moves_the_position_and_the_counts(talk):
    ann, bo, group = talk
    sent = send_many(ann, group, 4)
    bo.read(group, sent[1])
    seen = bo.conversation(group)
    assert (seen["read_seq"], seen["unread_count"]) == (sent[1], 2)
    (listed,) = bo.conversations()
    assert (listed["read_seq"], listed["unread_count"]) == (sent[1], 2)
    positions = {m["user"]["id"]: m["read_seq"] for m in ann.members(group)}
    assert positions[bo.id] == sent[1]


def test_read_never_goes_back(talk):
    ann, bo, group = talk
    sent = send_many(ann, group, 3)
    bo.read(group, sent[2])
    bo.read(group, sent[0])
    assert bo.conversation(group)["read_seq"] == sent[2]


def test_read_makes_no_change(talk):
    ann, bo, group = talk
    bo.read(group, ann.send(group, "hello")["seq"])
    assert ann.conversation(group)["last_seq"] == 2


@pytest.mark.parametrize("body", [
    {"seq": 3}, {"seq": 2**53}, {"seq": -1}, {"seq": "1"}, {"seq": 1.5}, {"seq": None}, {},
    {"seq": 1, "nope": 1}])
def test_read_beyond_the_head_or_wrong_is_invalid(talk, body):
    ann, bo, group = talk
    ann.send(group, "hello")
    bo.put(path_of(group, "read"), body).problem(422, "invalid")
    assert bo.conversation(group)["unread_count"] == 1


def test_sending_moves_ones_own_read_position(talk):
    ann, bo, group = talk
    send_many(ann, group, 3)
    seq = bo.send(group, "answer")["seq"]
    seen = bo.conversation(group)
    assert (seen["read_seq"], seen["unread_count"]) == (seq, 0)
    assert ann.conversation(group)["unread_count"] == 1


def test_unread_counts_are_cut_at_the_joining(people):
    ann, bo = people("ann", "bo")
    group = ann.group()
    send_many(ann, group, 5)
    ann.add(group, bo)
    assert bo.conversation(group)["unread_count"] == 0
    ann.send(group, "now you")
    assert bo.conversation(group)["unread_count"] == 1


@needs_disk
def test_read_position_is_kept_over_a_restart(make_server):
    server = make_server().start()
    ann, bo = User.register(server, "ann"), User.register(server, "bo")
    group = ann.group(bo)
    sent = send_many(ann, group, 3)
    bo.read(group, sent[1])
    server.restart()
    seen = bo.conversation(group)
    assert (seen["read_seq"], seen["unread_count"]) == (sent[1], 1)
    server.stop()
