#!/usr/bin/env python3
"""Runs Schemathesis from api/openapi.yaml against the built server.

Usage: run.py [--seconds N] [--examples N] [--seed N] [further arguments of `st run`]

No answer may be outside the document (status, content type, schema, headers), none a 5xx; what the
document refuses must be refused; unknown methods and missing tokens too. The seed is printed and can
be given again. PARLEYD names the program, as for the other tests.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from harness.api import User  # noqa: E402
from harness.server import Server  # noqa: E402

CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_headers_conformance", "response_schema_conformance", "negative_data_rejection",
          "unsupported_method", "allow_header_conformance", "ignored_auth", "use_after_free")


def make_world(server):
    """A few people, a group and a direct conversation, with messages."""
    ann, bo, cy, other = [User.register(server, name) for name in ("ann", "bo", "cy", "other")]
    # Whom the administrator disables and signs out does nothing else.
    admin, *strangers = User.register_admin(server), *[User.register(server) for _ in range(3)]
    group, direct = ann.group(bo, title="Trip"), ann.direct(bo)
    foreign = cy.group()
    for conversation in (group, direct):
        for number in range(5):
            ann.send(conversation, f"message {number}")
    return {"url": server.url, "token": ann.token,
            "admin_token": admin.token, "strangers": [each.id for each in strangers],
            "invitations": [ann.post("/v1/invitations", {}).expect(201)["id"] for _ in range(9)],
            "users": [ann.id, bo.id, cy.id], "conversations": [
                group["id"], group["id"], direct["id"], foreign["id"]],
            "other": {"username": other.username, "password": other.password}}


def main():
    parser = argparse.ArgumentParser(description="Runs Schemathesis against the built server.")
    parser.add_argument("--seconds", type=int, default=60, help="how long at most")
    parser.add_argument("--examples", type=int, default=25, help="test cases for each operation")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    arguments, further = parser.parse_known_args()
    print(f"schemathesis: --seed {arguments.seed}", flush=True)

    tool = subprocess.run([ROOT / "tools/python_env", "schemathesis"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder).start()
        try:
            command = [
                f"{tool}/bin/st", "run", str(ROOT / "api/openapi.yaml"), "--url", server.url,
                "--seed", str(arguments.seed), "--max-time", str(arguments.seconds),
                "--max-examples", str(arguments.examples), "--phases", "examples,coverage,fuzzing",
                "--checks", ",".join(CHECKS), "--continue-on-failure", "--warnings", "off",
                "--generation-database", "none", "--max-redirects", "0",
                # A handshake is not a request and an answer; test_live.py makes those.
                "--exclude-operation-id", "openWebSocket", *further]
            env = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE),
                   "PARLEY_WORLD": json.dumps(make_world(server))}
            code = subprocess.run(command, env=env, cwd=folder, check=False).returncode
            server.stop()
        except BaseException:
            print(server.log_tail(), file=sys.stderr)
            if server.running:
                server.kill()
            raise
    return code


if __name__ == "__main__":
    sys.exit(main())
