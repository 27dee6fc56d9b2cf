"""CPU per delivery of one, two and three parleyd under the same load, and what of it is the bus's."""
import statistics

from fleet_bench import load, report, share

FLAT = 0.15


def measure(machines, arguments):
    """{workload: {nodes: runs}}."""
    loads = {
        "pairs": ["--pairs", arguments.pairs, "--rate", arguments.rate],
        "group": ["--members", arguments.members, "--senders", 4, "--rate", arguments.group_rate],
    }
    runs = {workload: {nodes: [] for nodes in (1, 2, 3)} for workload in loads}
    for turn in range(arguments.rounds):
        for nodes in (1, 2, 3):
            for workload, options in loads.items():
                # New ones: for half a minute an earlier load is still told of.
                machines.start_nodes(nodes)
                idle = share.idle(machines)
                run = load.run_again(machines, workload, *options, "--duration", arguments.seconds, "--warmup",
                                     arguments.warmup, "--drain", 60)
                found = share.of(run, nodes)
                found["idle_us_per_s"] = idle
                found["net_us_per_delivery"] = found["cpu_us_per_delivery"] - idle / found["deliveries_per_s"]
                runs[workload][nodes].append(found)
                print(f"  round {turn + 1}, {workload}, {nodes} nodes: {found['cpu_us_per_delivery']:.1f} µs per "
                      "delivery", flush=True)
    return runs


def middle(runs):
    """The medians of what the runs of one kind say."""
    return {name: statistics.median(run[name] for run in runs) for name, value in runs[0].items()
            if isinstance(value, (int, float))}


def per_delivery(row, name):
    """A figure of a message, per delivery."""
    return row[name] * row["messages_per_s"] / row["deliveries_per_s"]


def hops(row):
    """Crossings from node to node per delivery: events that come from others, and a command and its answer."""
    return per_delivery(row, "bus_received_per_message") + 2 * per_delivery(row, "forwarded_per_message")


def price_of_hop(rows):
    """µs of both ends together for one crossing, by least squares over the rows of `pairs` (where there are as many as
    deliveries)."""
    crossings = [hops(row) for row in rows]
    costs = [row["net_us_per_delivery"] for row in rows]
    mean_x, mean_y = statistics.mean(crossings), statistics.mean(costs)
    spread = sum((x - mean_x) ** 2 for x in crossings)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(crossings, costs)) / spread if spread else 0.0


def judge(runs):
    """{workload: (rows by nodes, with what is left without the bus's share; by how much that grows from 1 to most)}."""
    medians = {workload: {nodes: middle(kept) for nodes, kept in by.items()} for workload, by in runs.items()}
    price = price_of_hop(list(medians["pairs"].values()))
    growth = {}
    for workload, rows in medians.items():
        for row in rows.values():
            row["hops_per_delivery"] = hops(row)
            row["hop_us_per_delivery"] = price * hops(row)
            row["beyond_hop_us_per_delivery"] = row["net_us_per_delivery"] - row["hop_us_per_delivery"]
        first = rows[min(rows)]["beyond_hop_us_per_delivery"]
        growth[workload] = max((row["beyond_hop_us_per_delivery"] / first - 1 for row in rows.values()), key=abs)
    return medians, price, growth


def go(machines, arguments):
    runs = measure(machines, arguments)
    medians, price, growth = judge(runs)
    rows = [[workload, nodes, row["deliveries_per_s"], row["cpu_us_per_delivery"], row["net_us_per_delivery"],
             row["hops_per_delivery"], row["hop_us_per_delivery"], row["beyond_hop_us_per_delivery"]]
            for workload, by in medians.items() for nodes, row in by.items()]
    print("\n" + report.table(
        ["load", "nodes", "deliveries/s", "µs per delivery, all nodes", "less what idle nodes use",
         "crossings per delivery", "their share, µs", "beyond the bus, µs"], rows))
    print(f"\none crossing: {price:.1f} µs at both ends together; beyond it the largest change against one node: "
          + ", ".join(f"{workload} {change * 100:+.1f} %" for workload, change in growth.items()))
    found = {"medians": medians, "hop_us": price, "growth": growth}
    return {"runs": runs, "found": found}, all(abs(change) <= FLAT for change in growth.values())
