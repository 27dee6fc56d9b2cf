"""All people of a node come back to the others after kill -9: how long that takes, what it costs, and how often the
store was asked."""
import time

from fleet_bench import counters, load, report
from fleet_bench.share import MICRO

NODES = 3
VICTIM = "parleyd-1"
# Where ten servers share two cores, an answer of Redis takes longer than those 50 ms after which it counts as lost.
SETTINGS = ("cache.redis.timeout_ms=500",)
BEFORE_S = 3  # of quiet traffic before the kill
# One of each may be asked for a conversation, on each node where people of it come back.
READS = {"log.head": "heads", "log.head_serial": "heads, for actors that start", "log.entries": "what was missed", "conversation.info": "conversations",
         "members.read": "members", "conversation.applied": "how far effects went",
         "memberships.read": "lists of conversations", "session_tokens.find": "sessions"}
SHARED_CACHES = ("snapshots", "users", "pages")
OF_CONVERSATIONS = ("log.head", "log.entries", "conversation.info", "members.read", "conversation.applied")


def go(machines, arguments):
    machines.start_nodes(NODES, SETTINGS)
    people, conversations = arguments.people, arguments.conversations
    marks = {}

    def on_phase(phase):
        if phase != "measuring":
            return
        time.sleep(BEFORE_S)
        left = {name: url for name, url in machines.nodes.items() if name != VICTIM}
        marks["killed"] = counters.look(machines.processes, left)
        machines.kill(VICTIM)

    run = load.run(machines, "storm", "--people", people + arguments.outsiders, "--outsiders", arguments.outsiders,
                   "--conversations", conversations, "--rate", arguments.storm_rate, "--warmup", 2, "--duration", 300,
                   "--drain", 60, on_phase=on_phase, judge=False)
    span = counters.Span(marks["killed"], run.moments["draining"])
    found = judge(run.report, span, people, conversations)
    say(found)
    return found, found["held"]


def judge(told, span, people, conversations):
    """What is reported of a storm: `told` by parley-bench, and counted by the nodes that were left."""
    reads, cpu = {}, span.cpu_of("parleyd")
    for name, page in sorted(span.nodes.items()):
        statements = page.by("parley_cassandra_statements_total", "statement")
        reads[name] = {statement: int(statements.get(statement, 0)) for statement in READS}
        reads[name]["resumes"] = int(page.total("parley_resumes_total"))
        for count in ("hits", "misses"):
            by_cache = page.by(f"parley_shared_cache_{count}_total", "cache")
            reads[name].update({f"{cache}_{count}": int(by_cache.get(cache, 0)) for cache in SHARED_CACHES})
    storm, total = told["storm"], told["total"]
    most = {statement: max(row[statement] for row in reads.values()) / conversations for statement in OF_CONVERSATIONS}
    return {
        "people": people, "conversations": conversations, "lost": total["connections_lost"],
        "returned": total["returned"], "failed_attempts": total["connects_failed"], "recovered": total["recovered"],
        "sent": total["sent"], "missing": told["missing_deliveries"], "all_level_ms": storm["all_level_ms"],
        "level_ms": storm["level_ms"], "reads": reads, "reads_per_conversation_and_node": most,
        "parleyd_cpu_us_per_resume": cpu / total["returned"] * MICRO, "seconds": span.seconds,
        "cassandra_cpu_us_per_resume": span.cpu_of("cassandra") / total["returned"] * MICRO,
        "redis_cpu_us_per_resume": span.cpu_of("redis") / total["returned"] * MICRO,
        "generator_cpu_us_per_resume": span.cpu.get("parley-bench", 0) / total["returned"] * MICRO,
        "other_programs": span.others,
        "clean": told["clean"], "holes": total["holes"], "repeated": total["repeated"], "resets": total["resets"],
        "held": told["clean"] and total["returned"] == people and max(most.values()) <= 1,
    }


def say(found):
    names = sorted(found["reads"])
    rows = [[what, *(found["reads"][name][statement] for name in names),
             found["reads_per_conversation_and_node"].get(statement)] for statement, what in READS.items()]
    rows += [["resumes answered", *(found["reads"][name]["resumes"] for name in names), None]]
    rows += [[f"{cache}: {what}", *(found["reads"][name][f"{cache}_{count}"] for name in names), None]
             for cache in SHARED_CACHES for count, what in (("hits", "by Redis"), ("misses", "not by Redis"))]
    print("\n" + report.table(
        ["reads at Cassandra, kill until all are level", *names, "most per conversation and node"], rows))
    level = found["level_ms"]
    print(f"\n{found['returned']:,} of {found['people']:,} people back and level after "
          f"{found['all_level_ms'] / 1000:.2f} s "
          f"(median {level['p50'] / 1000:.2f} s, 99 % {level['p99'] / 1000:.2f} s; {found['failed_attempts']} attempts "
          f"failed); {found['sent']} messages sent in the run, {found['recovered']} came by resume, {found['missing']} "
          f"missing, {found['holes']} changes skipped; {found['parleyd_cpu_us_per_resume']:.0f} µs of parleyd each, with all else that it did "
          f"meanwhile; other programs took {found['other_programs'] * 100:.0f} % of the machine")
