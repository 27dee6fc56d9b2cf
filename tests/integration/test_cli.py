"""`parley`, the command-line client: each command with --json, and `tail` over a killed server."""

import concurrent.futures
import json
import stat

import pytest

from harness.api import PASSWORD, new_id, unique_name
from harness.server import needs_disk
from harness.terminal import DEADLINE_S, Cli, Tail


@pytest.fixture
def terminals(server, tmp_path):
    """Registers people at terminals of their own."""
    return lambda count: [Cli(server, tmp_path / str(n)).register() for n in range(count)]


# Accounts.

def test_register_signs_in_and_keeps_the_session_private(server, tmp_path):
    cli = Cli(server, tmp_path / "home")
    body = cli.one("register", cli.name, "--display-name", "Ann Lee")
    assert body["user"]["display_name"] == "Ann Lee"
    assert body["server"] == server.url
    assert "token" not in body
    assert cli.one("whoami")["id"] == body["user"]["id"]
    path = tmp_path / "home" / f"{cli.name}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_register_taken_name_fails_with_conflict(terminals):
    (ann,) = terminals(1)
    ann.fails("conflict", "register", ann.name)


def test_login_with_password_on_stdin_and_logout(terminals):
    (ann,) = terminals(1)
    assert ann.one("logout") == {"signed_out": True}
    ann.fails("unauthenticated", "list")
    body = ann.one("login", ann.name, "--password-stdin", stdin=PASSWORD + "\n")
    assert body["user"]["id"] == ann.user["id"]
    assert ann.lines("list") == []


def test_login_with_a_wrong_password_fails(server, tmp_path, terminals):
    (ann,) = terminals(1)
    ann.env["PARLEY_PASSWORD"] = "wrong password"
    ann.fails("unauthenticated", "login", ann.name)


def test_claim_of_the_printed_link_makes_an_administrator_once(make_server, tmp_path):
    server = make_server().start()
    link = server.wait_for_line("administrator link: ").split(": ", 1)[1]
    ann, bo = (Cli(server, tmp_path / name).register() for name in ("ann", "bo"))
    assert ann.one("claim", link)["admin"] is True
    bo.fails("not_found", "claim", link)
    server.stop()


def test_token_is_sent_to_no_other_server(terminals):
    (ann,) = terminals(1)
    ann.fails("unauthenticated", "--server", "http://127.0.0.1:9", "list")


# Conversations and messages.

def test_new_direct_and_group_and_list(terminals):
    ann, bo, cy = terminals(3)
    direct = ann.one("new", "@" + bo.name)
    group = ann.one("new", bo.name, cy.name, "--title", "Trip")
    assert (direct["kind"], group["kind"], group["title"]) == ("direct", "group", "Trip")
    ann.one("send", group["id"], "hello")
    assert [item["id"] for item in ann.lines("list")] == [group["id"], direct["id"]]
    assert [item["id"] for item in ann.lines("list", "--limit", "1")] == [group["id"]]


def test_new_with_an_unknown_name_fails(terminals):
    (ann,) = terminals(1)
    ann.fails("not_found", "new", unique_name("ghost"))


def test_send_by_id_title_start_of_id_and_name(terminals):
    ann, bo = terminals(2)
    title = unique_name("Trip to ")
    group = ann.one("new", bo.name, "--title", title)
    assert ann.one("send", group["id"], "by", "id")["text"] == "by id"
    assert ann.one("send", title, "by title")["seq"] == 3
    assert ann.one("send", group["id"][:13], "by start")["seq"] == 4
    direct = ann.one("send", "@" + bo.name, "by name")
    assert direct["conversation_id"] != group["id"]
    assert [m["text"] for m in bo.lines("read", group["id"])] == ["by id", "by title", "by start"]


def test_send_from_stdin_keeps_lines(terminals):
    ann, bo = terminals(2)
    message = ann.one("send", "@" + bo.name, "-", stdin="two\nlines\n")
    assert message["text"] == "two\nlines"


def test_send_with_the_same_client_id_is_one_message(terminals):
    ann, bo = terminals(2)
    client_id = new_id()
    first = ann.one("send", "@" + bo.name, "once", "--client-id", client_id)
    again = ann.one("send", "@" + bo.name, "once", "--client-id", client_id)
    assert first == again
    ann.fails("conflict", "send", "@" + bo.name, "twice", "--client-id", client_id)


def test_send_with_a_reply(terminals):
    ann, bo = terminals(2)
    question = ann.one("send", "@" + bo.name, "how are you?")
    reply = bo.one("send", "@" + ann.name, "well", "--reply-to", question["seq"])
    assert reply["reply_to"]["excerpt"] == "how are you?"


def test_send_to_what_does_not_exist_fails(terminals):
    (ann,) = terminals(1)
    ann.fails("not_found", "send", new_id(), "hello")
    ann.fails("not_found", "send", "no such title", "hello")


def test_read_marks_as_read_unless_peeking(terminals):
    ann, bo = terminals(2)
    group = ann.one("new", bo.name, "--group")
    for number in range(25):
        ann.one("send", group["id"], f"text {number}")
    assert len(bo.lines("read", group["id"], "--peek")) == 20
    assert bo.one("list")["unread_count"] == 25
    texts = [m["text"] for m in bo.lines("read", group["id"], "--limit", "3")]
    assert texts == ["text 22", "text 23", "text 24"]
    assert bo.one("list")["unread_count"] == 0


def test_members_add_remove_and_leave(terminals):
    ann, bo, cy = terminals(3)
    group = ann.one("new", bo.name, "--group")["id"]
    ann.one("add", group, cy.name)
    names = {member["user"]["username"] for member in ann.lines("members", group)}
    assert names == {ann.name, bo.name, cy.name}
    ann.one("remove", group, bo.name)
    assert cy.one("leave", group) == {"conversation_id": group, "left": True}
    assert len(ann.lines("members", group)) == 1
    bo.fails("not_found", "read", group)


@pytest.mark.parametrize("arguments", [
    ["nonsense"], ["send"], ["list", "--nonsense"], ["list", "--limit", "x"], []])
def test_wrong_usage_exits_with_2(server, tmp_path, arguments):
    Cli(server, tmp_path).fails("usage", *arguments, exit_code=2)


def test_help_and_version_exit_with_0(server, tmp_path):
    cli = Cli(server, tmp_path)
    assert "send" in cli.run("--help").stdout
    assert cli.run("--version").stdout.strip()


def test_server_that_is_not_there_is_unavailable(server, tmp_path):
    cli = Cli(server, tmp_path)
    cli.env["PARLEY_SERVER"] = "http://127.0.0.1:9"
    cli.fails("unavailable", "login", cli.name)


def test_text_for_people_shows_control_characters_harmlessly(terminals):
    ann, bo = terminals(2)
    ann.one("send", "@" + bo.name, "-", stdin="red \x1b[31m alert \u202e gpj")
    shown = bo.run("read", "@" + ann.name).stdout
    assert "\x1b" not in shown and "\u202e" not in shown
    assert "\\x1b[31m" in shown and "\\u202e" in shown


# Tail.

def test_tail_shows_the_last_messages_and_then_live_ones(terminals):
    ann, bo = terminals(2)
    group = ann.one("new", bo.name, "--group")["id"]
    for number in range(4):
        ann.one("send", group, f"old {number}")
    with Tail(bo, group, "--last", "2") as tail:
        tail.event("connected")
        ann.one("send", group, "live")
        tail.until_text("live")
        assert tail.texts() == ["old 2", "old 3", "live"]
        assert tail.stop() == 0


def test_tail_without_conversation_shows_all_also_new_ones(terminals):
    ann, bo = terminals(2)
    with Tail(bo, "--last", "0") as tail:
        tail.event("connected")
        ann.one("send", "@" + bo.name, "in a new one")
        tail.until_text("in a new one")
        ann.one("new", bo.name, "--title", "Trip")
        ann.one("send", "Trip", "in a new group")
        tail.until_text("in a new group")


def test_tail_tells_of_leaving(terminals):
    ann, bo = terminals(2)
    group = ann.one("new", bo.name, "--group")["id"]
    with Tail(bo) as tail:
        tail.event("connected")
        ann.one("remove", group, bo.name)
        assert tail.event("left")["conversation_id"] == group


def test_tail_ends_when_signed_out(terminals):
    (ann,) = terminals(1)
    with Tail(ann) as tail:
        tail.event("connected")
        ann.one("logout")
        assert tail.process.wait(DEADLINE_S) == 1


@needs_disk
def test_tail_and_send_survive_kills_of_the_server_and_show_each_message_once(
        make_server, tmp_path):
    server = make_server().start()
    ann, bo = [Cli(server, tmp_path / name).register() for name in ("ann", "bo")]
    group = ann.one("new", bo.name, "--group")["id"]
    sent = []

    def send(text):
        ann.one("send", group, text)
        sent.append(text)

    with concurrent.futures.ThreadPoolExecutor(1) as pool, Tail(bo, group, "--last", "0") as tail:
        tail.event("connected")
        for turn in range(3):
            send(f"before kill {turn}")
            if turn % 2:
                tail.until_text(sent[-1])
            server.kill()
            tail.event("disconnected")
            sending = pool.submit(send, f"during kill {turn}")  # tries until the server is back
            server.start()
            sending.result(DEADLINE_S)
            tail.event("connected")
            send(f"after kill {turn}")
            tail.until_text(sent[-1])
        assert tail.texts() == sent
        seqs = [change["seq"] for change in tail.seen]
        assert seqs == sorted(set(seqs))
        assert tail.stop() == 0
    assert [m["text"] for m in bo.lines("read", group)] == sent
    server.stop()
