"""P16: a page of 50 messages beside the same bytes from nginx as a file."""
import contextlib
import pathlib
import shutil
import subprocess
import tempfile
import urllib.request

from targets_bench import programs
from targets_bench.verdict import Row, median, ratio

MESSAGES = 50
CONFIGURATION = """daemon off;
# One process: its CPU is that of the server.
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  default_type application/json;
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  fastcgi_temp_path {folder};
  uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
    root {folder}/files;
    location / {{ add_header Cache-Control "private, no-store"; }}
  }}
}}
"""


@contextlib.contextmanager
def nginx(folder, body):
    """An nginx that serves `body` as the file /page; yields (URL, pid)."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    if not found:
        raise programs.TargetError("nginx is not installed: apt-get install --no-install-recommends nginx-light")
    folder = pathlib.Path(folder)
    (folder / "files").mkdir()
    (folder / "files/page").write_bytes(body)
    for path in (folder, folder / "files"):
        path.chmod(0o755)
    port = programs.free_port()
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=port), encoding="ascii")
    child = subprocess.Popen([found, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
    try:
        programs.wait_for_port(child, port)
        yield f"http://127.0.0.1:{port}/page", child.pid
    finally:
        programs.stop(child)


def conversation(folder):
    """(id, token of a member) of the first one that parley-bench made there."""
    lines = [line.split() for line in (pathlib.Path(folder) / "people-and-conversations").read_text("ascii").splitlines()]
    people = [line for line in lines if line[0] == "person"]
    room = next(line for line in lines if line[0] == "room")
    return room[1], people[int(room[3])][2]


def get(url, token):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def p16(session):
    pages = ["--pages", session.size(100_000, 2000), "--connections", 4]
    with tempfile.TemporaryDirectory(prefix="parley-targets.") as place:
        folder = pathlib.Path(place) / "server"
        session.bench("history", "--stored", 2 * MESSAGES, "--conversations", 1, "--fill-only", "--data-dir", folder)
        with programs.parleyd(folder) as (url, server):
            room, token = conversation(folder)
            page = f"{url}/v1/conversations/{room}/messages?limit={MESSAGES}"
            body = get(page, token)
            static = pathlib.Path(place) / "static"
            static.mkdir()
            with nginx(static, body) as (file_url, pid):
                runs = session.in_turn({
                    "parleyd": lambda: session.bench("pages", "--url", page, "--token", token, "--pid", server.pid,
                                                     *pages, spawn=False),
                    "nginx": lambda: session.bench("pages", "--url", file_url, "--pid", pid, *pages, spawn=False)})
    own, floor = (median(runs[kind], "steps", "page", "cpu_us_each") for kind in ("parleyd", "nginx"))
    return [Row("P16", f"CPU of a page of {MESSAGES} messages ({len(body):,} bytes) against the same file from nginx",
                ratio(own, floor), 5, 2, unit="×"),
            Row("P16", "parleyd", own, unit="µs"), Row("P16", "nginx", floor, unit="µs")]
