"""P7: memory of a connection that says nothing."""
from targets_bench.verdict import Row, median


def p7(session):
    # Server and generator are processes of their own; each may open 20,000 files here.
    connections = session.size(10_000, 1000)
    runs = session.in_turn({"idle": lambda: session.bench("idle", "--connections", connections, *session.seconds())})
    own = median(runs["idle"], "server", "rss_per_connection_bytes")
    kernel = median(runs["idle"], "server", "kernel_slab_per_connection_bytes")
    return [Row("P7", f"memory per idle connection of {connections:,}", own / 1000, 8, 3, unit="kB"),
            Row("P7", "and of the kernel's, both ends", kernel / 1000, unit="kB")]
