"""The command line of bench/compare."""
import argparse
import contextlib
import datetime
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from fleet.folder import FleetError
from fleet.ports import Ports

from compare_bench import peers, process, render, results, turns, workloads
from compare_bench.peers.base import CONFIGS
from compare_bench.peers.parley import ROOT

PAGE = ROOT / "docs/benchmarks/compare.md"
RESULT = ROOT / "docs/benchmarks/compare/result.json"
LIMITS_S = 0.7
ROOM_BYTES = 8 << 30


def parse(description, words=None):
    def some(known):
        def chosen(text):
            names = text.split(",")
            unknown = [name for name in names if name not in known]
            if unknown:
                raise argparse.ArgumentTypeError(f"{unknown[0]} is none of {', '.join(known)}")
            return names
        return chosen

    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=some(peers.ALL), default=peers.USUAL, metavar="SERVER,...",
                        help=f"of {', '.join(peers.ALL)} (default: all but the last)")
    parser.add_argument("--workloads", type=some(workloads.ALL), default=list(workloads.ALL), metavar="WORKLOAD,...",
                        help=f"of {', '.join(workloads.ALL)} (default: all)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of all of them in turn (default: 5)")
    parser.add_argument("--seconds", type=float, default=3, metavar="N", help="measured in each run (default: 3)")
    parser.add_argument("--warmup", type=float, default=1, metavar="N", help="seconds before that (default: 1)")
    parser.add_argument("--retries", type=int, default=40, metavar="N",
                        help="runs in all that are done again when other programs took more than 5 %% of the machine "
                        "(default: 40)")
    parser.add_argument("--quick", action="store_true", help="one round, a second each, nothing done again: a short try")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE",
                        help=f"where every run is kept (default: {RESULT.relative_to(ROOT)}, with the page and the plots; "
                        "with --quick: nowhere)")
    parser.add_argument("--dir", metavar="FOLDER", help="where the servers keep their data for that long; on a disk, and "
                        "open to other users (default: the system's folder for what is temporary)")
    parser.add_argument("--render", action="store_true", help="measure nothing: make the page and the plots from the JSON")
    parser.add_argument("--no-install", action="store_true", help="the other servers are installed already")
    chosen = parser.parse_args(words)
    if chosen.quick:
        chosen.rounds, chosen.seconds, chosen.warmup, chosen.retries = 1, 1.0, 0.5, 0
    elif chosen.json is None:
        chosen.json = RESULT
    return chosen


@contextlib.contextmanager
def prepared(names, people, where):
    """The servers, ready to be started, in a folder of their own that goes with them."""
    with tempfile.TemporaryDirectory(prefix="parley-compare.", dir=where) as path:
        folder = pathlib.Path(path)
        folder.chmod(0o755)  # other users run in it
        turns.check_disk(folder, ROOM_BYTES)
        ports, made = Ports(), []
        try:
            for name in names:
                print(f"  preparing {name}", flush=True)
                made.append(peers.ALL[name](folder, ports, people))
                made[-1].prepare()
            yield folder, made
        finally:
            for peer in reversed(made):
                peer.stop()
                peer.close()


def measure(options):
    chosen = [workloads.ALL[name] for name in options.workloads]
    found = {"date": datetime.date.today().isoformat(), "commit": results.commit(ROOT), "machine": results.machine(),
             "rounds": options.rounds,
             "seconds": options.seconds, "warmup": options.warmup, "payload_bytes": 128, "complete": False,
             "workloads": {one.name: one.title for one in chosen}, "peers": {}, "limits": [], "runs": []}
    begun = time.monotonic()
    with prepared(options.only, max(one.people for one in chosen), options.dir) as (folder, made):
        found["machine"]["data_on"] = turns.file_system(folder)
        found["peers"] = {peer.name: {"title": peer.title, "stores": peer.stores, "version": peer.version(),
                                      "configs": [f"{name}.in" for name in peer.config_names]} for peer in made}
        found["prepared_s"] = time.monotonic() - begun

        def keep(run):
            if run["round"] > len(found["limits"]):
                found["limits"].append(turns.limits(folder, LIMITS_S))
            found["runs"].append(run)
            if options.json:
                results.write(options.json, found)

        turns.Turns(made, chosen, options, keep, lambda text: print(text, flush=True)).go()
    found["complete"], found["took_s"] = True, time.monotonic() - begun
    if options.json:
        results.write(options.json, found)
    return found


def publish(found):
    """The page, the plots and the configurations, from the JSON alone."""
    from compare_bench import plots  # here, since whoever only measures need not have matplotlib

    drawn = plots.draw_all(found, RESULT.parent)
    shown = [one for one in plots.files() if one[1] in drawn]
    PAGE.write_text(render.page(PAGE.read_text(encoding="utf-8"), found, shown), encoding="utf-8")
    used = {name for peer in found["peers"].values() for name in peer["configs"]}
    for name in sorted(used):
        (RESULT.parent / "configs").mkdir(exist_ok=True)
        shutil.copyfile(CONFIGS / name, RESULT.parent / "configs" / name)


def main(description, words=None):
    options = parse(description, words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was started is stopped
    try:
        if options.render:
            publish(results.read(options.json))
            return 0
        if not options.no_install:
            subprocess.run([ROOT / "tools/install_packages", "peers"], check=True)
        process.allow_files()
        found = measure(options)
        print("\n" + render.body(found))
        if options.json == RESULT:
            publish(found)
        return 0
    except (process.CompareError, FleetError) as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError:
        return 2  # it has said why
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
