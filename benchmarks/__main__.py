"""Runs every benchmark, or those named: `python -m benchmarks [reading] [memory] [help]`."""

import sys

from . import memory, reading, startup

BENCHMARKS = {"reading": reading.main, "memory": memory.main, "help": startup.main}

for name in sys.argv[1:] or BENCHMARKS:
    BENCHMARKS[name]()
