"""Tests of tools/embed_web: what is served is what was built, and what cannot be served right is refused."""
import gzip
import importlib.machinery
import importlib.util
import pathlib
import re
import tempfile
import unittest

import brotli

HERE = pathlib.Path(__file__).resolve().parent
loader = importlib.machinery.SourceFileLoader("embed_web", str(HERE / "embed_web"))
embed_web = importlib.util.module_from_spec(importlib.util.spec_from_loader("embed_web", loader))
loader.exec_module(embed_web)

PAGE = b"<!doctype html>" + b"<p>hello, hello, hello</p>" * 20
FILE = re.compile(r'\{"(?P<path>[^"]+)", "(?P<type>[^"]+)", "(?P<hash>\w+)",\s+(?P<forms>.*)\},$', re.MULTILINE)
FORM = re.compile(r"\{(?:parley_web_bytes \+ (\d+), (\d+))?\}")


class EmbedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dist, self.out = pathlib.Path(folder.name, "dist"), pathlib.Path(folder.name, "out")
        self.put("index.html", PAGE)

    def put(self, name, data):
        path = self.dist / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def embed(self):
        """{path: (content type, hash, [plain, gzip, brotli])}, as the made files say it."""
        embed_web.embed(self.dist, self.out)
        data = (self.out / "web_assets.bin").read_bytes()
        files = {}
        for match in FILE.finditer((self.out / "web_assets.cc").read_text()):
            forms = [data[int(begin):int(begin) + int(size)] if size else b""
                     for begin, size in FORM.findall(match["forms"])]
            files[match["path"]] = (match["type"], match["hash"], forms)
        return files

    def refused(self, because):
        with self.assertRaisesRegex(embed_web.Unfit, because):
            self.embed()

    def test_every_form_is_the_file(self):
        self.put("assets/index-BqkZ3x0a.js", b"let a = 1;" * 50)
        for content_type, _, (plain, packed, small) in self.embed().values():
            self.assertIn("charset=utf-8", content_type)
            self.assertEqual(gzip.decompress(packed), plain)
            self.assertEqual(brotli.decompress(small), plain)
        self.assertEqual(self.embed()["/index.html"][2][0], PAGE)

    def test_a_form_that_does_not_pay_is_left_out(self):
        self.put("a.txt", b"a")
        self.assertEqual(self.embed()["/a.txt"][2], [b"a", b"", b""])

    def test_paths_are_in_the_order_that_the_server_searches_in(self):
        for name in ("b.js", "a/z.js", "a-b.js", "a.js", "B.js", "a/a.js"):
            self.put(name, b"1")
        paths = list(self.embed())
        self.assertEqual(paths, sorted(paths, key=str.encode))
        self.assertEqual(len(paths), 7)

    def test_the_same_app_makes_the_same_files_and_touches_none(self):
        self.embed()
        before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in self.out.iterdir()}
        self.embed()
        self.assertEqual(before, {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in self.out.iterdir()})

    def test_another_content_has_another_hash(self):
        before = self.embed()["/index.html"][1]
        self.put("index.html", PAGE + b"!")
        self.assertNotEqual(self.embed()["/index.html"][1], before)

    def test_source_maps_are_left_out(self):
        self.put("assets/index-BqkZ3x0a.js.map", b"{}")
        self.assertEqual(list(self.embed()), ["/index.html"])

    def test_without_a_page_there_is_no_app(self):
        (self.dist / "index.html").unlink()
        self.refused("no index.html")

    def test_files_kept_for_a_year_need_a_hash_in_their_names(self):
        self.put("assets/index.js", b"1")
        self.refused("needs a hash")

    def test_names_of_others_are_refused(self):
        self.put("docs/index.html", PAGE)
        self.refused("keeps /docs")

    def test_unknown_kinds_are_refused(self):
        self.put("a.exe", b"1")
        self.refused("no Content-Type")

    def test_names_that_need_escapes_are_refused(self):
        self.put('a"b.js', b"1")
        self.refused("only letters")

    def test_empty_files_are_refused(self):
        self.put("a.js", b"")
        self.refused("is empty")


if __name__ == "__main__":
    unittest.main()
