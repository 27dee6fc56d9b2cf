"""Reconnect storms, step by step: connections of a lost node, or of a lost zone, come back to those that are left.

Three queues work side by side, each with what the traffic of the peak leaves it: parleyd (handshake and resume), Redis
(heads) and Cassandra (what was missed, heads that Redis has not, and the conversations that start on a new node). All are
level when the last queue is empty.
"""
import dataclasses

STEP_S = 0.02
MOST_S = 3600
LIVE_S = 60  # a conversation stays live in memory so long after its last use


@dataclasses.dataclass
class Storm:
    lost: int
    connections: float
    seconds: float  # until all are level; inf: never at this load
    bound_by: str
    load_after: float  # of the parleyd that are left, once all are back


def drain(work, jitter, spare):
    """Seconds until `work` (in core seconds), that comes evenly over `jitter` s, is done by `spare` cores."""
    if spare <= 0:
        return float("inf")
    queue = done_at = now = 0.0
    come = 0.0
    while now < MOST_S:
        step = min(work - come, work * STEP_S / jitter)
        come += step
        queue = queue + step
        done = min(queue, spare * STEP_S)
        queue -= done
        now += STEP_S
        if done:
            done_at = now - STEP_S + (done / spare)
        if come >= work * (1 - 1e-9) and queue <= work * 1e-9:
            return max(done_at, jitter)
    return float("inf")


def run(peak, lost, jitter, a, c, fanout, zone=False):
    """Loses `lost` of the parleyd of `peak`; with `zone` that zone's share of Cassandra too (Redis stands elsewhere)."""
    databases = peak.cassandra * (a.zones - 1) / a.zones if zone else peak.cassandra
    left = peak.parleyd - lost
    back = peak.connections * lost / peak.parleyd
    heads = back * a.conversations_per_person
    missed = heads * fanout.head_misses
    live = peak.messages * a.actor_starts_per_message * LIVE_S * lost / peak.parleyd
    work = {
        "parleyd": (back * c.resume_cpu_us + heads * c.head_cpu_us) / 1e6,
        "Redis": (heads + missed) * c.redis_op_cpu_us / 1e6,
        "Cassandra": (back * (2 + a.storm_missed) + missed + live * 4) * c.cassandra_read_cpu_us / 1e6,
    }
    spare = {
        "parleyd": left * a.parleyd_cores - peak.parleyd_cpu,
        "Redis": peak.redis * a.redis_cores - peak.redis_cpu,
        "Cassandra": databases * a.cassandra_cores - peak.cassandra_cpu,
    }
    seconds = {name: drain(work[name], jitter, spare[name]) for name in work}
    slowest = max(seconds, key=seconds.get)
    bound_by = slowest if seconds[slowest] > jitter * 1.01 else "the spread"
    return Storm(lost, back, seconds[slowest], bound_by, peak.parleyd_cpu / (left * a.parleyd_cores))
