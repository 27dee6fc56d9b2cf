"""The comparison of bench/compare: other servers beside Parley under the same load, in turn in one run."""
