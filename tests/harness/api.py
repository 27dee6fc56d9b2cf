"""A small HTTP client for the interface, and the people who use it."""

import http.client
import itertools
import json as json_module
import threading
import urllib.parse
import uuid

from harness import contract, ws

TIMEOUT_S = 60
PASSWORD = "correct horse battery"
_ABSENT = object()
_numbers = itertools.count(1)


def unique_name(stem="user"):
    """A username that no other test uses."""
    return f"{stem[:14]}_{next(_numbers)}_{uuid.uuid4().hex[:8]}"


def new_id():
    return str(uuid.uuid4())


class Response:
    """Status, headers (case-insensitive) and body of one answer."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json_module.loads(self.body)

    def expect(self, *statuses):
        """The body as JSON (None when empty), if the status is one of these."""
        assert self.status in statuses, f"expected {statuses}, got {self}"
        return self.json if self.body else None

    def expect_text(self):
        """The body as text, if the status is 200."""
        assert self.status == 200, f"expected a page, got {self}"
        return self.body.decode("utf-8")

    def problem(self, status, code):
        """Asserts a documented error in the form of RFC 9457; `status` may be a tuple of them."""
        statuses = status if isinstance(status, tuple) else (status,)
        assert self.status in statuses, f"expected {statuses} {code}, got {self}"
        kind = self.headers.get("Content-Type", "").split(";")[0].strip()
        assert kind == "application/problem+json", f"{self} is {kind}"
        body = self.json
        assert body["code"] == code, str(self)
        assert body["status"] == self.status, str(self)
        for field in ("type", "title", "detail"):
            assert isinstance(body[field], str) and body[field], f"{field} of {self}"
        for error in body.get("errors", []):
            assert isinstance(error["field"], str) and isinstance(error["detail"], str), str(self)
        return body

    def __str__(self):
        return f"{self.status} {self.body[:600]!r}"


class Http:
    """Keep-alive connections to one server, one per thread.

    With `retry`, a kept connection that the server has closed meanwhile is opened anew and the
    request sent again; crash tests turn that off to see every failure. Every answer is held to the
    document (`contract`), which is of the public port: the operations port is `documented=False`.
    """

    def __init__(self, address, retry=True, documented=True):
        self.address = address
        self.retry = retry
        self.documented = documented
        self._local = threading.local()

    def request(self, method, path, json=_ABSENT, body=None, headers=None, query=None):
        headers = dict(headers or {})
        if json is not _ABSENT:
            body = json_module.dumps(json).encode("utf-8")
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        if query:
            path += "?" + urllib.parse.urlencode(query)
        return self._exchange(method, path, body, headers)

    def _exchange(self, method, path, body, headers):
        kept = getattr(self._local, "connection", None)
        connection = kept or http.client.HTTPConnection(self.address, timeout=TIMEOUT_S)
        self._local.connection = connection
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            response = Response(answer.status, answer.headers, answer.read())
        except (ConnectionError, http.client.HTTPException):
            self.close()
            if kept and self.retry:
                return self._exchange(method, path, body, headers)
            raise
        except BaseException:
            self.close()
            raise
        if answer.will_close:
            self.close()
        if self.documented:
            contract.http().check(method, path, response.status, answer.headers.items(),
                                  response.body, sent=body)
        return response

    def close(self):
        connection = getattr(self._local, "connection", None)
        if connection:
            connection.close()
        self._local.connection = None

    def get(self, path, **query):
        return self.request("GET", path, query=query)


class User:
    """A person with a session; requests carry its bearer token."""

    def __init__(self, server, body, password=PASSWORD, retry=True):
        self.server = server
        self.http = Http(server.http, retry)
        self.id = body["user"]["id"]
        self.username = body["user"]["username"]
        self.session_id = body["session"]["id"]
        self.token = body.get("token")
        self.password = password

    @classmethod
    def register(cls, server, stem="user", retry=True, **fields):
        fields = {"username": unique_name(stem), "password": PASSWORD, **fields}
        body = Http(server.http).request("POST", "/v1/accounts", fields).expect(201)
        return cls(server, body, fields["password"], retry)

    @classmethod
    def register_admin(cls, server, stem="admin"):
        """The administrator that the link of the first start makes; once per server."""
        token = server.wait_for_line("administrator link: ").split("#admin=")[1]
        user = cls.register(server, stem)
        user.post("/v1/admin/claim", {"token": token}).expect(200)
        return user

    def login(self, **fields):
        """The same person on another device."""
        fields = {"username": self.username, "password": self.password, **fields}
        body = Http(self.server.http).request("POST", "/v1/sessions", fields).expect(201)
        return User(self.server, body, self.password)

    # Requests.

    def request(self, method, path, json=_ABSENT, **options):
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.http.request(method, path, json, headers=headers, **options)

    def get(self, path, **query):
        return self.request("GET", path, query=query)

    def post(self, path, json=_ABSENT):
        return self.request("POST", path, json)

    def put(self, path, json=_ABSENT):
        return self.request("PUT", path, json)

    def patch(self, path, json=_ABSENT):
        return self.request("PATCH", path, json)

    def delete(self, path):
        return self.request("DELETE", path)

    # Conversations. Where one is asked for, its object or its id will do.

    def direct(self, other):
        body = {"kind": "direct", "member_ids": [other.id]}
        return self.post("/v1/conversations", body).expect(200, 201)

    def group(self, *others, **fields):
        body = {"kind": "group", "member_ids": [other.id for other in others], **fields}
        return self.post("/v1/conversations", body).expect(201)

    def conversation(self, conversation):
        return self.get(path_of(conversation)).expect(200)

    def conversations(self, **query):
        """All pages of the list."""
        return self.all_pages("/v1/conversations", **query)

    def members(self, conversation):
        return self.all_pages(path_of(conversation, "members"))

    def role_of(self, other, conversation):
        return {m["user"]["id"]: m["role"] for m in self.members(conversation)}.get(other.id)

    def add(self, conversation, *others):
        body = {"user_ids": [other.id for other in others]}
        return self.post(path_of(conversation, "members"), body).expect(200)

    def remove(self, conversation, other):
        self.delete(path_of(conversation, "members", other.id)).expect(204)

    def leave(self, conversation):
        self.remove(conversation, self)

    def set_role(self, conversation, other, role):
        path = path_of(conversation, "members", other.id)
        return self.patch(path, {"role": role}).expect(200)

    def read(self, conversation, seq):
        self.put(path_of(conversation, "read"), {"seq": seq}).expect(204)

    def all_pages(self, path, **query):
        items, cursors = [], set()
        while True:
            page = self.get(path, **query).expect(200)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            assert page["next_cursor"] not in cursors, "the list goes round in circles"
            query["cursor"] = page["next_cursor"]
            cursors.add(page["next_cursor"])

    # Messages.

    def send(self, conversation, text, client_id=None, **fields):
        return self.try_send(conversation, text, client_id, **fields).expect(201)

    def try_send(self, conversation, text, client_id=None, **fields):
        body = {"client_id": client_id or new_id(), "text": text, **fields}
        return self.post(path_of(conversation, "messages"), body)

    def page(self, conversation, **query):
        return self.get(path_of(conversation, "messages"), **query).expect(200)

    def texts(self, conversation, **query):
        return [message["text"] for message in self.page(conversation, **query)["items"]]

    def changes(self, conversation, after, **query):
        return self.get(path_of(conversation, "changes"), after=after, **query).expect(200)

    def all_changes(self, conversation, after=None):
        """Every change behind `after` (by default all that one may see), page by page."""
        if after is None:
            after = self.conversation(conversation)["first_seq"] - 1
        items = []
        while True:
            page = self.changes(conversation, after, limit=100)
            assert not page["reset"], page
            items += page["items"]
            after = items[-1]["seq"] if page["items"] else after
            if after >= page["last_seq"]:
                return items
            assert page["items"], f"nothing after {after} of {page['last_seq']}"

    # Live.

    def connect(self, resume=False, **options):
        """`async with user.connect() as socket`: authenticated by header, `ready` has arrived."""
        return ws.Connecting(self.server.http, token=self.token, resume=resume, **options)


def id_of(conversation):
    return conversation if isinstance(conversation, str) else conversation["id"]


def path_of(conversation, *rest):
    return "/".join(["/v1/conversations", id_of(conversation), *rest])
