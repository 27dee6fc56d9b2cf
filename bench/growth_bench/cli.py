"""The command line of bench/growth."""
import argparse
import datetime
import importlib.util
import pathlib
import signal
import sys
import time

from compare_bench import process, results
from targets_bench import verdict
from targets_bench.programs import ROOT, TargetError
from targets_bench.session import Session

from growth_bench import curves, render, result

PAGE = ROOT / "docs/benchmarks/growth.md"
RESULT_NAME = "docs/benchmarks/growth/result.json"
RESULT = ROOT / RESULT_NAME


def parse(description, words=None):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curves", nargs="*", default="all", metavar="CURVE", choices=[*curves.ALL, "all"],
                        help=f"{', '.join(curves.ALL)} (default: all)")
    parser.add_argument("--rounds", type=int, metavar="N", help="of all points in turn (default: 3; with --quick 1)")
    parser.add_argument("--quick", action="store_true",
                        help="small sizes, nothing done again: a try of the command, no figure")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE",
                        help="where every run is kept, beside the curves that are there already (default: "
                        f"{RESULT_NAME}, with the page and the plots; with --quick: nowhere)")
    parser.add_argument("--stores", metavar="DIR", help="where the stores of `stored` are kept for the next time; on a disk "
                        "(default: the system's folder for what is temporary; then they go)")
    parser.add_argument("--others", type=float, metavar="PERCENT",
                        help="most of the machine that other programs may take (default: 5)")
    parser.add_argument("--render", action="store_true", help="measure nothing: make the page and the plots from the JSON")
    chosen = parser.parse_args(words)
    chosen.curves = list(curves.ALL) if "all" in chosen.curves else list(dict.fromkeys(chosen.curves))
    if chosen.rounds is None:
        chosen.rounds = 1 if chosen.quick else 3
    if chosen.rounds < 1:
        parser.error("--rounds: at least 1")
    if chosen.others is None:
        chosen.others = 100 if chosen.quick else 5
    if chosen.json is None and (chosen.render or not chosen.quick):
        chosen.json = RESULT
    if (chosen.render or chosen.json == RESULT) and not importlib.util.find_spec("matplotlib"):
        parser.error("python3-matplotlib draws the plots, and is not installed: tools/install_packages test")
    return chosen


def measure(session, name):
    """(what is told of a curve, {kind: reports})."""
    curve, begun = curves.ALL[name], time.monotonic()
    points = session.size(curve.points, curve.quick)
    told = {"date": datetime.date.today().isoformat(), "commit": results.commit(ROOT), "machine": results.machine()}
    session.target = name
    session.in_turn(curve.kinds(session, points))
    told |= {"rounds": session.rounds, "quick": session.quick, "others": session.arguments.others, "points": points,
             "commands": session.commands[name], "notes": session.notes.get(name, []), "took_s": time.monotonic() - begun}
    return told, session.runs[name]


def measure_all(options, found):
    """({curve: its verdicts}, whether all could be measured); each curve is kept as soon as it is there."""
    session, rows, failed = Session(options), {}, False
    for name in options.curves:
        try:
            told, runs = measure(session, name)
        except TargetError as error:
            failed = True
            print(f"\n{name} could not be measured: {error}\n", file=sys.stderr, flush=True)
            continue
        result.put(found, name, told, runs)
        if options.json:
            results.write(options.json, found)
        rows[name] = curves.ALL[name].rows(runs, told["points"])
        print("\n" + render.section(curves.ALL[name], found, False) + "\n", flush=True)
    return rows, failed


def publish(found):
    """The page and the plots, from the JSON alone."""
    from growth_bench import plots  # here, since a try need not have matplotlib

    drawn = plots.draw_all(found, RESULT.parent)
    PAGE.write_text(render.page(PAGE.read_text(encoding="utf-8"), found, drawn), encoding="utf-8")


def main(description, words=None):
    options = parse(description, words)
    found = result.read(options.json)
    if options.render:
        publish(found)
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was started is stopped
    process.allow_files()
    try:
        rows, failed = measure_all(options, found)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    if options.json == RESULT and rows:
        publish(result.read(RESULT))
    if failed:
        return 2
    return 0 if all(verdict.held(judged) for judged in rows.values()) else 1
