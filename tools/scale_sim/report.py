"""The tables of docs/scaling.md, as markdown. Figures are rounded to two digits: the model is no better than that."""
import math

from scale_sim import hot, machines, storm, traffic

SCALES = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def two_digits(value):
    if value == 0:
        return 0
    return round(value, 1 - math.floor(math.log10(abs(value))))


def number(value):
    """1234567 -> "1.2 million"; 12345 -> "12,000"; 0.1234 -> "0.12"."""
    value = two_digits(value)
    for scale, word in ((1e9, " billion"), (1e6, " million")):
        if value >= scale:
            return f"{value / scale:g}{word}"
    return f"{value:,.0f}" if value >= 10 else f"{value:g}"


def volume(value):
    value = two_digits(value)
    for scale, letter in SCALES:
        if value >= scale:
            return f"{value / scale:g} {letter}B"
    return f"{value:g} B"


def percent(share):
    return f"{share * 100:.2g} %" if share < 0.1 else f"{share * 100:.0f} %"


def seconds(value):
    return "never" if math.isinf(value) else f"{two_digits(value):g} s"


def people(count):
    return f"{count:,}".replace(",000,000", " million").replace(",000", " thousand")


def plain(value):
    if isinstance(value, list):
        return ", ".join(plain(x) for x in value)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def costs_table(costs):
    return table(("cost", "figure", "basis", "how"),
                 [(row["what"], f"{row['value']:,} {row['unit']}", row["basis"], row["how"])
                  for row in costs.values()])


def assumptions_table(assumptions):
    return table(("assumption", "figure", "name"),
                 [(row["what"], plain(row["value"]), f"`{name}`") for name, row in assumptions.items()])


def hot_rows(peaks, a, c):
    commit = hot.run(a.hot_messages_per_s, c)
    acks = f"{two_digits(commit.ack_p50_ms):g} / {two_digits(commit.ack_p99_ms):g} ms"
    rows = [("hottest conversation: ack, median / 99 %", [acks] * len(peaks))]
    loads, spent = [], []
    for peak in peaks:
        owner, other = hot.cores(a, c, peak.parleyd)
        spent.append(f"{two_digits(owner):g}, {two_digits(other):g}")
        loads.append(percent((peak.parleyd_cpu / peak.parleyd + owner) / a.parleyd_cores))
    rows.append(("cores that it takes of its owner, and of each other node", spent))
    rows.append(("**the worst node's load: at the peak, and owner of it**", loads))
    return rows


def storm_rows(peaks, a, c, fanout):
    rows = []
    for what, share in (("a node", None), ("a zone", 1 / a.zones)):
        lost = [1 if share is None else round(p.parleyd * share) for p in peaks]
        runs = {j: [storm.run(p, n, j, a, c, fanout, share is not None) for p, n in zip(peaks, lost)] for j in a.jitters_s}
        first = runs[a.jitters_s[0]]
        rows.append((f"{what} dies: connections that come back", [number(x.connections) for x in first]))
        rows.append(("load of the others, once all are back", [percent(x.load_after) for x in first]))
        for jitter, storms in runs.items():
            rows.append((f"all level again, spread over {jitter:g} s; held up by",
                         [f"{seconds(x.seconds)}; {x.bound_by}" for x in storms]))
    return rows


def machine_rows(peaks, a, c):
    parleyd = [f"{p.parleyd} × {a.parleyd_cores} cores, {volume(machines.memory_of_parleyd(p, a, c))}" for p in peaks]
    return [
        ("**parleyd**: machines, memory needed", parleyd),
        ("set by; busy at the peak", [f"{p.parleyd_by}; {percent(p.parleyd_cpu / p.parleyd / a.parleyd_cores)}"
                                      for p in peaks]),
        ("**NATS** servers; memory for subscriptions on each",
         [f"{p.nats} × {a.nats_cores} cores; {volume(p.nats_bytes)}" for p in peaks]),
        ("**Cassandra** nodes", [f"{p.cassandra} × {a.cassandra_cores} cores" for p in peaks]),
        ("by CPU; by disk", [f"{p.cassandra_by_cpu}; {p.cassandra_by_disk}" for p in peaks]),
        (f"stored in {a.kept_years:g} year{'s' if a.kept_years != 1 else ''}, three copies",
         [volume(p.stored_bytes) for p in peaks]),
        ("**Redis**: cores; memory", [f"{p.redis}; {volume(p.redis_bytes)}" for p in peaks]),
        ("**balancers** that end TLS", [f"{p.balancers} × {a.balancer_cores} cores" for p in peaks]),
    ]


def result_table(a, c):
    fanout = traffic.draw(a)
    peaks = [machines.size(n, fanout, a, c) for n in a.daily_users]
    rows = [
        ("connections", [number(p.connections) for p in peaks]),
        ("messages/s", [number(p.messages) for p in peaks]),
        ("deliveries of messages/s", [number(p.deliveries) for p in peaks]),
        ("deliveries of receipts and typing/s", [number(p.momentary) for p in peaks]),
        ("publications to the bus/s", [number(p.publications) for p in peaks]),
        ("events from the bus/s", [number(p.bus_events) for p in peaks]),
        ("resumes/s (heads that Redis has not/s)",
         [f"{number(p.resumes)} ({number(p.heads_missed)})" for p in peaks]),
        ("Cassandra: commits, writes, reads/s",
         [" + ".join(number(x) for x in (p.cassandra_commits, p.cassandra_writes, p.cassandra_reads)) for p in peaks]),
        ("Redis: keys/s", [number(p.redis_ops) for p in peaks]),
    ]
    rows += machine_rows(peaks, a, c) + hot_rows(peaks, a, c) + storm_rows(peaks, a, c, fanout)
    return table(["at the peak"] + [people(n) for n in a.daily_users], [(name, *cells) for name, cells in rows])


def commit_table(c):
    """How a conversation's own log carries more and more."""
    rows = []
    for rate in (1, 20, 50, 200, 1000, 5000):
        run = hot.run(rate, c)
        rows.append((f"{rate:,}", f"{two_digits(run.ack_p50_ms):g} ms", f"{two_digits(run.ack_p99_ms):g} ms",
                     f"{two_digits(run.batch):g}", percent(run.busy)))
    return table(("messages/s to one conversation", "ack, median", "99 %", "messages in a commit",
                  "a commit is under way"), rows)
