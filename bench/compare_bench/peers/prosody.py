"""Prosody, without archive, and with one in files or in SQLite."""
import re

from compare_bench import process
from compare_bench.peers.base import Peer, filled

PASSWORD = "parley-bench"


class Prosody(Peer):
    name, title, scheme = "prosody", "Prosody", "xmpp"
    user = "prosody"
    config_names = ("prosody.cfg.lua",)
    mam, storage, muc_modules = "", "", ""

    def prepare(self):
        self.write("prosody.cfg.lua", filled("prosody.cfg.lua", port=self.port, folder=self.folder,
                                             data=self.folder / "data", mam=self.mam, storage=self.storage,
                                             muc_modules=self.muc_modules))
        self.make_accounts()

    def make_accounts(self):
        """As Prosody itself stores them, each in a file: its own tool takes half a second for one."""
        accounts = self.folder / "data"
        for part in ("localhost", "accounts"):
            accounts = process.give(accounts, self.user) / part
        process.give(accounts, self.user)
        for number in range(self.people):
            (accounts / f"bench%2d{number}.dat").write_text(f'return {{\n\t["password"] = "{PASSWORD}";\n}};\n',
                                                            encoding="ascii")

    def command(self):
        return ["/usr/bin/prosody", "--config", self.folder / "prosody.cfg.lua", "-F"]

    def version(self):
        told = process.run(["dpkg-query", "-W", "-f", "${Version}", "prosody"])
        return re.match(r"[^-]+", told)[0]


class ProsodyArchive(Prosody):
    name, title, stores = "prosody-archive", "Prosody, archive in files", "written behind"
    mam, muc_modules = '"mam";', 'modules_enabled = { "muc_mam" }'


class ProsodySqlite(ProsodyArchive):
    name, title, stores = "prosody-sqlite", "Prosody, archive in SQLite", "durable"
    storage = 'storage = { archive = "sql"; muc_log = "sql" }'
