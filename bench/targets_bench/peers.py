"""P2: beside ejabberd, without an archive and with one in PostgreSQL, set up as bench/compare sets it up."""
import shutil

from compare_bench import cli, peers, process, runner
from compare_bench.workloads import Workload
from targets_bench.programs import TargetError
from targets_bench.verdict import Row, median, ratio

NAMES = ("parley", "ejabberd", "ejabberd-archive")
COST = ("server", "cpu_us_per_message")
WANTED = {"ejabberdctl": "/usr/sbin:/usr/bin", "erl": "/usr/bin", "pg_ctlcluster": "/usr/bin"}


def p2(session):
    for name, path in WANTED.items():
        if not shutil.which(name, path=path):
            raise TargetError(f"{name} is not installed: tools/install_packages peers")
    pairs = session.size(100, 10)
    workload = Workload(f"pairs{pairs}", f"{pairs} pairs", ("pairs", "--pairs", pairs), 2 * pairs)
    seconds, warmup = session.size((10, 2), (1, 0.3))
    session.told(["parley-bench", *workload.words, "--duration", seconds, "--warmup", warmup, "--server", "…"])
    process.allow_files()
    try:
        with cli.prepared(NAMES, workload.people, None) as (_, made):
            runs = session.in_turn({peer.title: lambda peer=peer: one(peer, workload, seconds, warmup) for peer in made})
    except process.CompareError as error:
        raise TargetError(str(error)) from error
    cost = {peer: median(runs[peers.ALL[peer].title], *COST) for peer in NAMES}
    return [Row("P2", f"CPU per message, {pairs} pairs, against ejabberd without archive", ratio(cost["parley"],
                cost["ejabberd"]), 1 / 3, 1 / 5, unit="×"),
            Row("P2", "against ejabberd with its archive in PostgreSQL", ratio(cost["parley"], cost["ejabberd-archive"]),
                1 / 15, 1 / 30, unit="×"),
            *(Row("P2", peers.ALL[name].title, figure, unit="µs") for name, figure in cost.items())]


def one(peer, workload, seconds, warmup):
    found = runner.one(peer, workload, seconds, warmup)
    if found["failed"]:
        raise TargetError(f"{peer.title}: {found['failed']}")
    return found["report"]
