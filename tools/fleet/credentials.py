"""Passwords and certificates of one fleet, made when they are first needed and kept in its folder."""
import json
import secrets
import subprocess

from fleet.folder import FleetError

HOSTS = ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
DAYS = "3650"
EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def password(folder, name):
    """The password of that name, the same each time."""
    path = folder / "secrets.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(18)
        folder.write("secrets.json", json.dumps(known, indent=2) + "\n")
    return known[name]


def certificates(folder):
    """An authority and one server certificate for all loopback addresses in use; returns their folder.

    ca.pem (for clients), server.pem and server.key (NATS), server-with-key.pem (Cassandra).
    """
    tls = folder / "tls"
    if (tls / "server-with-key.pem").exists():
        return tls
    folder.make("tls")
    openssl("req", "-x509", *EC_KEY, "-days", DAYS, "-subj", "/CN=Parley test authority",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", tls / "ca.key", "-out", tls / "ca.pem")
    names = ",".join(["DNS:localhost"] + [f"IP:{host}" for host in HOSTS])
    openssl("req", "-x509", *EC_KEY, "-days", DAYS, "-subj", "/CN=Parley test server",
            "-CA", tls / "ca.pem", "-CAkey", tls / "ca.key", "-addext", f"subjectAltName={names}",
            "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth",
            "-keyout", tls / "server.key", "-out", tls / "server.pem")
    (tls / "ca.key").unlink()  # it has signed all that it ever will
    both = (tls / "server.key").read_text(encoding="ascii") + (tls / "server.pem").read_text(encoding="ascii")
    folder.write("tls/server-with-key.pem", both)
    return tls


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise FleetError(f"openssl {arguments[0]} failed: {done.stderr.strip()[-500:]}")
