"""ejabberd, without archive and with one in PostgreSQL."""
import http.client
import json
import pathlib
import shutil

from compare_bench import process
from compare_bench.peers.base import HOST, Peer, filled
from compare_bench.peers.postgres import Postgres

ERL = "/usr/bin/erl"
SCHEMA = pathlib.Path("/usr/share/ejabberd/sql/pg.sql")
LOG = "ejabberd.log"
PASSWORD = "parley-bench"


class Ejabberd(Peer):
    name, title, scheme = "ejabberd", "ejabberd", "xmpp"
    user = "ejabberd"
    config_names = ("ejabberd.yml",)
    archive, mam = "", ""

    # What ejabberdctl sets, with the defaults that its configuration file names; but for the node's name: without one there
    # is no port for other Erlang nodes, and no epmd.
    @property
    def env(self):
        return {"ERL_LIBS": "/usr/lib/x86_64-linux-gnu", "ERL_MAX_PORTS": "65536", "ERL_MAX_ETS_TABLES": "2053",
                "EJABBERD_CONFIG_PATH": str(self.folder / "ejabberd.yml"), "EJABBERD_LOG_PATH": str(self.folder / LOG),
                "HOME": str(self.folder)}

    def command(self):
        return [ERL, "-noshell", "-noinput", "+K", "true", "+P", "262144", "-env", "ERL_CRASH_DUMP_BYTES", "0",
                "-mnesia", "dir", f'"{self.folder}/mnesia"', "-s", "ejabberd"]

    def prepare(self):
        self.write("ejabberd.yml", filled("ejabberd.yml", port=self.port, api_port=self.ops_port, archive=self.archive,
                                          mam=self.mam))
        self.start()
        try:
            self.make_accounts()
        finally:
            self.stop()

    def make_accounts(self):
        """bench-0, bench-1, ..., as parley-bench will name them."""
        link = http.client.HTTPConnection(HOST, self.ops_port, timeout=60)
        for number in range(self.people):
            link.request("POST", "/api/register",
                         json.dumps({"user": f"bench-{number}", "host": "localhost", "password": PASSWORD}))
            answer = link.getresponse()
            told = answer.read().decode()
            if answer.status != 200:
                raise process.CompareError(f"ejabberd made no account bench-{number}: {answer.status} {told}")
        link.close()

    def version(self):
        told = process.run(["dpkg-query", "-W", "-f", "${Version}", "ejabberd"])
        return told.strip()


class EjabberdArchive(Ejabberd):
    name, title, stores = "ejabberd-archive", "ejabberd, archive in PostgreSQL", "durable"
    config_names = ("ejabberd.yml", "ejabberd-archive.yml", "ejabberd-mam.yml", "postgresql.conf")

    def __init__(self, folder, ports, people):
        super().__init__(folder, ports, people)
        self.database = Postgres(self.folder, ports.take("postgres", [HOST]))

    def prepare(self):
        self.archive = filled("ejabberd-archive.yml", sql_port=self.database.port)
        self.mam = filled("ejabberd-mam.yml")
        schema = self.database.folder / SCHEMA.name
        shutil.copyfile(SCHEMA, schema)
        self.database.make("ejabberd", schema)
        super().prepare()

    @property
    def pids(self):
        return [*super().pids, self.database.process.pid]

    def version(self):
        return f"{super().version()}, PostgreSQL {self.database.version()}"

    def close(self):
        self.database.stop()
