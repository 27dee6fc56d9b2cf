"""The command line of bench/fleet."""
import argparse
import signal
import sys

from fleet.folder import FleetError
from fleet_bench import group, growth, machines, p17, report, stored, storm

MEASUREMENTS = {"p17": p17, "growth": growth, "group": group, "storm": storm, "stored": stored}


def parse(description, words=None):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True, metavar="FIGURE")

    def command(name, text):
        made = commands.add_parser(name, help=text, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        made.add_argument("--json", metavar="FILE", help="keep every run in FILE")
        made.add_argument("--dir", help="the folder of engines that run already")
        return made

    def number(made, name, value, text, kind=int):
        made.add_argument(f"--{name}", type=kind, default=value, metavar="N", help=text)

    for name, text in (("p17", "CPU per message and latency against embedded"),
                       ("growth", "CPU per delivery from one to three nodes")):
        made = command(name, text)
        number(made, "rounds", 5, "of all kinds in turn")
        number(made, "seconds", 10, "measured in each run", float)
        number(made, "warmup", 8, "seconds before that, for what comes after connecting", float)
        number(made, "pairs", 100, "who talk")
        number(made, "rate", 100, "messages/s of all of them", float)
        if name == "growth":
            number(made, "members", 200, "of the group")
            number(made, "group-rate", 20, "messages/s in it", float)
    made = command("group", "messages on the bus for a large group")
    number(made, "members", 1000, "of it, spread evenly")
    number(made, "group-rate", 10, "messages/s", float)
    number(made, "seconds", 10, "of messages", float)
    number(made, "settle", 3, "seconds between the last connection and the first message", float)
    made = command("storm", "people of a killed node come back")
    number(made, "people", 5000, "at the node that is killed")
    number(made, "conversations", 2500, "of theirs")
    number(made, "outsiders", 20, "at the other nodes, who go on sending")
    number(made, "storm-rate", 20, "messages/s of these", float)
    made = command("stored", "bytes of a message on the disk of one Cassandra node")
    number(made, "pairs", 100, "who talk")
    number(made, "in-flight", 2, "messages under way in each pair")
    number(made, "seconds", 60, "of messages", float)
    return parser.parse_args(words)


def main(description, words=None):
    arguments = parse(description, words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was started is stopped
    try:
        with machines.machines(arguments.dir) as made:
            on = report.machine()
            found, held = MEASUREMENTS[arguments.what].go(made, arguments)
        if arguments.json:
            options = {name: value for name, value in vars(arguments).items() if name not in ("json", "dir", "what")}
            report.write(arguments.json, {"figure": arguments.what, "options": options, "machine": on, "held": held,
                                          **found})
        return 0 if held else 1
    except FleetError as error:
        print(f"fleet: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
