"""What one message sets off, on average: drawn at random from the sizes of conversations, with a fixed seed.

Rules of fan-out (docs/architecture.md, sections 4 and 5): an event goes to each member's subject in conversations of up
to 64 members, and once to the conversation's subject in larger ones; receipts and typing are told in conversations of
up to `receipts.max_members` alone.
"""
import dataclasses
import random

LARGE_CONVERSATION = 64
RECEIPTS_MOST = 100
# Positions in conversations above that are written every 5 s at most; a reader catches up some five messages at once.
LARGE_POSITION_SHARE = 0.2
DRAWS = 200_000
SEED = 6


@dataclasses.dataclass
class Fanout:
    """Averages per message."""

    members: float = 0
    deliveries: float = 0  # of the message itself, to devices
    momentary: float = 0  # of receipts and typing, to devices
    receipts: float = 0  # positions that members send
    publications: float = 0  # to the bus
    bus_small: float = 0  # taken from the bus by nodes, on subjects of people
    bus_large: list = dataclasses.field(default_factory=list)  # (share of messages, connected devices) of large ones
    head_misses: float = 0  # chance that Redis has not (any more) the head that a resume reads


def conversation_size(rng, a):
    if rng.random() >= a.group_share:
        return 2
    size = round(a.group_median * rng.lognormvariate(0, a.group_sigma))
    return max(3, min(size, a.group_most))


def connected(rng, others, chance):
    """How many of `others` are connected: binomial, by its normal approximation where that is good."""
    if others <= 40:
        return sum(rng.random() < chance for _ in range(others))
    mean, spread = others * chance, (others * chance * (1 - chance)) ** 0.5
    return max(0, min(others, round(rng.gauss(mean, spread))))


def head_miss(size, a):
    """Redis keeps a head for a fixed time from the read that missed it; reads come in no rhythm. So of `r` reads in that
    time one in 1 + r misses."""
    readers = a.devices * (1 + (size - 1) * a.online_share)
    return 1 / (1 + readers * a.redis_ttl_s / a.resume_every_s)


def draw(a, draws=DRAWS, seed=SEED):
    """Averages over `draws` messages."""
    rng = random.Random(seed)
    total = Fanout()
    for _ in range(draws):
        size = conversation_size(rng, a)
        others = connected(rng, size - 1, a.attention)
        devices = others * a.devices
        own = a.devices - 1  # the sender's other devices
        told = size <= RECEIPTS_MOST
        receipts = others * a.receipts_per_reader if told else others * LARGE_POSITION_SHARE
        events = 1 + (receipts + a.typing_per_message if told else 0)
        total.members += size
        total.deliveries += devices + own
        total.receipts += receipts
        if told:  # each goes to the connected others; a receipt's include the sender of the message
            total.momentary += (receipts + a.typing_per_message) * devices
        if size <= LARGE_CONVERSATION:
            total.publications += events * size
            total.bus_small += events * (devices + a.devices)
        else:
            total.publications += events
            total.bus_large.append((events / draws, devices + a.devices))
        total.head_misses += head_miss(size, a)
    for field in dataclasses.fields(total):
        value = getattr(total, field.name)
        if not isinstance(value, list):
            setattr(total, field.name, value / draws)
    return total


def bus_events(fanout, nodes):
    """Events per message that nodes take from the bus: large conversations cost one per node with a member."""
    large = sum(share * nodes * (1 - (1 - 1 / nodes) ** devices) for share, devices in fanout.bus_large)
    return fanout.bus_small + large
