"""The field's open gold on this machine: fetching, reading and keeping sets, and benchmarks over all of them."""
