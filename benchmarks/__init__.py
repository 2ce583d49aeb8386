"""Benchmarks of goldspan's speed and memory, each compared with a peer in the same run: `make bench`."""
