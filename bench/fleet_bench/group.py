"""A large group over three nodes: what its messages cost on the bus, by count."""
from fleet_bench import counters, load, report

NODES = 3


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


def go(machines, arguments):
    machines.start_nodes(NODES)
    run = load.run(machines, "group", "--members", arguments.members, "--senders", 1, "--rate", arguments.group_rate,
                   "--duration", arguments.seconds, "--warmup", 0)
    # From when all are connected until the last delivery, so that the counts are of whole messages.
    span = counters.Span(run.moments["connected"], run.moments["done"])
    messages = run.report["total"]["acked"]
    nodes = counted(span)
    print("\n" + report.table(
        ["node", "published once for all", "taken from other nodes", "other messages out", "other messages in",
         "commands forwarded", "changes handed to sessions"],
        [[name, *(int(value) for value in row.values())] for name, row in nodes.items()]))
    held = judge(nodes, messages)
    print(f"\n{messages} messages to {arguments.members:,} members over {NODES} nodes in {span.seconds:.0f} s: "
          + ("one message of the bus per node and message" if held else "NOT one message of the bus per node and message")
          + f"; parleyd {span.cpu_of('parleyd') / run.report['total']['delivered'] * 1e6:.2f} µs per delivery in all. "
          "Other messages: heartbeats, presence, and commands that go to the conversation's node and back.")
    return {"messages": messages, "members": arguments.members, "seconds": span.seconds, "nodes": nodes,
            "delivered": run.report["total"]["delivered"], "parleyd_cpu_s": span.cpu_of("parleyd")}, held
