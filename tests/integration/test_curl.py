"""What a newcomer does with curl: register, log in, make a group, send, read the history."""

import json
import subprocess

from harness.api import PASSWORD, new_id, unique_name


def curl(server, *arguments, data=None, token=None, method=None):
    """Runs curl as one would type it; returns the status and the body."""
    command = ["curl", "--silent", "--show-error", "--max-time", "60",
               "--write-out", "\n%{http_code}"]
    if method:
        command += ["--request", method]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    if data is not None:
        command += ["--header", "Content-Type: application/json", "--data", json.dumps(data)]
    path, *rest = arguments
    command += rest + [server.url + path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), json.loads(body) if body.startswith("{") else body


def test_curl_register_log_in_send_and_read(server):
    ann, bo = unique_name("ann"), unique_name("bo")
    status, _ = curl(server, "/v1/accounts", data={"username": ann, "password": PASSWORD})
    assert status == 201
    status, registered = curl(server, "/v1/accounts", data={"username": bo, "password": PASSWORD})
    assert status == 201

    status, session = curl(server, "/v1/sessions", data={"username": ann, "password": PASSWORD})
    assert status == 201
    token = session["token"]

    status, found = curl(server, f"/v1/users?query={bo}", token=token)
    assert (status, found["items"][0]["id"]) == (200, registered["user"]["id"])

    status, conversation = curl(
        server, "/v1/conversations", token=token,
        data={"kind": "group", "title": "Trip", "member_ids": [found["items"][0]["id"]]})
    assert status == 201

    messages = f"/v1/conversations/{conversation['id']}/messages"
    send = {"client_id": new_id(), "text": "Hello from curl"}
    status, sent = curl(server, messages, token=token, data=send)
    assert (status, sent["seq"]) == (201, 2)
    status, again = curl(server, messages, token=token, data=send)
    assert (status, again) == (200, sent)

    status, page = curl(server, messages, token=registered["token"])
    assert (status, [m["text"] for m in page["items"]]) == (200, ["Hello from curl"])

    status, _ = curl(server, "/v1/sessions/current", token=token, method="DELETE")
    assert status == 204
    status, problem = curl(server, messages, token=token)
    assert (status, problem["code"]) == (401, "unauthenticated")


def test_curl_server_says_what_it_is(server):
    status, about = curl(server, "/v1/server")
    assert status == 200
    assert (about["api"], about["registration"]) == ("v1", "open")
    assert about["name"] and about["version"]
    assert isinstance(about["features"], list) and isinstance(about["limits"], dict)


def test_curl_form_data_is_refused_with_the_reason(server):
    status, problem = curl(server, "/v1/accounts", "--data", "username=ann&password=whatever1")
    assert (status, problem["code"]) == (415, "unsupported_media_type")


def test_curl_head_and_keep_alive(server):
    done = subprocess.run(
        ["curl", "--silent", "--head", server.url + "/v1/server"],
        capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("HTTP/1.1 200"), done.stdout
    done = subprocess.run(
        ["curl", "--silent", "--verbose", server.url + "/v1/server", server.url + "/v1/server"],
        capture_output=True, text=True, timeout=60, check=True)
    assert "Re-using existing connection" in done.stderr, done.stderr


def test_curl_large_body_with_expect_continue_is_answered(server):
    status, problem = curl(
        server, "/v1/accounts", data={"username": "x" * 100_000, "password": PASSWORD})
    assert (status, problem["code"]) == (422, "invalid")
