"""What administrators see and set of the server: registration, numbers, the audit log."""

import asyncio
import subprocess
import time

import pytest

from harness import ws
from harness.api import PASSWORD, User
from harness.server import clean_env, program

DEADLINE_S = 30


@pytest.fixture(scope="module")
def admin(server):
    return User.register_admin(server)


def stats(admin):
    return admin.get("/v1/admin/stats").expect(200)


def audit(admin, **query):
    return admin.get("/v1/admin/audit", **query).expect(200)["items"]


# Settings.

def test_registration_is_shown_and_set(admin, anyone):
    assert admin.get("/v1/admin/settings").expect(200) == {"registration": "open"}
    for mode in ("closed", "invitation", "open"):
        admin.patch("/v1/admin/settings", {"registration": mode}).expect(200)
        assert admin.get("/v1/admin/settings").expect(200) == {"registration": mode}
        assert anyone.get("/v1/server").expect(200)["registration"] == mode


@pytest.mark.parametrize("body", [{}, {"registration": "ajar"}, {"registration": None},
                                  {"registration": "open", "name": "x"}])
def test_wrong_settings_are_invalid(admin, body):
    admin.patch("/v1/admin/settings", body).problem(422, "invalid")
    assert admin.get("/v1/admin/settings").expect(200) == {"registration": "open"}


# Numbers.

def test_numbers_are_there_from_the_start(admin):
    answer = stats(admin)
    assert answer["now"]["version"] == admin.get("/v1/server").expect(200)["version"]
    assert answer["now"]["uptime_ms"] >= 0
    assert answer["now"]["memory_bytes"] > 1_000_000
    assert 1 <= len(answer["history"]) <= 120
    assert answer["history"][-1]["at"] == answer["now"]["at"]


async def test_numbers_tell_what_happens(admin, people):
    ann, bo = people("ann", "bo")
    talk = ann.direct(bo)
    begin = time.time() * 1000
    async with ws.Connecting(bo.server.http, bo.token) as socket:
        for number in range(20):
            ann.send(talk, f"message {number}")
        await socket.until(
            lambda: len(socket.changes(talk["id"])) >= 20)
        deadline = time.monotonic() + DEADLINE_S
        while True:  # until the interval with the messages has ended
            seen = [each for each in stats(admin)["history"] if each["at"] >= begin]
            if any(each["messages_per_second"] > 0 for each in seen) and seen[-1]["connections"]:
                break
            assert time.monotonic() < deadline, seen
            await asyncio.sleep(0.2)
    assert sum(each["messages_per_second"] for each in seen) * 5 >= 19
    assert sum(each["deliveries_per_second"] for each in seen) > 0
    busy = [each for each in seen if each["commit_p50_ms"] is not None]
    assert busy and all(0 < each["commit_p50_ms"] <= each["commit_p99_ms"] for each in busy)


# The audit log.

def test_everything_that_administrators_change_is_in_the_log(admin, people):
    (ann,) = people("ann")
    path = f"/v1/admin/people/{ann.id}"
    admin.patch(path, {"admin": True}).expect(200)
    admin.patch(path, {"admin": False}).expect(200)
    admin.delete(f"{path}/sessions").expect(204)
    admin.post(f"{path}/password-reset").expect(201)
    admin.patch(path, {"disabled": True}).expect(200)
    admin.patch(path, {"disabled": True}).expect(200)  # changes nothing
    admin.patch(path, {"disabled": False}).expect(200)
    admin.patch("/v1/admin/settings", {"registration": "open"}).expect(200)
    log = audit(admin, limit=7)
    assert sorted(line["action"] for line in log) == sorted([
        "settings.registration", "person.enable", "person.disable", "person.password_reset",
        "person.sign_out", "person.demote", "person.promote"])
    assert all(line["admin"]["id"] == admin.id for line in log)
    about = {line["action"]: (line["target"], line["detail"]) for line in log}
    assert about.pop("settings.registration") == (None, {"from": "open", "to": "open"})
    assert set(map(str, about.values())) == {str((ann.id, {}))}


def test_log_is_paged_newest_first(admin):
    for _ in range(3):
        admin.patch("/v1/admin/settings", {"registration": "open"}).expect(200)
    log = admin.all_pages("/v1/admin/audit", limit=2)
    times = [line["at"] for line in log]
    assert times == sorted(times, reverse=True)
    assert len({line["id"] for line in log}) == len(log)
    assert (log[-1]["action"], log[-1]["admin"]["id"]) == ("admin.claim", admin.id)
    admin.get("/v1/admin/audit", cursor="nonsense").problem(422, "invalid")


def test_grant_from_the_command_line_is_in_the_log(make_server):
    server = make_server().start()
    ann = User.register(server, "ann")
    subprocess.run([program("parleyd"), "admin", "grant", ann.username, "--data-dir",
                    server.data_dir], check=True, env=clean_env(), capture_output=True, timeout=60)
    (line,) = audit(ann)
    assert (line["action"], line["admin"], line["target"]) == ("admin.grant", None, ann.id)
    server.stop()


def test_log_never_holds_a_token_or_password(admin, people, anyone):
    (ann,) = people("ann")
    link = admin.post(f"/v1/admin/people/{ann.id}/password-reset").expect(201)
    anyone.request("POST", "/v1/password-resets",
                   {"token": link["token"], "password": "a new passphrase"}).expect(204)
    answer = admin.get("/v1/admin/audit").body.decode()
    for secret in (link["token"], "a new passphrase", PASSWORD, admin.token):
        assert secret not in answer
