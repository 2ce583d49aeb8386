"""Run every benchmark, or those named, as in `python -m benchmarks reading rules`."""

import sys

from . import agreement, columns, export, foreign, growth, install_size, memory, reading, scoring, startup
from .annotation import annotation_effort, annotators_at_once, backend, long_article, studio
from .extractors import finders, rules
from .simulations import estimation, power, readers

BENCHMARKS = {
    "reading": reading.main,
    "columns": columns.main,
    "foreign": foreign.main,
    "memory": memory.main,
    "scoring": scoring.main,
    "agreement": agreement.main,
    "estimation": estimation.main,
    "power": power.main,
    "readers": readers.main,
    "rules": rules.main,
    "finders": finders.main,
    "export": export.main,
    "studio": studio.main,
    "annotators": annotators_at_once.main,
    "backend": backend.main,
    "clicks": annotation_effort.main,
    "page": long_article.main,
    "start": startup.main,
    "install": install_size.main,
    "growth": growth.main,
}

if unknown := [name for name in sys.argv[1:] if name not in BENCHMARKS]:
    sys.exit(f"unknown benchmark: {', '.join(unknown)}. Known: {', '.join(BENCHMARKS)}")
for name in sys.argv[1:] or BENCHMARKS:
    BENCHMARKS[name]()
