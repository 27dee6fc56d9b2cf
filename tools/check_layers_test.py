"""Tests of tools/check_layers: each rule is broken once in a small tree, and kept once."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parent / "check_layers"


def check(files):
    """Runs the tool on a tree of {path: includes}; returns (exit code, its lines)."""
    with tempfile.TemporaryDirectory() as root:
        for name, includes in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"#include {i}\n" for i in includes), encoding="utf-8")
        done = subprocess.run([sys.executable, TOOL, "--root", root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()


class CheckLayers(unittest.TestCase):
    def accepts(self, files):
        self.assertEqual(check(files), (0, []))

    def rejects(self, files, *words):
        code, lines = check(files)
        self.assertEqual(code, 1)
        self.assertEqual(len(lines), 1, lines)
        for word in words:
            self.assertIn(word, lines[0])

    def test_a_folder_includes_itself_and_what_stands_above(self):
        self.accepts({"src/chat/actor.cc": ['"chat/actor.h"', '"storage/store.h"', '"base/status.h"', "<vector>"]})

    def test_a_folder_does_not_include_what_stands_below(self):
        self.rejects({"src/model/user.cc": ['"chat/actor.h"']}, "src/model/user.cc", "chat/actor.h", "model stands above chat")

    def test_tests_keep_the_layers_too(self):
        self.rejects({"src/model/user_test.cc": ['"http/routes.h"']}, "model stands above http")

    def test_rules_of_roles_stand_side_by_side(self):
        self.rejects({"src/chat/actor.cc": ['"media/upload.h"']}, "side by side")

    def test_an_unknown_folder_is_an_error(self):
        self.rejects({"src/helpers/x.cc": []}, "helpers", "not in the list")

    def test_an_implementation_includes_its_interface_and_itself(self):
        self.accepts({"src/storage/rocks/store.cc": ['"storage/rocks/store.h"', '"storage/store.h"', "<rocksdb/db.h>"]})

    def test_implementations_do_not_include_each_other(self):
        self.rejects({"src/storage/cached/store.cc": ['"storage/rocks/store.h"']}, "storage/rocks")

    def test_an_interface_does_not_include_its_implementation(self):
        self.rejects({"src/storage/open.cc": ['"storage/rocks/store.h"']}, "storage/rocks")

    def test_rules_know_interfaces_only(self):
        for module, header in ("chat", "storage/memory/store.h"), ("gateway", "bus/local/bus.h"), ("http", "storage/rocks/x.h"):
            self.rejects({f"src/{module}/x.cc": [f'"{header}"']}, "only app and tests")

    def test_bin_goes_through_app(self):
        self.rejects({"src/bin/parleyd.cc": ['"storage/rocks/store.h"']}, "only app and tests")

    def test_app_meets_both(self):
        self.accepts({"src/app/graph.cc": ['"storage/rocks/store.h"', '"bus/local/bus.h"', '"chat/actor.h"']})

    def test_tests_use_fakes_and_suites(self):
        includes = ['"storage/memory/store.h"', '"storage/testing/contract.h"']
        self.accepts({"src/chat/actor_test.cc": includes, "src/chat/testing/world.h": includes})

    def test_production_does_not_use_testing(self):
        self.rejects({"src/app/graph.cc": ['"storage/testing/fault_store.h"']}, "testing/ is for tests")

    def test_parts_of_a_plain_module_are_one(self):
        self.accepts({"src/http/routes/users.cc": ['"http/router.h"'], "src/http/router.cc": ['"http/routes/users.h"']})

    def test_client_uses_four_folders(self):
        self.accepts({"client/client.cc": ['"client/client.h"', '"wire/frame.h"', '"runtime/task.h"']})
        self.rejects({"client/client.cc": ['"storage/store.h"']}, "client may use only")

    def test_only_bin_uses_the_client(self):
        self.accepts({"src/bin/parley.cc": ['"client/client.h"']})
        self.rejects({"src/app/run.cc": ['"client/client.h"']}, "only bin")

    def test_rocksdb_stays_in_its_implementation(self):
        self.rejects({"src/storage/store.h": ["<rocksdb/status.h>"]}, "storage/rocks")

    def test_beast_stays_in_net(self):
        self.accepts({"src/net/http.cc": ["<boost/beast/http.hpp>"]})
        self.rejects({"src/gateway/session.cc": ["<boost/beast/websocket.hpp>"]}, "boost/beast")

    def test_beast_does_not_leak_through_headers(self):
        tree = {"src/net/stream.h": ["<boost/beast/core.hpp>"], "src/net/server.h": ['"net/stream.h"']}
        self.accepts(tree)
        self.rejects(tree | {"src/http/x.cc": ['"net/server.h"']}, "src/http/x.cc", "Beast comes in")

    def test_one_file_of_the_client_includes_beast(self):
        beast = ["<boost/beast/websocket.hpp>"]
        self.accepts({"client/connection.cc": beast})
        self.rejects({"client/connection.cc": beast, "client/other.cc": beast}, "one file", "client/other.cc")

    def test_pure_folders_do_no_io(self):
        self.rejects({"src/wire/frame.cc": ["<boost/asio/buffer.hpp>"]}, "wire is pure")
        self.accepts({"src/runtime/shard.cc": ["<boost/asio/io_context.hpp>"]})

    def test_whole_libraries_are_not_included(self):
        self.rejects({"src/net/x.cc": ["<boost/asio.hpp>"]}, "whole library")

    def test_paths_start_at_src(self):
        for include in '"status.h"', '"../base/status.h"', '"base/../model/x.h"', '"rocksdb/db.h"':
            self.assertEqual(check({"src/model/x.cc": [include]})[0], 1, include)


if __name__ == "__main__":
    unittest.main()
