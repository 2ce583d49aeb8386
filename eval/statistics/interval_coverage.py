"""Coverage of 95 % bootstrap intervals for small numbers of documents: how often they contain the true value.

`python -m benchmarks.simulations.coverage` computes the table by simulation; a test repeats a part of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...schema import pluralize

NOMINAL = 0.95

MIN_DOCUMENTS = 10
"""Minimum number of documents for intervals, unless they are requested, and for p-values."""

RELIABLE_DOCUMENTS = 30
"""Number of documents from which on intervals need no note."""

SIMULATED: Mapping[int, float] = {
    2: 0.5,
    3: 0.73,
    4: 0.78,
    5: 0.82,
    6: 0.84,
    7: 0.86,
    8: 0.87,
    9: 0.88,
    10: 0.9,
    12: 0.89,
    15: 0.9,
    20: 0.92,
    30: 0.93,
    50: 0.94,
}
"""Share of simulated corpora whose interval of micro F1 contains the true value, by number of documents."""


def simulated_coverage(documents: int) -> float | None:
    """Return the coverage for the largest simulated size up to `documents`; None for fewer than 2 documents."""
    sizes = [size for size in SIMULATED if size <= documents]
    return SIMULATED[max(sizes)] if sizes else None


def sample_size_notes(documents: int, *, requested: bool, tests: bool = True) -> list[str]:
    """Return notes on the reliability of intervals and tests for small numbers of documents.

    Args:
        documents: Number of documents.
        requested: Whether intervals are computed for fewer than `MIN_DOCUMENTS` documents.
        tests: Whether there are tests too.
    """
    count = pluralize(documents, "document")
    coverage = simulated_coverage(documents)
    what = "intervals and tests" if tests else "intervals"
    if documents >= RELIABLE_DOCUMENTS:
        return []
    if documents < MIN_DOCUMENTS and (not requested or coverage is None):
        return [f"{count}: too few for {what}, which require at least {MIN_DOCUMENTS}"]
    missing = documents < MIN_DOCUMENTS and tests
    no_tests = f"; too few for tests, which require at least {MIN_DOCUMENTS}" if missing else ""
    actual = f"intervals contain the true value in about {coverage:.0%} of simulations, not in {NOMINAL:.0%}"
    return [f"{count}: too few for reliable intervals; {actual}{no_tests}"]
