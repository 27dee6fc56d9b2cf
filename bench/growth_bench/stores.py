"""Copies of filled stores: each run begins with the same one, and leaves it as it was."""
import contextlib
import os
import pathlib
import shutil
import tempfile

CHUNK = 1 << 20


@contextlib.contextmanager
def copy(folder):
    """For one run, beside the store. Tables are shared with it: nobody writes into one that is there."""
    with tempfile.TemporaryDirectory(prefix="run.", dir=folder.parent) as own:
        made = pathlib.Path(own) / folder.name
        shutil.copytree(folder, made, copy_function=link_or_copy)
        yield made


def link_or_copy(source, target):
    if pathlib.Path(source).suffix == ".sst":
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def files(folder):
    return (path for path in folder.rglob("*") if path.is_file())


def evict(folder):
    """Out of the kernel's memory."""
    for path in files(folder):
        with path.open("rb") as file:
            os.fsync(file.fileno())  # only what is on the disk can go
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_in(folder):
    """Into the kernel's memory."""
    for path in files(folder):
        with path.open("rb", buffering=0) as file:
            while file.read(CHUNK):
                pass
