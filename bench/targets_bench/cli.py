"""The command line of bench/targets."""
import argparse
import signal
import sys

from fleet_bench import report
from targets_bench import fleets, groups, histories, idle, inboxes, messages, peers, storms, verdict, web_pages
from targets_bench.programs import TargetError
from targets_bench.session import Session, machine

TARGETS = {"P1": messages.p1, "P2": peers.p2, "P3": messages.p3, "P4": messages.p4, "P5": groups.p5, "P6": groups.p6,
           "P7": idle.p7, "P8": groups.p8, "P9": storms.p9, "P10": histories.p10, "P11": histories.p11,
           "P12": histories.p12, "P13": inboxes.p13, "P14": messages.p14, "P15": storms.p15, "P16": web_pages.p16,
           "P17": fleets.p17}


def parse(description, words=None):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="+", metavar="TARGET", choices=[*TARGETS, "all"], help="P1 to P17, or all")
    parser.add_argument("--json", metavar="FILE", help="keep every run and figure in FILE")
    parser.add_argument("--rounds", type=int, metavar="N", help="of all kinds in turn (default: 5; with --quick 1)")
    parser.add_argument("--quick", action="store_true", help="small sizes: a try of the command, no figure")
    parser.add_argument("--messages", type=int, default=10_000_000, metavar="N",
                        help="in the large store of P10 to P12 (default: 10,000,000)")
    parser.add_argument("--stores", metavar="DIR", help="where the stores of P10 to P12 are kept for the next time")
    parser.add_argument("--dir", metavar="DIR", help="P17: the folder of engines that run already")
    parser.add_argument("--others", type=float, default=5, metavar="PERCENT",
                        help="most of the machine that other programs may take (default: 5)")
    arguments = parser.parse_args(words)
    if "all" in arguments.targets:
        arguments.targets = list(TARGETS)
    if arguments.rounds is None:
        arguments.rounds = 1 if arguments.quick else 5
    if arguments.rounds < 1:
        parser.error("--rounds: at least 1")
    return arguments


def measure(session, targets):
    """(rows of all, {target: why it could not be measured})."""
    rows, failed = [], {}
    for target in dict.fromkeys(targets):
        session.target = target
        try:
            found = TARGETS[target](session)
        except TargetError as error:
            failed[target] = str(error)
            print(f"\n{target} could not be measured: {error}\n", file=sys.stderr, flush=True)
            continue
        rows += found
        print("\n" + report.table(verdict.HEAD, [row.cells() for row in found]) + "\n", flush=True)
    return rows, failed


def say(session, rows, failed):
    print("Measured with:")
    for target, lines in session.commands.items():
        for line in lines:
            print(f"  {target}: {line}")
    for target, notes in session.notes.items():
        print(f"  {target}: {len(notes)} times a run failed, or the machine was busy with other things")
    missed = [row for row in rows if row.verdict == verdict.MISSED]
    for row in missed:
        print(f"MISSED: {row.target}: {row.what}: {report.number(row.figure)} {row.unit}")
    for target in failed:
        print(f"NOT MEASURED: {target}")


def main(description, words=None):
    arguments = parse(description, words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was started is stopped
    session, on = Session(arguments), machine()
    try:
        rows, failed = measure(session, arguments.targets)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    say(session, rows, failed)
    if arguments.json:
        report.write(arguments.json, {
            "machine": on, "options": vars(arguments), "quick": arguments.quick,
            "rows": [row.as_json() for row in rows], "failed": failed, "commands": session.commands,
            "notes": session.notes, "runs": session.runs})
    if failed:
        return 2
    return 0 if verdict.held(rows) else 1
