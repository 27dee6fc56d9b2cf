"""The reference at /docs: whole, self-contained, and true to the documents."""

import gzip
import html.parser
import pathlib

import pytest
import yaml

from harness import api, contract

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Page(html.parser.HTMLParser):
    """What of a page can be checked: its ids, its links, its elements."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.tags, self.inline = [], [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif name in ("href", "src"):
                self.links.append(value)
            elif name == "style" or name.startswith("on"):
                self.inline.append((tag, name))


@pytest.fixture(scope="module")
def page(server):
    return Page(api.Http(server.http).get("/docs").expect_text())


def test_page_has_every_operation_and_frame(page):
    for operation in contract.http().operations:
        assert operation.id in page.ids
    for side, frames in contract.frames().frames.items():
        for kind in frames:
            assert f"frame-{side}-{kind}" in page.ids
    for code in contract.frames().close_codes:
        assert f"close-{code}" in page.ids


def test_page_leads_nowhere_else_and_every_link_resolves(page, anyone):
    assert len(page.ids) == len(set(page.ids)), "two elements with the same id"
    assert len(page.links) > 100
    for link in set(page.links):
        if link.startswith("#"):
            assert link[1:] in page.ids, link
        else:
            assert link.startswith("/"), f"{link} is elsewhere"
            assert anyone.get(link).status == 200, link


def test_page_has_no_script_and_nothing_inline(page):
    assert not page.tags & {"script", "style", "iframe", "img", "object", "form"}
    assert page.inline == []


@pytest.mark.parametrize("name", ["openapi.yaml", "asyncapi.yaml"])
def test_documents_are_served_as_they_are(anyone, name):
    answer = anyone.get(f"/docs/{name}")
    assert answer.body == (ROOT / "api" / name).read_bytes()
    assert yaml.safe_load(answer.body)["info"]["title"].startswith("Parley")


@pytest.mark.parametrize("path", ["/docs", "/docs/docs.css", "/docs/openapi.yaml"])
def test_version_is_named_and_asked_for(anyone, path):
    answer = anyone.get(path)
    etag = answer.headers["ETag"]
    again = anyone.request("GET", path, headers={"If-None-Match": etag})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
    assert anyone.request("GET", path, headers={"If-None-Match": '"x"'}).status == 200


@pytest.mark.parametrize("path", ["/docs", "/docs/asyncapi.yaml"])
def test_gzip_is_the_same(anyone, path):
    packed = anyone.request("GET", path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == anyone.get(path).body


def test_head_has_the_headers_without_the_body(anyone):
    head, get = anyone.request("HEAD", "/docs"), anyone.get("/docs")
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Content-Security-Policy"):
        assert head.headers[name] == get.headers[name]


def test_slash_leads_to_the_page(anyone):
    answer = anyone.get("/docs/")
    assert (answer.status, answer.headers["Location"]) == (308, "/docs")


@pytest.mark.parametrize("path", ["/docs/x", "/docs/../docs/openapi.yaml", "/docs/openapi.yaml/"])
def test_nothing_else_is_under_docs(anyone, path):
    anyone.get(path).problem(404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_docs_are_only_read(anyone, method):
    anyone.request(method, "/docs").problem(405, "method_not_allowed")
