"""Reads what callgrind has written (https://valgrind.org/docs/manual/cl-format.html): instructions, and calls by name."""

import re

_NAME = re.compile(r"(c?fn)=\((\d+)\)(?: (.*))?")
# What takes memory from the heap, whichever way it is asked for.
# jemalloc's operator new does not go through malloc.
_ALLOCATES = re.compile(r"^(malloc|calloc|realloc|memalign|aligned_alloc|posix_memalign|operator new(\[\])?\(.*)$")


class Profile:
    """Totals of one run between the moments when counting was switched on and off."""

    def __init__(self, path):
        self.instructions = 0
        self.calls = {}
        names = {}
        callee = None
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                found = _NAME.match(line)
                if found:
                    kind, number, name = found.groups()
                    if name:
                        names[number] = name.strip()
                    if kind == "cfn":
                        callee = number
                elif line.startswith("calls="):
                    self.calls[callee] = self.calls.get(callee, 0) + int(line[6:].split()[0])
                elif line.startswith(("summary:", "totals:")):
                    self.instructions = max(self.instructions, int(line.split()[1]))
        self.calls = {names[number]: count for number, count in self.calls.items()}

    @property
    def allocations(self):
        return sum(count for name, count in self.calls.items() if _ALLOCATES.match(name.split("'")[0]))
