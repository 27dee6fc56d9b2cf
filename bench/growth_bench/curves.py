"""All curves, by name."""
from growth_bench import connections, conversations, members, stored

ALL = {made.CURVE.name: made.CURVE for made in (members, connections, conversations, stored)}
