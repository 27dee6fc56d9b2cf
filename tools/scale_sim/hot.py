"""The hottest conversation, event by event: messages come at random, and one conditional batch at a time carries what
gathered while the last one ran (group commit)."""
import dataclasses
import math
import random

MOST_ROWS = 256  # of a group commit
SEED = 6
MESSAGES = 20_000
SPREAD = 0.2  # of the time of a batch, log-normal: 99 % take less than 1.6 times the median


@dataclasses.dataclass
class Hot:
    rate: float
    ack_p50_ms: float
    ack_p99_ms: float
    busy: float  # share of time that a batch is under way
    batch: float  # messages in one, on average


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def run(rate, c, messages=MESSAGES, seed=SEED):
    """`rate` messages a second, in no rhythm, to one conversation."""
    rng = random.Random(seed)
    arrivals, now = [], 0.0
    for _ in range(messages):
        now += rng.expovariate(rate)
        arrivals.append(now)
    acks, busy, batches, taken, free = [], 0.0, 0, 0, 0.0
    while taken < messages:
        start = max(free, arrivals[taken])
        end = taken + 1
        while end < messages and end - taken < MOST_ROWS and arrivals[end] <= start:
            end += 1
        rows = end - taken
        median = (c.cassandra_commit_ms + (rows - 1) * c.cassandra_commit_row_ms) / 1000
        took = median * rng.lognormvariate(0, SPREAD)
        free = start + took
        busy += took
        batches += 1
        acks.extend((free - x) * 1000 for x in arrivals[taken:end])
        taken = end
    acks.sort()
    return Hot(rate, percentile(acks, 0.5), percentile(acks, 0.99), busy / free, messages / batches)


def cores(a, c, nodes):
    """(cores that the conversation's owner spends on it, cores of every other node)."""
    devices = a.hot_members * a.devices
    commit = a.hot_messages_per_s * (c.message_cpu_us * c.many_machines_factor + c.bus_publish_cpu_us)
    deliver = a.hot_messages_per_s * (devices / nodes * c.delivery_cpu_us + c.bus_receive_cpu_us)
    return (commit + deliver) / 1e6, deliver / 1e6
