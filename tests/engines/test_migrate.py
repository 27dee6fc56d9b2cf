"""`parleyd migrate`: what people have on one machine goes on in a fleet, as if nothing had happened.

Run by ctest with the engines' addresses in the environment; by hand:
tools/engines env --dir D -- env PARLEYD=.../parleyd /usr/bin/python3 -m pytest engines/test_migrate.py
"""
import asyncio
import os
import pathlib
import signal
import subprocess
import sys
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from fleet import cql  # noqa: E402
from fleet.parleyd import DATACENTER, toml  # noqa: E402
from harness.api import PASSWORD, Http, User, new_id  # noqa: E402
from harness.server import DEFAULT_ENV, clean_env, program  # noqa: E402

if "PARLEY_CASSANDRA" not in os.environ:
    pytest.skip("no engines: run this through tools/engines env", allow_module_level=True)

NODES = os.environ["PARLEY_CASSANDRA"].split(",")
CREDENTIALS = [os.environ.get(f"PARLEY_CASSANDRA_{name}") for name in ("USER", "PASSWORD", "CA")]
# A log over one partition of 1,000 entries.
MESSAGES = 1040
DEADLINE_S = 300
# What changes whenever somebody does something.
RESTLESS = {"last_used_at", "last_active_at", "online"}


def steady(value):
    """`value` without what is not meant to stay."""
    if isinstance(value, dict):
        return {key: steady(item) for key, item in value.items() if key not in RESTLESS}
    return [steady(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def keyspace():
    name = f"move_{uuid.uuid4().hex[:12]}"
    yield name
    host, port = NODES[0].rsplit(":", 1)
    with cql.Connection(host, int(port), *CREDENTIALS) as connection:
        connection.run(f"DROP KEYSPACE IF EXISTS {name}", cql.ALL)


@pytest.fixture(scope="module")
def fleet_config(keyspace, tmp_path_factory):
    """The configuration file of a fleet that has not begun yet."""
    env = os.environ
    user, password, authority = CREDENTIALS
    path = tmp_path_factory.mktemp("fleet") / "parley.toml"
    path.write_text(toml({
        "storage": {"engine": "cassandra"},
        "storage.cassandra": {"hosts": NODES, "keyspace": keyspace, "datacenter": DATACENTER,
                              "username": user, "password": password, "ca_file": authority,
                              "timeout_ms": 20_000},
        "bus": {"engine": "nats"},
        "bus.nats": {"urls": env["PARLEY_NATS"].split(","), "username": env.get("PARLEY_NATS_USER"),
                     "password": env.get("PARLEY_NATS_PASSWORD"), "ca_file": env.get("PARLEY_NATS_CA"),
                     "prefix": keyspace},
        "cache.redis": {"urls": [env["PARLEY_REDIS"]], "prefix": keyspace},
    }), "utf-8")
    return path


def command(data_dir, config):
    return [program("parleyd"), "migrate", "--from", str(data_dir), "--to", str(config)]


def migrate(data_dir, config):
    return subprocess.run(command(data_dir, config), env=clean_env(), capture_output=True, text=True,
                          timeout=DEADLINE_S, check=False)


def migrate_until(data_dir, config, line, how):
    """Ends a move by the signal `how` once it says `line`; answers its exit code and what it said."""
    with subprocess.Popen(command(data_dir, config), env=clean_env(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        try:
            said = []
            for text in process.stdout:
                said.append(text)
                if text.startswith(line):
                    process.send_signal(how)
                    break
            rest, errors = process.communicate(timeout=DEADLINE_S)
        except BaseException:
            process.kill()
            raise
        return process.returncode, "".join(said) + rest, errors


def refusal_to_serve(config, folder):
    """What `parleyd serve` says where it does not start."""
    done = subprocess.run(
        [program("parleyd"), "serve", "--config", str(config), "--data-dir", str(folder), "--listen", "127.0.0.1:0",
         "--ops-listen", "127.0.0.1:0"],
        env=clean_env(DEFAULT_ENV), capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 1, done.stdout
    return done.stderr


class Town:
    """People who have used a server for a while."""

    def __init__(self, server):
        self.ann = User.register_admin(server, "ann")
        self.bo, self.cy, self.dan = (User.register(server, name) for name in ("bo", "cy", "dan"))
        self.phone = self.bo.login(device_name="phone")
        self.bo.patch("/v1/users/me", {"display_name": "Bo Ångström"}).expect(200)
        self.group = self.ann.group(self.bo, self.cy, title="The Group")
        self.short = self.bo.group(self.cy, title="Small")
        self.direct = self.ann.direct(self.bo)
        self.resent = new_id()
        self.original = self.bo.send(self.group, "once", self.resent)
        for number in range(MESSAGES):
            (self.ann if number % 3 else self.bo).send(self.group, f"message {number} ✓")
        self.bo.send(self.group, f"look @{self.cy.username}")
        self.ann.add(self.group, self.dan)
        self.dan.leave(self.group)
        self.bo.send(self.short, "hello")
        self.bo.send(self.direct, "between us")
        self.cy.read(self.group, 500)
        self.ann.read(self.direct, 2)
        self.invitation = self.ann.post("/v1/invitations", {"max_uses": 3}).expect(201)
        self.reset = self.ann.post(f"/v1/admin/people/{self.cy.id}/password-reset").expect(201)
        self.gone = User.register(server, "gone")
        self.ann.patch(f"/v1/admin/people/{self.gone.id}", {"disabled": True}).expect(200)
        self.first_page = self.bo.get("/v1/conversations", limit=1).expect(200)

    @property
    def people(self):
        return [self.ann, self.bo, self.cy, self.dan, self.phone]

    def go_to(self, server):
        for person in self.people + [self.gone]:
            person.server = server
            person.http.close()
            person.http.address = server.http

    def seen(self):
        """All that people see."""
        seen = {}
        for person in self.people:
            of_person = seen[f"{person.username} {person.session_id}"] = {
                "me": person.get("/v1/users/me").expect(200),
                "sessions": person.get("/v1/sessions").expect(200),
                "conversations": person.conversations(),
                "users": person.get("/v1/users", query=self.bo.username[:4]).expect(200),
            }
            for conversation in of_person["conversations"]:
                of_person[conversation["id"]] = [person.all_changes(conversation), person.members(conversation),
                                                 person.page(conversation, limit=100)]
        seen["people"] = self.ann.get("/v1/admin/people").expect(200)
        seen["audit"] = self.ann.get("/v1/admin/audit").expect(200)
        seen["settings"] = self.ann.get("/v1/admin/settings").expect(200)
        seen["invitations"] = self.ann.get("/v1/invitations").expect(200)
        return steady(seen)


async def cursor_of(person):
    """Where one of their clients is."""
    async with person.connect(resume=True) as socket:
        return (await socket.resume())[-1]["cursor"]


@pytest.fixture(scope="module")
def town(make_server, fleet_config, tmp_path_factory):
    """People who were moved, among interruptions, and are on the fleet now."""
    old = make_server().start()
    town = Town(old)
    town.cursor = asyncio.run(cursor_of(town.bo))
    town.heads = {conversation["id"]: conversation["last_seq"] for conversation in town.bo.conversations()}
    town.before = town.seen()
    refused = migrate(old.data_dir, fleet_config)
    assert refused.returncode == 1 and "in use by another process: stop the server" in refused.stderr, refused
    old.stop()
    files = {path: path.read_bytes() for path in old.data_dir.rglob("*") if path.is_file()}

    code, _, _ = migrate_until(old.data_dir, fleet_config, "copying users:", signal.SIGKILL)
    assert code == -signal.SIGKILL
    said = refusal_to_serve(fleet_config, tmp_path_factory.mktemp("refused"))
    assert "half moved: run `parleyd migrate` again" in said

    code, _, errors = migrate_until(old.data_dir, fleet_config, "copying members:", signal.SIGINT)
    assert code == 1 and "interrupted: run the same command again, and it goes on" in errors

    moved = migrate(old.data_dir, fleet_config)
    assert moved.returncode == 0, moved.stderr
    assert "copying users:" not in moved.stdout, "what was moved is not moved again"
    assert f"start the servers with --config {fleet_config}" in moved.stdout
    counts = {line.split()[0]: int(line.split()[1]) for line in moved.stdout.splitlines()
              if len(line.split()) == 3 and line.split()[1].isdigit()}
    assert counts["users"] == 5 and counts["log"] > MESSAGES and counts["heads"] == 4, moved.stdout
    again = migrate(old.data_dir, fleet_config)
    assert again.returncode == 1 and "all is moved already" in again.stderr

    assert {path: path.read_bytes() for path in old.data_dir.rglob("*") if path.is_file()} == files
    new = make_server(args=["--config", str(fleet_config)]).start()
    town.go_to(new)
    town.server = new
    yield town
    new.stop()  # before the keyspace goes


def test_people_see_what_they_saw_with_the_tokens_they_had(town):
    seen = town.seen()
    for person, what in town.before.items():
        assert seen[person] == what, person


def test_a_list_goes_on_where_its_cursor_was(town):
    rest = town.bo.get("/v1/conversations", limit=10, cursor=town.first_page["next_cursor"]).expect(200)
    ids = [conversation["id"] for conversation in town.first_page["items"] + rest["items"]]
    assert sorted(ids) == sorted(conversation["id"] for conversation in town.bo.conversations())


def test_a_message_that_is_sent_again_is_the_one_that_was(town):
    again = town.bo.try_send(town.group, "once", town.resent).expect(200)
    assert steady(again) == steady(town.original)
    town.bo.try_send(town.group, "something else", town.resent).problem(409, "conflict")


def test_the_direct_conversation_of_two_stays_the_same_one(town):
    assert town.ann.direct(town.bo)["id"] == town.direct["id"]


async def test_a_client_resumes_where_it_was(town):
    town.ann.send(town.group, "in the fleet")
    async with town.bo.connect(resume=True) as socket:
        frames = await socket.resume(town.cursor, town.heads)
    parts = [part for sync in frames for part in sync["conversations"] if part["changes"] or part["reset"]]
    (part,) = parts
    assert part["conversation"]["id"] == town.group["id"] and part["reset"] is False
    assert [change["message"]["text"] for change in part["changes"]] == ["in the fleet"]


def test_passwords_and_rights_are_what_they_were(town):
    assert town.bo.login().id == town.bo.id
    town.bo.get("/v1/admin/people").problem(403, "forbidden")
    Http(town.server.http).request(
        "POST", "/v1/sessions", {"username": town.gone.username, "password": PASSWORD}).problem(403, "forbidden")
    taken = Http(town.server.http).request("POST", "/v1/accounts", {"username": town.bo.username, "password": PASSWORD})
    taken.problem(409, "conflict")


def test_links_that_were_sent_out_work(town):
    http = Http(town.server.http)
    http.get(f"/v1/invites/{town.invitation['token']}").expect(200)
    new_password = {"token": town.reset["token"], "password": "quite another one"}
    http.request("POST", "/v1/password-resets", new_password).expect(204)
    town.cy.get("/v1/users/me").problem(401, "unauthenticated")
