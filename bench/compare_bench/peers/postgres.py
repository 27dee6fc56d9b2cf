"""A PostgreSQL of one's own: a cluster in a folder, on a port of loopback."""
import os
import pathlib
import signal
import subprocess

from compare_bench import process
from compare_bench.peers.base import filled

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
USER = "postgres"
PASSWORD = "parley-bench"


def memory_mb():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


class Postgres:
    def __init__(self, folder, port):
        self.folder = process.give(folder / "postgres", USER)
        self.port = port
        self.data = self.folder / "data"
        self.process = process.Process([PROGRAMS / "postgres", "-D", self.data], self.folder, USER)

    def make(self, role, schema):
        """Makes the cluster, starts it, and makes a database of `role` that has the tables of the file `schema`."""
        process.run([PROGRAMS / "initdb", "-D", self.data, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"], USER,
                    cwd=self.folder)
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as config:
            config.write(filled("postgresql.conf", port=self.port, folder=self.folder, buffers_mb=memory_mb() // 4))
        self.process.start(self.port, self.is_ready)
        self.sql("postgres", "-c", f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'", "-c",
                 f"CREATE DATABASE {role} OWNER {role}")
        self.sql(role, "--username", role, "-q", "-f", schema)

    def is_ready(self):
        """It listens while it still starts, and refuses all then."""
        asked = subprocess.run([PROGRAMS / "pg_isready", "-q", "-h", self.folder, "-p", str(self.port)], check=False)
        return asked.returncode == 0

    def sql(self, database, *words):
        return process.run([PROGRAMS / "psql", "-X", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", self.port, database,
                            *words], USER, cwd=self.folder)

    @staticmethod
    def version():
        return process.run([PROGRAMS / "postgres", "--version"]).split()[2]

    def stop(self):
        self.process.stop(signal.SIGINT)  # without waiting for whoever is still connected
