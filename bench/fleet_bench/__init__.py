"""The measurements of bench/fleet: a fleet of its own for each, loaded by parley-bench."""
