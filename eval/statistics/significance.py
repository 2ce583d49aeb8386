"""Paired significance tests between systems that were scored against the same gold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ..metric_types.metric_groups import Metric
from ..score_results import SystemComparison
from ..system_score import SystemScore
from .bootstrap import approximate_randomisation, holm
from .metrics import Floats, precision_recall_f1

COMPARED = "spans.strict.micro.f1"
"""Path of the metric by which systems are compared."""

METHOD = "approximate randomisation"


def compare_systems(systems: Sequence[SystemScore], *, resamples: int, seed: int) -> list[SystemComparison]:
    """Test all pairs of systems by `COMPARED`, with Holm's correction over all pairs."""
    pairs = list(combinations(systems, 2))
    p_values: list[float | None] = [None] * len(pairs)
    if resamples:
        p_values = [
            approximate_randomisation(_counts(a), _counts(b), _f1, resamples=resamples, seed=seed) for a, b in pairs
        ]
    return [
        SystemComparison(
            a=a.name,
            b=b.name,
            measure=COMPARED,
            difference=_difference(a.spans.strict.f1, b.spans.strict.f1),
            p_value=p_value,
            p_holm=p_holm,
            method=METHOD,
            resamples=resamples,
        )
        for (a, b), p_value, p_holm in zip(pairs, p_values, holm(p_values), strict=True)
    ]


def _difference(a: Metric, b: Metric) -> float | None:
    return None if a is None or b is None else a - b


def _counts(system: SystemScore) -> NDArray[np.int32]:
    """Return the strict counts over all labels of each document. Shape `(n_documents, 4)`."""
    return system.matches.counts["strict"].stacked()[:, -1]


def _f1(counts: Floats) -> Floats:
    return precision_recall_f1(counts)[..., 2]
