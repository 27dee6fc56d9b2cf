"""What one run of messages cost, per message and per delivery: the row that p17, growth and group have in common."""
import time

from fleet_bench import counters

MICRO = 1e6


def of(run, nodes):
    """A flat {name: number}, from the measured time of a run on `nodes` parleyd (0: embedded)."""
    span = run.measured
    messages, deliveries = run.messages, run.deliveries
    found = {
        "nodes": nodes,
        "messages_per_s": run.report["messages_per_s"],
        "deliveries_per_s": run.report["deliveries_per_s"],
        "ack_p50_ms": run.report["ack_ms"]["p50"],
        "delivery_p50_ms": run.report["delivery_ms"]["p50"],
        "delivery_p99_ms": run.report["delivery_ms"]["p99"],
        "other_programs": span.others if nodes else run.report["other_programs_share"],
    }
    if not nodes:
        found["cpu_us_per_message"] = run.report["server"]["cpu_us_per_message"]
        found["cpu_us_per_delivery"] = run.report["server"]["cpu_us_per_delivery"]
        return found
    count = span.all_nodes
    # The first look at CPU comes after the pages of metrics have been read: what was sent until then has no part in it.
    part = span.seconds / run.report["measured_s"]
    cpu = {name: span.cpu_of(name) * MICRO / part for name in ("parleyd", "cassandra", "nats", "redis")}
    received = count.total("parley_bus_received_total")
    forwarded = count.total("parley_commands_forwarded_total", what="sent")
    found |= {
        "cpu_us_per_message": cpu["parleyd"] / messages,
        "cpu_us_per_delivery": cpu["parleyd"] / deliveries,
        "cpu_us_per_message_by_node": [span.cpu[name] * MICRO / part / messages for name in sorted(span.nodes)],
        "bus_received_per_message": received / messages,
        "bus_out_per_message": count.total("parley_nats_messages_out_total") / messages,
        "bus_in_per_message": count.total("parley_nats_messages_in_total") / messages,
        "forwarded_per_message": forwarded / messages,
        "ack_mean_ms": run.report["ack_ms"]["mean"],
        "delivery_mean_ms": run.report["delivery_ms"]["mean"],
        "batch_mean_ms": ms(count.mean("parley_cassandra_seconds", statement="log.append")),
        "batch_p50_ms": ms(count.quantile("parley_cassandra_seconds", 0.5, statement="log.append")),
        "appends_per_message": count.total("parley_cassandra_statements_total", statement="log.append") / messages,
        "statements_per_message": {name: value / messages for name, value in sorted(
            count.by("parley_cassandra_statements_total", "statement").items())},
        "redis_calls_per_message": count.total("parley_shared_cache_calls_total") / messages,
        "cassandra_cpu_us_per_message": cpu["cassandra"] / messages,
        "nats_cpu_us_per_message": cpu["nats"] / messages,
        "redis_cpu_us_per_message": cpu["redis"] / messages,
    }
    return found


def ms(seconds):
    return None if seconds is None else seconds * 1000


def idle(machines, seconds=5):
    """CPU of all nodes together while nobody does anything, in µs a second."""
    before = counters.look(machines.processes, machines.nodes)
    time.sleep(seconds)  # this is what is measured
    span = counters.Span(before, counters.look(machines.processes, machines.nodes, last=True))
    return span.cpu_of("parleyd") / span.seconds * MICRO
