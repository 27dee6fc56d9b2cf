"""P7: memory of a connection that says nothing."""
from targets_bench.verdict import Row, median

OWN = ("server", "rss_per_connection_bytes")
KERNEL = ("server", "kernel_slab_per_connection_bytes")


def p7(session):
    # Server and generator are processes of their own; each may open 20,000 files here.
    connections = session.size(10_000, 1000)
    runs = session.in_turn({"idle": lambda: session.bench("idle", "--connections", connections, *session.seconds())})
    kernel = median(runs["idle"], *KERNEL)
    return [memory(runs["idle"], connections), Row("P7", "and of the kernel's, both ends", kernel / 1000, unit="kB")]


def memory(reports, connections):
    return Row("P7", f"memory per idle connection of {connections:,}", median(reports, *OWN) / 1000, 8, 3, unit="kB")
