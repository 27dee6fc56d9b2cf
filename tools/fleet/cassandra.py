"""Cassandra nodes: their configuration, their start, and when they serve."""
import contextlib
import functools
import os
import shutil

from fleet import cql, jars
from fleet.credentials import HOSTS, password
from fleet.folder import FleetError
from fleet.server import Server

USER = "parley"
FIRST_USER = ("cassandra", "cassandra")  # what a new cluster lets in
MOST_NODES = len(HOSTS)


class Nodes:
    """The Cassandra nodes of one fleet."""

    def __init__(self, folder, ports, count, tls=None, auth=False, pleasant=False):
        if not 0 <= count <= MOST_NODES:
            raise FleetError(f"{count} Cassandra nodes are not possible here: 0 to {MOST_NODES}")
        kept = len(list(folder.path.glob("data/cassandra-*")))
        if kept not in (0, count):
            raise FleetError(f"the data in {folder.path} are spread over {kept} Cassandra nodes, not {count}: start as "
                             "many, or remove the data with --fresh")
        self.folder = folder
        self.hosts = HOSTS[:count]
        self.tls = tls
        self.auth = auth
        if count:
            # Nodes know each other by address and storage port, for as long as their data live.
            self.storage_port = ports.take("cassandra-storage", self.hosts, 7000 if pleasant else None, keep=True)
            self.native_port = ports.take("cassandra", self.hosts, 9042 if pleasant else None)
            self.jmx_ports = [ports.take(f"cassandra-{n}-jmx", ["127.0.0.1"]) for n in range(1, count + 1)]

    @property
    def addresses(self):
        return [f"{host}:{self.native_port}" for host in self.hosts]

    @property
    def user(self):
        return (USER, password(self.folder, "cassandra")) if self.auth else (None, None)

    @property
    def authority(self):
        return str(self.tls / "ca.pem") if self.tls else None

    def environment(self):
        """What tests are told."""
        told = {"PARLEY_CASSANDRA": ",".join(self.addresses)} if self.hosts else {}
        if told and self.tls:
            told["PARLEY_CASSANDRA_CA"] = self.authority
        if told and self.auth:
            told["PARLEY_CASSANDRA_USER"], told["PARLEY_CASSANDRA_PASSWORD"] = self.user
        return told

    def servers(self):
        """Writes the configuration of each node and tells how it is started."""
        if not self.hosts:
            return []
        library, java = jars.fetch(), jars.java()
        return [self._server(n, host, library, java) for n, host in enumerate(self.hosts, 1)]

    def _server(self, number, host, library, java):
        name = f"cassandra-{number}"
        config = self.folder.write(f"config/{name}.yaml", self.yaml(number, host))
        data = self.folder / f"data/{name}"
        argv = [
            *unlocked_memory(), java, f"@{jars.HERE / 'jvm.options'}", f"-javaagent:{next(library.glob('jamm-*.jar'))}",
            f"-Dcassandra.config=file://{config}", f"-Dcassandra.storagedir={data}",
            f"-Dcassandra.jmx.local.port={self.jmx_ports[number - 1]}",
            f"-Dlogback.configurationFile={jars.HERE / 'logback.xml'}",
            # Keyspaces of the system are on every node, so that the loss of one signs nobody out.
            *(f"-Dcassandra.{k}.default_rf={len(self.hosts)}" for k in ("system_auth", "system_distributed")),
            "-cp", f"{library}/*", "org.apache.cassandra.service.CassandraDaemon"]
        return Server("cassandra", name, argv, {"address": f"{host}:{self.native_port}"},
                      functools.partial(self.check, host))

    def yaml(self, number, host):
        """The text of cassandra.yaml for one node."""
        values = {
            "TOKEN": str(-2**63 + (number - 1) * (2**64 // len(self.hosts))),
            "SEEDS": ",".join(self.hosts),
            "ADDRESS": host,
            "STORAGE_PORT": str(self.storage_port),
            "NATIVE_PORT": str(self.native_port),
            "AUTHENTICATOR": "PasswordAuthenticator" if self.auth else "AllowAllAuthenticator",
            "CLIENT_ENCRYPTION": self._client_encryption(),
        }
        text = (jars.HERE / "cassandra.yaml.in").read_text(encoding="utf-8")
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        return text

    def _client_encryption(self):
        if not self.tls:
            return "  enabled: false"
        return "\n".join([
            "  enabled: true", "  optional: false", "  require_client_auth: false",
            f"  keystore: {self.tls / 'server-with-key.pem'}",
            "  ssl_context_factory:",
            "    class_name: org.apache.cassandra.security.PEMBasedSslContextFactory"])

    # Whether they serve.

    def connect(self, host, user=None):
        name, secret = user or self.user
        return cql.Connection(host, self.native_port, name, secret, self.authority)

    def check(self, host):
        """Raises until the node serves as one of all: it sees each of the others up.

        An open port is not enough: for a second or so a node refuses what needs the others. A read of all replicas of
        a keyspace that is on every node is refused as long as one is not seen.
        """
        try:
            connection = self.connect(host)
        except cql.Refused as error:
            if error.code != cql.BAD_CREDENTIALS or not self.auth:
                raise
            connection = self.connect(host, FIRST_USER)  # the user is made when all nodes are there
        with connection:
            connection.run("SELECT role FROM system_auth.roles LIMIT 1", cql.ALL)

    def make_user(self):
        """After the first start: a user for Parley, and the well-known password is no more."""
        if not self.auth or not self.hosts:
            return
        with contextlib.suppress(cql.Refused):
            self.connect(self.hosts[0]).__exit__()
            return
        with self.connect(self.hosts[0], FIRST_USER) as connection:
            name, secret = self.user
            connection.run(f"CREATE ROLE IF NOT EXISTS {name} WITH PASSWORD = '{secret}' AND LOGIN = true")
            admin = password(self.folder, "cassandra-admin")
            connection.run(f"ALTER ROLE {FIRST_USER[0]} WITH PASSWORD = '{admin}'")


def unlocked_memory():
    """As root a JVM would lock all its memory, used or not: twice as much is resident then."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"] if os.geteuid() == 0 and setpriv else []
