"""The web app, as the built parleyd serves it: which file where, how packed, how long kept, under which policy."""

import gzip
import http.client
import os
import pathlib
import re

import brotli
import pytest

from harness import api

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIST = ROOT / "web/app/dist"
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FOREVER = "public, max-age=31536000, immutable"

# What the build was told (ctest says it). By hand, what the folder of the build looks like.
BUILT = os.environ.get("PARLEY_WEB", "ON" if DIST.exists() else "OFF") == "ON"
needs_app = pytest.mark.skipif(not BUILT, reason="built with PARLEY_WEB=OFF")

RESERVED = ["/v1", "/v1/", "/v1/nothing", "/v1/users/x/y", "/media", "/media/x", "/docs/x", "/metrics", "/healthz",
            "/readyz", "/readyz/", "/%761/nothing"]
AROUND = ["/../index.html", "/assets/../index.html", "/assets/%2e%2e/index.html", "/..%2findex.html", "/./index.html",
          "//index.html", "/%2findex.html", "/assets/..", "/x/../v1/server", "/x\\index.html", "/index.html%00",
          "/../../../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/etc/passwd.txt"]


@pytest.fixture(scope="module")
def browser(server):
    """A client whose answers are no part of the documented interface."""
    return api.Http(server.http, documented=False)


def page_paths(browser):
    """The files that the app's page names: its scripts and styles."""
    page = browser.request("GET", "/", headers=HTML).expect_text()
    return re.findall(r'(?:src|href)="(/[^"]+)"', page)


def visit(browser, path, **headers):
    return browser.request("GET", path, headers={**HTML, **headers})


@needs_app
def test_page_is_the_one_that_was_built(browser):
    answer = visit(browser, "/")
    assert answer.body == (DIST / "index.html").read_bytes()
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


@needs_app
def test_every_file_that_was_built_is_served_as_it_is(browser):
    paths = [path.relative_to(DIST).as_posix() for path in DIST.rglob("*") if path.is_file() and path.suffix != ".map"]
    assert len(paths) > 2
    for path in paths:
        answer = browser.get(f"/{path}")
        assert answer.status == 200, path
        assert answer.body == (DIST / path).read_bytes(), path
        assert answer.headers["Cache-Control"] == (FOREVER if path.startswith("assets/") else "no-cache"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@needs_app
def test_page_names_only_files_of_this_server_and_none_is_missing(browser):
    page = visit(browser, "/").expect_text()
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    scripts = [path for path in page_paths(browser) if path.endswith(".js")]
    assert scripts, "the page loads no script: is this the app?"
    for path in page_paths(browser):
        assert browser.get(path).status == 200, path
    for path in scripts:
        assert browser.get(path).headers["Content-Type"] == "text/javascript; charset=utf-8"


@needs_app
def test_page_has_nothing_inline_that_its_policy_forbids(browser):
    page = visit(browser, "/").expect_text()
    assert "<style" not in page and " style=" not in page and not re.search(r"\son\w+=", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))


@needs_app
@pytest.mark.parametrize("path", ["/sign-in", "/c/01902f6e-7e0a-7000-8000-000000000000", "/invite/pi_a-b_c", "/new/",
                                  "/settings?from=mail", "/c/%C3%A9t%C3%A9"])
def test_addresses_of_the_app_are_its_page(browser, path):
    answer = visit(browser, path)
    assert answer.status == 200
    assert answer.body == visit(browser, "/").body
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Accept" in [name.strip() for name in answer.headers["Vary"].split(",")]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html;q=0", "image/avif,image/webp,*/*;q=0.8"])
def test_only_who_asks_for_html_gets_the_page_in_place_of_nothing(anyone, accept):
    anyone.request("GET", "/c/7", headers={"Accept": accept}).problem(404, "not_found")


@pytest.mark.parametrize("path", ["/assets/index-00000000.js", "/assets/", "/assets/nothing", "/robots.php", "/.git/config",
                                  "/.env", "/c/photo.png", "/wp-login.php"])
def test_files_that_are_not_there_are_not_the_page(anyone, path):
    anyone.request("GET", path, headers=HTML).problem(404, "not_found")
    anyone.get(path).problem(404, "not_found")


@pytest.mark.parametrize("path", RESERVED)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reserved_addresses_are_never_the_app(anyone, method, path):
    answer = anyone.request(method, path, headers=HTML)
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", AROUND)
def test_no_way_leads_around_the_paths(server, path):
    connection = http.client.HTTPConnection(server.http, timeout=60)
    connection.putrequest("GET", path, skip_accept_encoding=True)
    connection.putheader("Accept", HTML["Accept"])
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status in (400, 404)
    assert b"root:" not in body and b"<!doctype" not in body.lower()


@pytest.mark.parametrize("path", ["/c/7", "/sign-in", "/index.html"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_the_app_is_only_read(anyone, method, path):
    anyone.request(method, path, headers=HTML).problem(404, "not_found")


def test_root_is_only_read(anyone):
    anyone.request("POST", "/").problem(405, "method_not_allowed")
    assert anyone.request("OPTIONS", "/").headers["Allow"] == "GET, HEAD, OPTIONS"


@needs_app
def test_packed_forms_are_the_file(browser):
    for path in ["/", *page_paths(browser)]:
        plain = browser.request("GET", path, headers={"Accept-Encoding": "identity"})
        for coding, unpack in (("gzip", gzip.decompress), ("br", brotli.decompress)):
            answer = browser.request("GET", path, headers={"Accept-Encoding": coding})
            if "Content-Encoding" in answer.headers:
                assert answer.headers["Content-Encoding"] == coding
                assert len(answer.body) < len(plain.body)
                assert unpack(answer.body) == plain.body
            assert "Accept-Encoding" in answer.headers["Vary"]


@needs_app
@pytest.mark.parametrize("accepts, coding", [
    ("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("*", "br"),
    ("gzip;q=0, br;q=0", None), ("*;q=0", None), ("identity", None), ("br;q=0.1, gzip", "gzip"), ("zstd", None)])
def test_coding_is_what_the_client_likes_best(browser, accepts, coding):
    answer = visit(browser, "/", **{"Accept-Encoding": accepts})
    assert answer.headers.get("Content-Encoding") == coding


@needs_app
def test_each_form_has_a_name_of_its_own_and_is_known_again(browser):
    etags = set()
    for coding in ("identity", "gzip", "br"):
        packed = {"Accept-Encoding": coding}
        first = visit(browser, "/", **packed)
        etags.add(first.headers["ETag"])
        again = visit(browser, "/", **packed, **{"If-None-Match": first.headers["ETag"]})
        assert (again.status, again.body) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
            assert again.headers[name] == first.headers[name]
        assert visit(browser, "/", **packed, **{"If-None-Match": '"x"'}).status == 200
    assert len(etags) == 3


@needs_app
def test_deep_addresses_are_known_by_the_same_name(browser):
    etag = visit(browser, "/").headers["ETag"]
    assert visit(browser, "/c/7", **{"If-None-Match": etag}).status == 304


@needs_app
def test_documented_as_the_rest_of_the_interface(anyone):
    etag = anyone.get("/").headers["ETag"]
    assert anyone.request("GET", "/", headers={"If-None-Match": etag}).status == 304
    assert anyone.request("GET", "/", headers={"Accept-Encoding": "br"}).status == 200


def test_head_has_the_headers_without_the_body(browser):
    paths = ["/", *(["/sign-in", *page_paths(browser)] if BUILT else [])]
    for path in paths:
        for coding in ("identity", "br"):
            headers = {**HTML, "Accept-Encoding": coding}
            head, get = (browser.request(method, path, headers=headers) for method in ("HEAD", "GET"))
            assert (head.status, head.body) == (200, b"")
            for name in ("Content-Type", "Content-Length", "Content-Encoding", "ETag", "Content-Security-Policy"):
                assert head.headers.get(name) == get.headers.get(name), (path, name)
            assert int(head.headers["Content-Length"]) == len(get.body)


def test_policy_allows_the_app_itself_and_nothing_else(browser):
    for path in ["/", *(["/sign-in", *page_paths(browser)] if BUILT else [])]:
        headers = visit(browser, path).headers
        policy = dict((part.split(maxsplit=1) + [""])[:2] for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["worker-src"] == "'self'"
        allowed = {source for value in policy.values() for source in value.split()}
        assert allowed == {"'none'", "'self'", "blob:", "data:"}
        assert "data:" not in policy["script-src"] + policy["media-src"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_many_at_once_get_the_whole_file(server):
    """Bodies are sent from where they are, to slow readers too, and kept connections go on behind them."""
    connections = [http.client.HTTPConnection(server.http, timeout=60) for _ in range(50)]
    for _ in range(3):
        for connection in connections:
            connection.request("GET", "/", headers={"Accept-Encoding": "identity"})
        bodies = {connection.getresponse().read() for connection in connections}
        assert len(bodies) == 1 and len(bodies.pop()) > 100
    for connection in connections:
        connection.close()


@pytest.mark.skipif(BUILT, reason="built with the app")
def test_without_the_app_the_page_says_so(anyone):
    page = anyone.request("GET", "/", headers=HTML).expect_text()
    assert "no web app" in page and "/docs" in page and "<script" not in page
    anyone.request("GET", "/sign-in", headers=HTML).problem(404, "not_found")
