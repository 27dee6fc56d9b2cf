"""P2: beside ejabberd. bench/compare starts it."""
from targets_bench.programs import TargetError


def p2(session):
    raise TargetError("ejabberd is started by bench/compare, which is not here yet")
