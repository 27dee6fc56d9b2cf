"""The curves of bench/growth: what the targets measure, at many sizes."""
