"""Tests of tools/check_sizes."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parent / "check_sizes"


def check(files):
    """Runs the tool on a tree of {path: number of lines}; returns (exit code, output)."""
    with tempfile.TemporaryDirectory() as root:
        for name, lines in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x\n" * lines, encoding="utf-8")
        done = subprocess.run([sys.executable, TOOL, "--root", root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


class CheckSizes(unittest.TestCase):
    def test_a_small_file_passes_in_silence(self):
        self.assertEqual(check({"src/base/status.h": 400}), (0, ""))

    def test_a_large_file_is_a_warning(self):
        code, output = check({"src/base/status.h": 401})
        self.assertEqual(code, 0)
        self.assertIn("src/base/status.h: warning: 401 lines", output)

    def test_a_huge_file_is_an_error(self):
        for name in "src/base/status.cc", "tests/support/client.py", "tools/script":
            code, output = check({name: 801, "src/base/fine.cc": 10})
            self.assertEqual(code, 1)
            self.assertIn(f"{name}: error: 801 lines", output)

    def test_what_is_not_ours_does_not_count(self):
        self.assertEqual(check({"web/src/node_modules/x.ts": 900, "docs/long.md": 900, "LICENSE": 900}), (0, ""))


if __name__ == "__main__":
    unittest.main()
