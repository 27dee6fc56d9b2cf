"""Reads compile_commands.json for the tools that compile our sources once more."""
import json
import pathlib
import shlex
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WITH_VALUE = {"-o", "-MF", "-MT", "-MQ"}
ALONE = {"-c", "-MD", "-MMD"}


class Unit:
    """One translation unit of ours: its file, where it is compiled, and the compiler's arguments
    without the file, the output and the dependency file."""

    def __init__(self, entry):
        self.directory = entry["directory"]
        self.path = self._resolve(entry["file"])
        self.name = str(self.path.relative_to(ROOT)) if self.path.is_relative_to(ROOT) else str(self.path)
        words = iter(entry.get("arguments") or shlex.split(entry["command"]))
        self.arguments = []
        for word in words:
            if word == "-Xclang":
                # Only precompiled headers come this way. Whoever compiles once more shall see each include for itself.
                if next(words) in ("-include", "-include-pch"):
                    next(words), next(words)
            elif word in WITH_VALUE:
                next(words)
            elif word not in ALONE and not word.endswith("/ccache") and self._resolve(word) != self.path:
                self.arguments.append(word)

    @property
    def is_test(self):
        return self.name.endswith("_test.cc") or "/testing/" in self.name

    def _resolve(self, name):
        return pathlib.Path(self.directory, name).resolve()


def load(build):
    """The C++ units under src/ and client/ of the build folder, by name; each source once."""
    database = ROOT / build / "compile_commands.json"
    if not database.exists():
        sys.exit(f"{database} is missing: configure first (cmake --preset release)")
    units = {}
    for entry in json.loads(database.read_text(encoding="utf-8")):
        unit = Unit(entry)
        if unit.name.startswith(("src/", "client/")) and unit.path.suffix == ".cc":
            units.setdefault(unit.name, unit)
    return [units[name] for name in sorted(units)]
