"""Every documented error over HTTP; and that nothing is lost by it."""

import contextlib
import json
import re
import socket as sockets

import pytest

from harness import api, contract
from harness.api import PASSWORD, User, new_id, path_of, unique_name
from wrong_sends import WRONG_SENDS

JSON = "application/json"


@pytest.fixture
def talk(people):
    """Ann, Bo and their group with one message, seq 2, that must still be there at the end."""
    ann, bo = people("ann", "bo")
    group = ann.group(bo)
    ann.send(group, "first")
    yield ann, bo, group
    assert bo.texts(group)[0] == "first"
    assert ann.send(group, "last")["seq"] == bo.conversation(group)["last_seq"]


def post_raw(user, path, body, content_type=JSON):
    return user.request("POST", path, body=body, headers={"Content-Type": content_type})


def untouched(user, group):
    """Nothing was added by what was refused."""
    return user.conversation(group)["last_seq"] == 2


# HTTP: bodies that are no JSON.

MALFORMED = {
    "empty": b"",
    "no JSON": b"hello",
    "cut off": b'{"client_id":"x","text":"hel',
    "trailing comma": b'{"text":"x",}',
    "trailing bytes": b'{"text":"x"} {"text":"y"}',
    "single quotes": b"{'text':'x'}",
    "comment": b'{"text":"x" /* y */}',
    "NaN": b'{"seq":NaN}',
    "leading zero": b'{"seq":01}',
    "raw control character": b'{"text":"a\nb"}',
    "bad escape": b'{"text":"\\x41"}',
    "invalid UTF-8": b'{"text":"\xff\xfe"}',
    "overlong UTF-8": b'{"text":"\xc0\xaf"}',
    "surrogate in UTF-8": b'{"text":"\xed\xa0\x80"}',
    "UTF-16": '{"text":"x"}'.encode("utf-16"),
    "deep nesting": b'{"text":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep nesting of objects": b'{"text":' * 5_000 + b"1" + b"}" * 5_000,
    "nesting of 5,000": b'{"text":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_http_malformed_json_is_400(talk, name):
    ann, _, group = talk
    post_raw(ann, path_of(group, "messages"), MALFORMED[name]).problem(400, "invalid")
    assert untouched(ann, group)


@pytest.mark.parametrize("body", [
    '{{"client_id":"{id}","client_id":"{id}","text":"x"}}',
    '{{"client_id":"{id}","text":"x","text":"y"}}',
    '{{"client_id":"{id}","text":"x","t\\u0065xt":"y"}}'])
def test_http_duplicate_names_are_400(talk, body):
    ann, _, group = talk
    body = body.format(id=new_id()).encode()
    post_raw(ann, path_of(group, "messages"), body).problem(400, "invalid")
    assert untouched(ann, group)


@pytest.mark.parametrize("escaped", ["\\ud800", "\\udc00", "\\ud800x", "\\udc00\\ud800", "\\ud83d"])
def test_http_lone_surrogates_are_400(talk, escaped):
    ann, _, group = talk
    body = f'{{"client_id":"{new_id()}","text":"{escaped}"}}'.encode()
    post_raw(ann, path_of(group, "messages"), body).problem(400, "invalid")
    assert untouched(ann, group)


def test_http_escaped_surrogate_pair_is_fine(talk):
    ann, bo, group = talk
    body = f'{{"client_id":"{new_id()}","text":"\\ud83d\\udc4d"}}'.encode()
    post_raw(ann, path_of(group, "messages"), body).expect(201)
    assert bo.texts(group)[-1] == "👍"


@pytest.mark.parametrize("body", [b"[]", b"5", b'"text"', b"null", b"true"])
def test_http_json_that_is_no_object_is_invalid(talk, body):
    ann, _, group = talk
    post_raw(ann, path_of(group, "messages"), body).problem((400, 422), "invalid")
    assert untouched(ann, group)


# HTTP: well-formed but wrong.

@pytest.mark.parametrize("name", WRONG_SENDS)
def test_http_wrong_send_is_422(talk, name):
    ann, _, group = talk
    body = {"client_id": new_id(), "text": "x", **WRONG_SENDS[name]}
    ann.post(path_of(group, "messages"), body).problem(422, "invalid")
    assert untouched(ann, group)


@pytest.mark.parametrize("body", [{"text": "x"}, {"client_id": new_id()}, {}])
def test_http_send_without_a_required_field_is_422(talk, body):
    ann, _, group = talk
    ann.post(path_of(group, "messages"), body).problem(422, "invalid")
    assert untouched(ann, group)


def test_http_unknown_field_is_named(talk):
    ann, _, group = talk
    body = {"client_id": new_id(), "text": "x", "colour": "red"}
    problem = ann.post(path_of(group, "messages"), body).problem(422, "invalid")
    assert "colour" in [error["field"] for error in problem["errors"]]


@pytest.mark.parametrize("fields", [
    {"username": 5}, {"password": ["x"]}, {"nope": 1}, {"cookie": "yes"}, {"display_name": {}},
    {"username": "a b"}, {"password": "short"}, {"email": 5}, {"display_name": "x" * 10_000}])
def test_http_wrong_registration_is_422(anyone, fields):
    body = {"username": unique_name(), "password": PASSWORD, **fields}
    anyone.request("POST", "/v1/accounts", body).problem(422, "invalid")


@pytest.mark.parametrize("body", [
    {"username": "ann"}, {"password": PASSWORD}, {"username": 1, "password": PASSWORD},
    {"username": "ann", "password": PASSWORD, "nope": 1}])
def test_http_wrong_login_is_422(anyone, body):
    anyone.request("POST", "/v1/sessions", body).problem(422, "invalid")


NO_SEQ = ["9007199254740992", "9007199254740993", "18446744073709551615", "18446744073709551616",
          "1e300", "1E+2", "2.0", "-0", "-1", "1" + "0" * 400, "1e-400"]


@pytest.mark.parametrize("number", NO_SEQ)
def test_http_number_that_is_no_seq_is_invalid(talk, number):
    ann, _, group = talk
    body = f'{{"seq":{number}}}'.encode()
    answer = ann.request("PUT", path_of(group, "read"), body=body)
    answer.problem((400, 422), "invalid")
    body = f'{{"client_id":"{new_id()}","text":"x","reply_to":{number}}}'.encode()
    post_raw(ann, path_of(group, "messages"), body).problem((400, 422), "invalid")
    for name in ("after", "before", "around"):
        ann.get(path_of(group, "messages"), **{name: number}).problem(422, "invalid")
    ann.get(path_of(group, "changes"), after=number).problem(422, "invalid")
    assert untouched(ann, group)


# HTTP: the envelope.

@pytest.mark.parametrize("content_type", [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml",
    "application/jsonp", "nonsense"])
def test_http_other_content_type_is_415(talk, content_type):
    ann, _, group = talk
    body = json.dumps({"client_id": new_id(), "text": "x"}).encode()
    answer = post_raw(ann, path_of(group, "messages"), body, content_type)
    answer.problem(415, "unsupported_media_type")
    assert untouched(ann, group)


@pytest.mark.parametrize("content_type", [
    "application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"])
def test_http_json_content_type_in_other_spelling_is_fine(talk, content_type):
    ann, _, group = talk
    body = json.dumps({"client_id": new_id(), "text": "x"}).encode()
    post_raw(ann, path_of(group, "messages"), body, content_type).expect(201)


@pytest.mark.parametrize("method, path", [
    ("GET", "/v1/accounts"), ("DELETE", "/v1/accounts"), ("PUT", "/v1/conversations"),
    ("POST", "/v1/server"), ("POST", "/v1/users/me"), ("PATCH", "/v1/sessions")])
def test_http_method_not_allowed_is_405_and_names_the_allowed(people, method, path):
    (ann,) = people("ann")
    answer = ann.request(method, path)
    answer.problem(405, "method_not_allowed")
    assert answer.headers["Allow"]
    assert method not in [name.strip() for name in answer.headers["Allow"].split(",")]


@pytest.mark.parametrize("path", [
    "/v1/nonsense", "/v1", "/v1/", "/v2/server", "/v1/conversations/", "/v1/users/me/x",
    "/v1//server", "/v1/../v1/nonsense", "/v1/%2e%2e/server", "/v1/server%00"])
def test_http_unknown_path_is_404(people, path):
    (ann,) = people("ann")
    answer = ann.get(path)
    assert answer.status == 404, answer
    if path.startswith("/v1/"):
        answer.problem(404, "not_found")


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz"])
def test_http_operations_are_not_on_the_public_port(anyone, path):
    assert anyone.get(path).status == 404


def test_http_every_answer_has_its_own_request_id(anyone):
    sent = {"X-Request-Id": "mine"}
    ids = [anyone.request("GET", "/v1/server", headers=sent).headers["X-Request-Id"]
           for _ in range(5)]
    ids.append(anyone.get("/v1/users/me").headers["X-Request-Id"])
    assert len(set(ids)) == 6 and "mine" not in ids


def raw_exchange(server, request, body=b""):
    """Sends bytes as they are and returns the answer, "" if the connection ends without one."""
    host, port = server.http.split(":")
    with sockets.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request)
        with contextlib.suppress(ConnectionError):  # the server need not read what it refuses
            connection.sendall(body)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while not is_whole(answer):
                piece = connection.recv(65536)
                if not piece:
                    break
                answer += piece
    check_raw(request, answer)
    return answer.decode("utf-8", "replace")


def check_raw(request, answer):
    """Holds an answer that was read by hand to the document, as the client of the harness does."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [tuple(line.split(": ", 1)) for line in lines]
    words = request.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    method, target = words[:2] if len(words) > 2 else ("GET", "/nonsense")
    contract.http().check(method, target, int(first.split(" ")[1]), headers, body)


def is_whole(answer):
    head, separator, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(separator and length and len(body) >= int(length[1]))


def test_http_oversized_body_is_413(talk, server):
    ann, _, group = talk
    body = json.dumps({"client_id": new_id(), "text": "x" * 300_000}).encode()
    request = (
        f"POST {path_of(group, 'messages')} HTTP/1.1\r\nHost: {server.http}\r\n"
        f"Authorization: Bearer {ann.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n").encode()
    answer = raw_exchange(server, request, body)
    assert answer.startswith("HTTP/1.1 413 ") and '"too_large"' in answer, answer[:500]
    assert untouched(ann, group)


def test_http_oversized_body_is_refused_before_it_is_sent(server):
    request = (
        f"POST /v1/accounts HTTP/1.1\r\nHost: {server.http}\r\n"
        f"Content-Type: application/json\r\nContent-Length: 99000000000\r\n\r\n").encode()
    answer = raw_exchange(server, request)
    assert answer.startswith("HTTP/1.1 413 "), answer[:500]


def test_http_endless_chunked_body_is_413(server):
    request = (
        f"POST /v1/accounts HTTP/1.1\r\nHost: {server.http}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").encode()
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    answer = raw_exchange(server, request, chunk * 20)
    assert answer.startswith("HTTP/1.1 413 "), answer[:500]


def test_http_oversized_header_is_refused(server):
    request = (
        f"GET /v1/server HTTP/1.1\r\nHost: {server.http}\r\n"
        f"X-Padding: {'x' * 200_000}\r\n\r\n").encode()
    answer = raw_exchange(server, request)
    assert answer == "" or answer.startswith(("HTTP/1.1 4", "HTTP/1.1 5")), answer[:500]
    api.Http(server.http).get("/v1/server").expect(200)


@pytest.mark.parametrize("request_bytes", [
    b"nonsense\r\n\r\n", b"\x00\x01\x02\x03\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET /v1/server HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    b"POST /v1/accounts HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\n"])
def test_http_what_is_no_http_is_refused_and_the_server_stays(server, request_bytes):
    answer = raw_exchange(server, request_bytes)
    assert answer == "" or answer.startswith("HTTP/1."), answer[:200]
    assert not answer.startswith("HTTP/1.1 2"), answer[:200]
    api.Http(server.http).get("/v1/server").expect(200)


# HTTP: what one may not.

def test_http_revoked_token_is_401_everywhere(talk):
    ann, _, group = talk
    phone = ann.login()
    phone.delete("/v1/sessions/current").expect(204)
    for answer in (phone.get("/v1/users/me"), phone.get(path_of(group)),
                   phone.try_send(group, "x")):
        answer.problem(401, "unauthenticated")
    assert untouched(ann, group)


def test_http_stranger_is_404(talk, people):
    ann, _, group = talk
    (cy,) = people("cy")
    for answer in (cy.get(path_of(group)), cy.try_send(group, "x"),
                   cy.get(path_of(group, "messages")), cy.put(path_of(group, "read"), {"seq": 1}),
                   cy.delete(path_of(group, "members", ann.id)),
                   cy.patch(path_of(group, "members", ann.id), {"role": "member"})):
        answer.problem(404, "not_found")
    assert untouched(ann, group)


def test_http_removed_member_is_404_also_with_an_old_client_id(talk):
    ann, bo, group = talk
    cy = User.register(ann.server, "cy")
    ann.add(group, cy)
    client_id = new_id()
    cy.send(group, "while in", client_id)
    ann.remove(group, cy)
    cy.try_send(group, "while in", client_id).problem(404, "not_found")
    cy.try_send(group, "while out").problem(404, "not_found")
    assert "while out" not in bo.texts(group)


@pytest.mark.parametrize("cursor", ["forged", "AAAA", "0", "-1", "x" * 3_000, "%00", "é"])
@pytest.mark.parametrize("path", ["/v1/conversations", "/v1/sessions", "members"])
def test_http_forged_cursor_is_invalid(talk, path, cursor):
    ann, _, group = talk
    path = path_of(group, "members") if path == "members" else path
    ann.get(path, cursor=cursor).problem((400, 422), "invalid")


def test_http_cursor_used_by_another_person_or_for_another_list_shows_nothing_foreign(talk):
    ann, bo, group = talk
    secret = ann.group(title="Secret")
    cursor = ann.get("/v1/conversations", limit=1).expect(200)["next_cursor"]
    for answer in (bo.get("/v1/conversations", cursor=cursor),
                   ann.get(path_of(group, "members"), cursor=cursor)):
        if answer.status != 200:
            answer.problem((400, 422), "invalid")
        assert secret["id"].encode() not in answer.body


@pytest.mark.parametrize("limit", ["0", "101", "-5", "ten", "1e2", ""])
def test_http_limit_outside_1_to_100_is_invalid(people, limit):
    (ann,) = people("ann")
    ann.get("/v1/conversations", limit=limit).problem((400, 422), "invalid")


@pytest.mark.parametrize("path", [
    "/v1/conversations/{}", "/v1/users/{}", "/v1/conversations/{}/messages"])
@pytest.mark.parametrize("bad", ["x", "%c3%a9", "..%2f..", "a" * 3_000, "%00"])
def test_http_id_that_is_none_is_404(people, path, bad):
    (ann,) = people("ann")
    ann.get(path.format(bad)).problem(404, "not_found")


@pytest.mark.parametrize("path", ["/v1/conversations/%ff", "/v1/users?query=%ff", "/v1/users/%x"])
def test_http_url_that_is_no_utf8_or_badly_escaped_is_400(people, path):
    (ann,) = people("ann")
    ann.get(path).problem(400, "invalid")


def test_http_websocket_path_without_an_upgrade_is_refused(people):
    (ann,) = people("ann")
    answer = ann.get("/v1/ws")
    assert answer.status in (400, 404, 405, 426), answer
