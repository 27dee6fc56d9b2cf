"""A large group over three nodes: what its messages cost on the bus, by count."""
import time

from fleet_bench import counters, load, report

NODES = 3
# A second after its last message the head of a conversation is repeated, in case that message was lost on the way. An
# end that took longer has such repeats among what was counted.
REPEAT_S = 0.8
ATTEMPTS = 3


def counted(span):
    """{node: what it published once for all, took from others, and said to NATS besides}."""
    found = {}
    for name, page in sorted(span.nodes.items()):
        published = page.total("parley_bus_large_total")
        received = page.total("parley_bus_received_total")
        found[name] = {
            "published_once": published,
            "received": received,
            "other_out": page.total("parley_nats_messages_out_total") - published,
            "other_in": page.total("parley_nats_messages_in_total") - received,
            "forwarded": page.total("parley_commands_forwarded_total", what="sent"),
            "deliveries": page.total("parley_deliveries_total"),
        }
    return found


def judge(nodes, messages):
    """Whether each message was published once, and reached each other node as one message of the bus."""
    owners = [name for name, row in nodes.items() if row["published_once"] == messages]
    quiet = [name for name, row in nodes.items() if row["published_once"] == 0]
    return (len(owners) == 1 and len(owners) + len(quiet) == len(nodes)
            and nodes[owners[0]]["received"] == 0 and all(nodes[name]["received"] == messages for name in quiet))


def one(machines, arguments):
    begun = {}

    def on_phase(phase):
        if phase == "connected":
            time.sleep(arguments.settle)  # until what follows from making the group is over
            begun["at"] = counters.look(machines.processes, machines.nodes)

    run = load.run(machines, "group", "--members", arguments.members, "--senders", 1, "--rate", arguments.group_rate,
                   "--duration", arguments.seconds, "--warmup", 0, on_phase=on_phase)
    # From when all are connected until the last delivery, so that the counts are of whole messages.
    span = counters.Span(begun["at"], run.moments["done"])
    return run, span, run.moments["done"].at - run.moments["draining"].at


def go(machines, arguments):
    machines.start_nodes(NODES)
    for _ in range(ATTEMPTS):
        run, span, drained_s = one(machines, arguments)
        messages, nodes = run.report["total"]["acked"], counted(span)
        held = judge(nodes, messages)
        if held or drained_s < REPEAT_S:
            break
        print(f"  the machine is busy: the last message took {drained_s:.1f} s, and repeats of it were counted.")
    print("\n" + report.table(
        ["node", "published once for all", "taken from other nodes", "other messages out", "other messages in",
         "commands forwarded", "changes handed to sessions"],
        [[name, *(int(value) for value in row.values())] for name, row in nodes.items()]))
    print(f"\n{messages} messages to {arguments.members:,} members over {NODES} nodes in {span.seconds:.0f} s: "
          + ("" if held else "NOT ") + "one message of the bus per node and message"
          + f"; parleyd {span.cpu_of('parleyd') / run.report['total']['delivered'] * 1e6:.2f} µs per delivery in all. "
          "Other messages: heartbeats, presence, and commands that go to the conversation's node and back.")
    return {"messages": messages, "members": arguments.members, "seconds": span.seconds, "nodes": nodes,
            "delivered": run.report["total"]["delivered"], "parleyd_cpu_s": span.cpu_of("parleyd")}, held
