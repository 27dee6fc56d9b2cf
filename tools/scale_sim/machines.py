"""From the averages per message to a second at the peak, and from that to machines of each kind."""
import dataclasses
import math

from scale_sim import traffic

DAY_S = 86_400
MICRO = 1e-6


@dataclasses.dataclass
class Peak:
    """A second of the busiest hour, and what carries it. CPU in cores that are busy."""

    people: int
    online: float
    connections: float
    messages: float
    deliveries: float
    momentary: float
    publications: float
    bus_events: float
    resumes: float
    connects: float
    heads_missed: float  # heads that resumes read from Cassandra
    cassandra_commits: float
    cassandra_writes: float
    cassandra_reads: float
    redis_ops: float
    stored_bytes: float  # on all replicas, of all the years that are kept
    parleyd_cpu: float
    nats_cpu: float
    cassandra_cpu: float
    redis_cpu: float
    balancer_cpu: float
    parleyd: int = 0
    parleyd_by: str = ""
    nats: int = 0
    nats_bytes: float = 0
    cassandra_by_cpu: int = 0
    cassandra_by_disk: int = 0
    redis: int = 0
    redis_bytes: float = 0
    balancers: int = 0

    @property
    def cassandra(self):
        return max(self.cassandra_by_cpu, self.cassandra_by_disk)


def evenly(machines, zones):
    """At least one in each zone, and as many in each as in the others."""
    return max(1, math.ceil(machines / zones)) * zones


def by_cpu(cpu, cores, a):
    return evenly(cpu / (cores * a.load_most), a.zones)


def by_connections(connections, most, a):
    """So that what is left holds all connections when a zone is lost."""
    left = (a.zones - 1) / a.zones if a.zones > 1 else 1
    return evenly(connections / (most * left), a.zones)


def second(people, nodes, fanout, a, c):
    """The peak with `nodes` parleyd."""
    online = people * a.online_share
    connections = online * a.devices
    messages = people * a.messages_per_person / DAY_S * a.peak_factor
    connects = people * a.connects_per_person / DAY_S * a.peak_factor
    resumes = connections / a.resume_every_s + connects
    heads = resumes * a.conversations_per_person
    heads_missed = heads * fanout.head_misses
    deliveries = messages * fanout.deliveries
    momentary = messages * fanout.momentary
    receipts = messages * fanout.receipts
    publications = messages * fanout.publications
    bus_events = messages * traffic.bus_events(fanout, nodes)
    starts = messages * a.actor_starts_per_message
    commits = messages
    # For a message: idempotency, `applied`, and half a listing in `active`; for a receipt its position.
    writes = messages * 2.5 + receipts + connects
    # For a message: whether its client_id is known. To start an actor: head, conversation, members, recent entries. For
    # a connect: session, memberships, and two pages of history.
    reads = messages + starts * 4 + connects * 4 + heads_missed
    redis_ops = messages * 2 + heads + heads_missed + connects * 2
    frames = deliveries + momentary + messages + receipts
    parleyd = (messages * c.message_cpu_us * c.many_machines_factor + (deliveries + momentary) * c.delivery_cpu_us
               + receipts * c.receipt_cpu_us + publications * c.bus_publish_cpu_us
               + bus_events * c.bus_receive_cpu_us + connections / a.heartbeat_s * c.ping_cpu_us
               + resumes * c.resume_cpu_us + heads * c.head_cpu_us)
    nats = publications * c.nats_publish_cpu_us + bus_events * c.nats_delivery_cpu_us
    cassandra = (commits * c.cassandra_commit_cpu_us + writes * c.cassandra_write_cpu_us
                 + reads * c.cassandra_read_cpu_us)
    balancer = frames * c.balancer_frame_cpu_us + connects * c.tls_handshake_cpu_us
    return Peak(
        people=people, online=online, connections=connections, messages=messages, deliveries=deliveries,
        momentary=momentary, publications=publications, bus_events=bus_events, resumes=resumes, connects=connects,
        heads_missed=heads_missed, cassandra_commits=commits, cassandra_writes=writes, cassandra_reads=reads,
        redis_ops=redis_ops,
        stored_bytes=people * a.messages_per_person * 365 * a.kept_years * c.message_bytes * 3,
        parleyd_cpu=parleyd * MICRO, nats_cpu=nats * MICRO, cassandra_cpu=cassandra * MICRO,
        redis_cpu=redis_ops * c.redis_op_cpu_us * MICRO, balancer_cpu=balancer * MICRO)


def size(people, fanout, a, c):
    """The peak of `people` daily users with the machines that carry it."""
    nodes = a.zones
    while True:  # more nodes take more events from the bus, so that more nodes are needed: it settles soon
        peak = second(people, nodes, fanout, a, c)
        cpu = by_cpu(peak.parleyd_cpu, a.parleyd_cores, a)
        held = by_connections(peak.connections, a.parleyd_connections, a)
        wanted = max(cpu, held)
        if wanted <= nodes:
            break
        nodes = wanted
    peak.parleyd = nodes
    peak.parleyd_by = "one in each zone" if nodes == a.zones else "CPU" if cpu >= held else "connections"
    peak.nats = by_cpu(peak.nats_cpu, a.nats_cores, a)
    peak.nats_bytes = peak.connections * c.nats_subscription_bytes
    peak.cassandra_by_cpu = by_cpu(peak.cassandra_cpu, a.cassandra_cores, a)
    peak.cassandra_by_disk = evenly(peak.stored_bytes / (a.cassandra_disk_tb * 1e12), a.zones)
    peak.redis = max(1, math.ceil(peak.redis_cpu / (a.redis_cores * a.load_most)))
    kept = (peak.heads_missed + peak.messages + peak.connects) * a.redis_ttl_s
    peak.redis_bytes = kept * c.redis_entry_bytes
    # Two at least, so that one may be away.
    peak.balancers = max(2, math.ceil(peak.balancer_cpu / (a.balancer_cores * a.load_most)))
    return peak


def memory_of_parleyd(peak, a, c):
    """Bytes that a parleyd needs when a zone is lost."""
    held = peak.connections / peak.parleyd * a.zones / max(1, a.zones - 1)
    return c.parleyd_fixed_bytes + held * c.connection_bytes
