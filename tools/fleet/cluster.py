"""The command line of tools/cluster."""
import argparse
import json
import re
import time

from fleet import haproxy, parleyd, process, progress, server
from fleet.engines import (PATIENCE_S, Engines, add_counts, clear, down, keep_environment, keep_ports, ports_of, run,
                           status, stop_all)
from fleet.folder import FleetError, Folder
from fleet.jars import ROOT

KINDS = ("parleyd", "cassandra", "nats", "redis")  # the lists of state.json, in its order


def up(arguments):
    folder = Folder(arguments.dir)
    with folder.locked(wait=False):
        if arguments.fresh:
            clear(folder)
        plan = {kind: getattr(arguments, kind) for kind in KINDS} | {"set": arguments.set}
        if server.is_up(folder):
            refuse_other_plan(folder, plan)
            print(f"The fleet in {folder.path} runs already.\n")
        else:
            bring_up(folder, plan)
    print(table(folder))


def refuse_other_plan(folder, plan):
    kept = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    if kept != plan:
        raise FleetError(f"the fleet in {folder.path} runs already, but with other servers or settings: "
                         "stop it first (tools/cluster stop)")


def bring_up(folder, plan):
    """Starts what does not run. When that fails nothing is left running."""
    begun = time.monotonic()
    if plan["parleyd"]:
        parleyd.program()  # before anything is started for it
    left = [name for name in server.names_of(folder) if process.running(folder, name)]
    if left:
        progress.say(f"ending what is left of an earlier fleet: {', '.join(left)}")
        stop_all(folder, PATIENCE_S)
    ports = ports_of(folder)
    engines = Engines(folder, ports, plan, tls=True, auth=True, pleasant=True)
    balancer = haproxy.Balancer(folder, ports)
    nodes = parleyd.Nodes(folder, ports, plan["parleyd"], engines, balancer.url, plan["set"])
    keep_ports(folder, ports)
    keep_environment(folder, engines)
    server.forget_all(folder)
    folder.write("plan.json", json.dumps(plan) + "\n")
    folder.write_state({"balancer": balancer.url, **{kind: [] for kind in KINDS}})
    try:
        progress.say("starting Cassandra, NATS and Redis")
        server.bring_up(folder, engines.servers())
        engines.cassandra.make_user()
        if plan["parleyd"]:
            progress.say("starting parleyd and HAProxy")
            places = [(name, parleyd.HOST, *pair) for name, pair in zip(nodes.names, nodes.ports)]
            # The first one makes the tables: one process alone should.
            first, *others = nodes.servers()
            server.bring_up(folder, [balancer.server(places), first])
            server.bring_up(folder, others)
            progress.wait_ready("the balancer", lambda: haproxy.check_people(balancer.url), lambda: True,
                                folder / f"log/{haproxy.NAME}.log", time.monotonic() + PATIENCE_S)
    except BaseException:
        process.stop(folder, server.names_of(folder), 0)
        folder.state_path.unlink(missing_ok=True)
        raise
    progress.say(f"all ready after {time.monotonic() - begun:.1f} s")


# What people are told.


def table(folder):
    """The addresses of a running fleet, for a person."""
    state = folder.state()
    rows = [("Parley", state["balancer"], "open this in a browser")] if state["parleyd"] else []
    for kind in KINDS:
        for entry in state[kind]:
            place = entry.get("address") or entry["url"].split("@")[-1]  # without the password
            ops = f"ops {entry['ops']}  " if "ops" in entry else ""
            rows.append((entry["name"], place, f"{ops}pid {entry['pid']}"))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"  {name:{widths[0]}}  {place:{widths[1]}}  {more}" for name, place, more in rows]
    if link := administrator_link(folder, state):
        lines += ["", f"  To become the administrator, open {link}"]
    lines += ["", f"For programs: {folder.state_path}    Logs: {folder / 'log'}    Stop: make cluster-stop"]
    return "\n".join(lines)


def administrator_link(folder, state):
    """What a parleyd printed at its latest start, when the fleet has no administrator yet."""
    for entry in state["parleyd"]:
        text = (folder / f"log/{entry['name']}.log").read_text(encoding="utf-8", errors="replace")
        latest = text.rpartition(process.started_line(entry["name"]))[2]
        if found := re.search(r"^administrator link: (\S+)", latest, re.MULTILINE):
            return found[1]
    return None


def parse(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")

    def command(name, act, text):
        made = commands.add_parser(name, help=text)
        made.set_defaults(act=act)
        made.add_argument("--dir", default=ROOT / "build/cluster", help="the folder of the fleet (build/cluster)")
        return made

    starts = command("up", up, "start, and wait until all serve")
    starts.add_argument("--parleyd", type=int, default=3, metavar="N", help="0: the engines alone")
    add_counts(starts)
    starts.add_argument("--set", action="append", default=[], metavar="A.B=VALUE", help="a setting of every parleyd")
    starts.add_argument("--fresh", action="store_true", help="end an earlier fleet in the folder, and remove its data")
    command("stop", down, "stop; the data stay").add_argument(
        "--now", action="store_true", help="kill instead of asking")
    command("status", status, "what runs")
    return parser.parse_args()


def main(description):
    return run("cluster", parse(description))
