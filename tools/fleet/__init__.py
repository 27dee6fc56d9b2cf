"""Starts and stops the servers that Parley runs on with many machines: for tests (tools/engines), and as a whole
fleet on this one (tools/cluster). See README.md."""
