"""What a message takes on the disk of one Cassandra node, with all that follows from it, compacted."""
import re
import subprocess
import sys

from fleet.folder import FleetError
from fleet.jars import ROOT
from fleet.parleyd import KEYSPACE
from fleet_bench import load, report

NODE = "1"  # of three with three copies: it has everything
TABLES = ("log", "sent", "conversations", "active", "memberships", "members", "mentions")  # of messages


def nodetool(folder, *words):
    """What Cassandra's own tool says."""
    done = subprocess.run([sys.executable, ROOT / "tools/engines", "nodetool", "--dir", folder.path, NODE, *words],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FleetError(f"nodetool {' '.join(words)} failed:\n{done.stderr}")
    return done.stdout


def parse(text):
    """{table: bytes of its files} of `nodetool tablestats`."""
    found, table = {}, None
    for line in text.splitlines():
        if match := re.match(r"\s*Table: (\S+)", line):
            table = match[1]
        elif match := re.match(r"\s*Space used \(live\): (\d+)", line):
            found[table] = int(match[1])
    return found


def look(folder):
    """The same once all is on the disk and compacted."""
    nodetool(folder, "flush", KEYSPACE)
    nodetool(folder, "compact", KEYSPACE)
    return parse(nodetool(folder, "tablestats", KEYSPACE))


def go(machines, arguments):
    machines.start_nodes(1)
    before = look(machines.folder)
    run = load.run(machines, "pairs", "--pairs", arguments.pairs, "--in-flight", arguments.in_flight, "--warmup", 0,
                   "--duration", arguments.seconds, "--drain", 60)
    machines.stop_nodes()  # what it writes late is written by now
    after = look(machines.folder)
    messages = run.report["total"]["acked"]
    found = judge(before, after, messages)
    rows = [*found.items(), ["all", sum(found.values())]]
    print("\n" + report.table(["table", "bytes per message on one node"], rows))
    print(f"\n{messages:,} messages of 128 bytes of random letters")
    return {"messages": messages, "bytes_per_message": found}, messages > 0


def judge(before, after, messages):
    """{table: bytes per message}. The conversations themselves are in it, a percent or so; accounts are not."""
    return {table: (after[table] - before.get(table, 0)) / messages for table in TABLES if table in after}
