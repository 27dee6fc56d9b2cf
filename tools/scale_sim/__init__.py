"""The capacity model of docs/scaling.md: `tools/scale-sim` is its front door.

inputs.py    reads costs.toml (what things cost) and assumptions.toml (what people do)
traffic.py   draws messages at random and counts what each of them sets off (fan-out)
machines.py  from the counts of a second at the peak to machines of each kind
hot.py       the hottest conversation, event by event: group commits at its owner
storm.py     reconnect storms, step by step: a node dies, a zone dies
report.py    the tables of docs/scaling.md
"""
