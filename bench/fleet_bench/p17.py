"""P17 of the performance targets: parleyd's CPU per message on a fleet against embedded, and the latency of a delivery
against one conditional batch and one hop over the bus."""
import statistics

from fleet.folder import FleetError
from fleet_bench import hop, load, report, share

MOST_RATIO, AIM_RATIO = 3, 2
MOST_MS, AIM_MS = 2, 1
NAMES = {"embedded": "embedded", "fleet-1": "fleet, 1 node", "fleet-3": "fleet, 3 nodes",
         "embedded-closed": "embedded, closed loop", "fleet-3-closed": "fleet, 3 nodes, closed loop"}


def options(arguments, rate):
    asked = ["--pairs", arguments.pairs, "--duration", arguments.seconds, "--warmup", arguments.warmup, "--drain", 60]
    return asked + (["--rate", rate] if rate else [])


def one(machines, kind, arguments):
    """One run of a kind of NAMES."""
    rate = None if kind.endswith("closed") else arguments.rate
    if kind.startswith("embedded"):
        return share.of(load.run_again(machines, "pairs", *options(arguments, rate), spawn=True), 0)
    nodes = int(kind.split("-")[1])
    if len(machines.servers) != nodes:
        machines.start_nodes(nodes)
        machines.idle_us_per_s = share.idle(machines)
    with hop.Probe(machines.engines.nats) as probe:
        found = share.of(load.run_again(machines, "pairs", *options(arguments, rate)), nodes)
    found["hop_p50_ms"], found["hop_mean_ms"] = probe.median_ms, probe.mean_ms
    found["idle_us_per_message"] = machines.idle_us_per_s / found["messages_per_s"]
    # By means, which add up and are counted exactly: medians do not, and that of a batch lies somewhere in its bucket.
    found["beyond_ms"] = found["delivery_mean_ms"] - found["batch_mean_ms"] - found["hop_mean_ms"]
    return found


def measure(machines, arguments):
    """{kind: its runs}, in turn."""
    runs = {kind: [] for kind in NAMES}
    for turn in range(arguments.rounds):
        for kind in NAMES:
            found = one(machines, kind, arguments)
            runs[kind].append(found)
            print(f"  round {turn + 1}, {NAMES[kind]}: {found['cpu_us_per_message']:.0f} µs per message, "
                  f"delivery p50 {found['delivery_p50_ms']:.2f} ms", flush=True)
    return runs


def median(runs, name):
    return statistics.median(run[name] for run in runs)


def judge(runs):
    """{what: (figure, must, aim)}: all are to be at most what stands behind them.

    At the same rate: in a closed loop each goes as fast as its store lets it, and the faster one shares its system calls
    and wake-ups among more messages. The tables show that too.
    """
    def ratio(fleet, embedded):
        return median(runs[fleet], "cpu_us_per_message") / median(runs[embedded], "cpu_us_per_message")

    def beyond(fleet):
        return (median(runs[fleet], "beyond_ms"), MOST_MS, AIM_MS)

    return {
        "CPU per message, 1 node / embedded, same rate": (ratio("fleet-1", "embedded"), MOST_RATIO, AIM_RATIO),
        "CPU per message, 3 nodes / embedded, same rate": (ratio("fleet-3", "embedded"), MOST_RATIO, AIM_RATIO),
        "delivery beyond one batch and one hop, 1 node, ms": beyond("fleet-1"),
        "delivery beyond one batch and one hop, 3 nodes, ms": beyond("fleet-3"),
    }


def word(figure, must, aim):
    return "aim" if figure <= aim else "must" if figure <= must else "MISSED"


def tables(runs):
    columns = ("cpu_us_per_message", "idle_us_per_message", "messages_per_s", "ack_p50_ms", "delivery_p50_ms",
               "delivery_mean_ms", "batch_mean_ms", "hop_mean_ms", "other_programs")
    head = ["medians (least to most)", "µs per message", "of it idle nodes", "messages/s", "ack p50 ms",
            "delivery p50 ms", "delivery ms", "batch ms", "hop ms", "other programs"]
    rows = [[NAMES[kind], *(report.spread([run[c] for run in kept]) if c in kept[0] else "" for c in columns)]
            for kind, kept in runs.items()]
    verdicts = [[what, figure, f"≤ {must:g}", f"≤ {aim:g}", word(figure, must, aim)]
                for what, (figure, must, aim) in judge(runs).items()]
    return "\n\n".join((report.table(head, rows), report.table(["P17", "figure", "must", "aim", "holds"], verdicts)))


def go(machines, arguments):
    if machines.engines.nats.tls or machines.engines.nats.auth:
        raise FleetError("p17 compares with an embedded server without TLS: start its engines without --tls and --auth")
    runs = measure(machines, arguments)
    print("\n" + tables(runs))
    found = {what: figure for what, (figure, _, _) in judge(runs).items()}
    return {"runs": runs, "found": found}, all(figure <= must for figure, must, _ in judge(runs).values())
