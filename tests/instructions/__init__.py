"""What a message costs, counted in instructions and allocations of the built parleyd: see test_budget.py."""
