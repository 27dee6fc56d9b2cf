"""`parley chat` on a terminal of pyte's: people talk, over restarts of the server, at any size."""

import re
import signal
import termios

import pytest

from harness.api import Http, PASSWORD, User
from harness.screen import Chat, Terminal
from harness.server import needs_disk, program
from harness.terminal import Cli

FAMILY, FLAG, HEART = "👨‍👩‍👧‍👦", "🇫🇷", "❤️"


@pytest.fixture
def terminals(server, tmp_path):
    """Registers people at terminals of their own."""
    return lambda count: [Cli(server, tmp_path / str(n)).register() for n in range(count)]


def over_http(cli):
    """The same person, as a client that sends much."""
    fields = {"username": cli.name, "password": PASSWORD}
    return User(cli.server, Http(cli.server.http).request("POST", "/v1/sessions", fields).expect(201))


def open_direct(chat, name):
    chat.press("ctrl-o")
    chat.type(name)
    chat.until("Talk to " + name)
    chat.press("enter")
    chat.until("Write to " + name)


# Talking.

def test_two_people_talk_with_typing_presence_and_read_marks(terminals):
    ann, bo = terminals(2)
    with Chat(ann) as left, Chat(bo) as right:
        left.until("● " + ann.name)
        right.until("● " + bo.name)
        open_direct(left, bo.name)
        left.say("Lunch at one?")
        left.until("✓")
        right.until("1 unread")
        right.until("Lunch at one?")
        assert "read" not in left.text().replace("unread", "")
        right.press("tab")
        right.until("Write to " + ann.name)
        left.until("read ✓✓")
        right.until(f"{ann.name}  online")
        right.type("Glad")
        left.until(f"{bo.name} is typing…")
        right.say("ly.")
        left.until("Gladly.")
        left.until_gone("typing")
        right.until_gone("unread")
        right.quit()
        left.until(lambda text: f"{bo.name}  online" not in text)
        left.quit()


def test_unread_is_counted_until_it_is_on_the_screen(terminals):
    ann, bo, cy = terminals(3)
    ann.one("new", bo.name, cy.name, "--title", "Trip")
    with Chat(bo) as chat:
        chat.until("# Trip")
        ann.one("send", "Trip", "one")
        cy.one("send", "Trip", "two")
        chat.until(lambda text: re.search(r"cli_\w+: two +2", text) or re.search(r"… +2 │", text))
        assert bo.one("list")["unread_count"] == 2
        chat.press("tab")
        chat.until(lambda text: "one\n" in text and "two\n" in text)
        chat.until_gone("unread")
        chat.quit()
    # What was read right before the end counts; the server may take a moment to say so.
    with Chat(bo) as again:
        again.until(lambda text: "# Trip" in text and "unread" not in text)
        again.quit()


def test_past_over_several_pages_and_back_to_live(terminals):
    ann, bo = terminals(2)
    group = ann.one("new", bo.name, "--title", "Long")["id"]
    sender = over_http(ann)
    for number in range(180):
        sender.send(group, f"number {number:03}")
    bo.lines("read", group)
    with Chat(bo, "Long") as chat:
        chat.until("number 179")
        for number in range(160, -1, -10):
            chat.press("page-up")
            chat.until(lambda text: any(f"number {n:03}" in text for n in range(number + 10)))
        chat.until("number 000")
        sender.send(group, "meanwhile")
        chat.until("1 new")
        chat.press("escape")
        chat.until("meanwhile")
        chat.quit()


def test_find_filters_the_list(terminals):
    ann, bo = terminals(2)
    for title in ("Réunion", "Holiday", "House"):
        ann.one("new", bo.name, "--title", title)
    with Chat(ann) as chat:
        chat.until("# Holiday")
        chat.type("/reu")
        chat.until_gone("# Holiday")
        chat.press("enter")
        chat.until("Write to Réunion")
        chat.until("# Holiday")
        chat.quit()


def test_lines_are_edited_and_pasted_text_is_not_sent(terminals):
    ann, bo = terminals(2)
    with Chat(ann, "@" + bo.name) as chat:
        chat.until("Write to " + bo.name)
        chat.press("paste-begin")
        chat.type("one\rtwo three")
        chat.press("paste-end")
        chat.until("two three")
        chat.press("ctrl-w", "alt-enter")
        chat.type(f"é{FAMILY}x")
        chat.press("backspace", "backspace", "left")
        chat.type("日")
        chat.press("home")
        chat.type("> ")
        chat.press("enter")
        chat.until("Write to " + bo.name)
        chat.until("✓")
        chat.quit()
    (message,) = bo.lines("read", "@" + ann.name)
    assert message["text"] == "one\ntwo \n> 日é"


# Looks.

def test_emoji_and_wide_letters_do_not_move_anything_at_any_size(terminals):
    ann, bo = terminals(2)
    text = f"start {FAMILY} {FLAG} {HEART} 日本語 e\u0301 👍🏽 end"
    ann.one("send", "@" + bo.name, "-", stdin=text)
    with Chat(bo, "@" + ann.name) as chat:
        chat.until("end")

        def bars(cols):
            """The columns of the line between list and conversation."""
            rows = range(2, chat.screen.lines - 1)
            return {col for row in rows for col in range(cols) if chat.screen.buffer[row][col].data == "│"}

        assert bars(80) == {24}
        for rows, cols in ((10, 70), (50, 200), (12, 40), (3, 20), (1, 1), (2, 3), (24, 80)):
            chat.resize(rows, cols)
            if cols >= 64:
                chat.until(lambda _, expected={min(36, max(24, cols * 3 // 10))}, c=cols: bars(c) == expected)
        chat.until(lambda shown: "start" in shown and "end" in shown)
        chat.quit()


def test_hostile_text_is_harmless(terminals):
    ann, bo = terminals(2)
    ann.one("send", "@" + bo.name, "-", stdin="red \x1b[31m \x9b2J \u202e gpj \x07" + "a" + "\u0301" * 500)
    with Chat(bo, "@" + ann.name) as chat:
        chat.until("\\x1b[31m")
        assert b"\x1b[31m" not in chat.raw and b"\x07" not in chat.raw and b"\x9b2J" not in chat.raw
        assert "\u202e".encode() not in chat.raw
        chat.quit()


def test_no_color_is_honoured(terminals):
    (ann,) = terminals(1)
    with Chat(ann, env={"NO_COLOR": "1"}) as chat:
        chat.until("● " + ann.name)
        chat.quit()
    colors = re.compile(rb"\x1b\[(3\d|4\d|9\d)[;m]|\x1b\[38")
    assert not colors.search(chat.raw)
    with Chat(ann) as chat:
        chat.until("● " + ann.name)
        chat.quit()
    assert colors.search(chat.raw)


@pytest.mark.parametrize("term", ["vt100", "linux", "screen", "tmux-256color"])
def test_other_terminals_get_only_what_they_know(terminals, term):
    ann, bo = terminals(2)
    with Chat(ann, "@" + bo.name, term=term) as chat:
        chat.until("Write to " + bo.name)
        chat.say("over a thin line")
        chat.until("✓")
        assert b"$<" not in chat.raw
        chat.press("ctrl-q")
        assert chat.wait() == 0
        assert termios.tcgetattr(chat.slave) == chat.modes_before


# Nothing is lost.

@needs_disk
def test_server_killed_what_was_written_meanwhile_arrives_once(make_server, tmp_path):
    server = make_server().start()
    ann, bo = [Cli(server, tmp_path / name).register() for name in ("ann", "bo")]
    with Chat(ann, "@" + bo.name) as left, Chat(bo, "@" + ann.name) as right:
        for chat in left, right:
            chat.until("Write to")
        left.say("before")
        right.until("before")
        server.kill()
        left.until("no connection")
        left.say("while down, 1")
        left.say("while down, 2")
        left.until("2 to send")
        right.say("from bo, while down")
        left.press("ctrl-q")
        left.until("2 messages are not sent yet")
        left.press("escape")  # then not
        left.until("2 to send")
        server.start()
        for chat in left, right:
            chat.until_gone("no connection")
            chat.until(lambda text: all(each in text for each in (
                "before", "while down, 1", "while down, 2", "from bo, while down")))
            chat.until_gone("to send")
        left.until_gone("…\n")
        left.say("after")
        right.until("after")
        texts = [message["text"] for message in bo.lines("read", "@" + ann.name)]
        assert len(texts) == len(set(texts)) == 5
        left.quit()
        right.quit()
    server.stop()


def test_what_is_not_sent_at_the_end_is_left_on_the_terminal(terminals):
    ann, bo = terminals(2)
    with Chat(ann, "@" + bo.name) as chat:
        chat.until("Write to")
        chat.type("half a thou")
        chat.until("half a thou")
        chat.press("ctrl-c")
        chat.until("Once more to quit")
        chat.press("ctrl-c")
        assert chat.wait() == 0
        chat.until(f"parley: not sent to {bo.name}: half a thou")
        chat.assert_restored()


# The terminal belongs to the shell.

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGSEGV, signal.SIGABRT])
def test_terminal_is_restored_however_it_ends(terminals, number):
    (ann,) = terminals(1)
    with Chat(ann) as chat:
        chat.until("● " + ann.name)
        chat.signal(number)
        assert chat.wait() in (0, -number)
        chat.assert_restored()


def test_suspend_gives_the_terminal_back_and_goes_on(terminals):
    ann, bo = terminals(2)
    shell = f"set -m; {program('parley')} chat @{bo.name}; echo stopped; read line; fg; echo ended"
    with Terminal(["bash", "-c", shell], ann.env) as chat:
        chat.until("Write to " + bo.name)
        chat.press("ctrl-z")
        chat.until("stopped")
        assert chat.raw.count(b"\x1b[?1049l") == 1
        chat.type("\n")
        chat.until_raw(b"\x1b[?1049h", 2)
        chat.until_raw("Write to ".encode(), 2)  # drawn anew
        chat.say("back again")
        chat.until("✓")
        chat.press("ctrl-q")
        chat.until("ended")
        assert chat.wait() == 0
        chat.assert_restored()


def test_cut_line_ends_it(terminals):
    (ann,) = terminals(1)
    with Chat(ann) as chat:
        chat.until("● " + ann.name)
        chat.hang_up()
        assert chat.wait() == 0


def test_signed_out_elsewhere_says_so(terminals):
    (ann,) = terminals(1)
    with Chat(ann) as chat:
        chat.until("● " + ann.name)
        ann.one("logout")
        assert chat.wait() == 1
        chat.until("the session has ended; sign in again")
        chat.assert_restored()


def test_not_signed_in_or_no_terminal_is_said_plainly(server, tmp_path, terminals):
    stranger = Cli(server, tmp_path / "none")
    with Chat(stranger) as chat:
        assert chat.wait() == 1
        chat.until("not signed in")
        assert b"\x1b" not in chat.raw
    (ann,) = terminals(1)
    assert "needs a terminal" in ann.run("chat", code=1).stderr
    with Chat(ann, term="no-such-terminal") as chat:
        assert chat.wait() == 1
        chat.until("the terminal is not known")
