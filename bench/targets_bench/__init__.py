"""The measurements of bench/targets: one module for the targets that go together."""
