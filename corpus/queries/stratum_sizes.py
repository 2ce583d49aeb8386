"""How many documents a sample takes from each stratum."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

from ...schema import UsageError, pluralize

S = TypeVar("S", bound=tuple[str, ...])


def allocate(sizes: Mapping[S, int], weights: Mapping[S, Fraction], total: int) -> dict[S, int]:
    """Divide a sample among strata in proportion to their weights: at least one document each, at most all.

    Each document after the first of every stratum goes to where `weight / (2 * taken + 1)` is highest (the method of
    Webster and Sainte-Laguë). Proportions that divide evenly are met exactly, and a larger sample takes no fewer
    documents from any stratum. Equal shares are decided by the names of the strata.

    Args:
        sizes: Number of documents of each stratum, none of which is 0.
        weights: Weight of each stratum, 0 or more.
        total: Size of the sample, at most the number of all documents.

    Raises:
        UsageError: There are more strata than documents in the sample.
    """
    if total < len(sizes):
        what = f"{pluralize(len(sizes), 'stratum').replace('stratums', 'strata')}, and a sample of {total:,}"
        raise UsageError(f"`by`: {what}. Fix: a sample of at least {len(sizes):,}, or fewer or coarser fields")
    taken = dict.fromkeys(sizes, 1)
    queue = [(-weights[name] / 3, name) for name, size in sizes.items() if size > 1]
    heapq.heapify(queue)
    for _ in range(total - len(sizes)):
        _, name = queue[0]
        taken[name] += 1
        if taken[name] < sizes[name]:
            heapq.heapreplace(queue, (-weights[name] / (2 * taken[name] + 1), name))
        else:
            heapq.heappop(queue)
    return taken
