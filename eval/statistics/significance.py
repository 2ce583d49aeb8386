"""Paired significance tests between systems that were scored against the same gold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from ..score_results import SystemScore
from .bootstrap import approximate_randomisation, holm
from .metrics import Floats, precision_recall_f1

COMPARED = "spans.strict.micro.f1"
"""Path of the metric by which systems are compared."""

METHOD = "approximate randomisation"


def compare_systems(systems: Sequence[SystemScore], *, resamples: int, seed: int) -> list[dict[str, Any]]:
    """Test all pairs of systems by `COMPARED`, with Holm's correction over all pairs."""
    comparisons: list[dict[str, Any]] = []
    for a, b in combinations(systems, 2):
        counts_a, counts_b = (system.matches.counts["strict"].stacked()[:, -1] for system in (a, b))
        f1_scores = [system.spans["strict"]["micro"]["f1"] for system in (a, b)]
        p_value = None
        if resamples:
            p_value = approximate_randomisation(counts_a, counts_b, _f1, resamples=resamples, seed=seed)
        comparisons.append(
            {
                "a": a.name,
                "b": b.name,
                "measure": COMPARED,
                "difference": None if None in f1_scores else f1_scores[0] - f1_scores[1],
                "p_value": p_value,
                "p_holm": None,
                "method": METHOD,
                "resamples": resamples,
            }
        )
    for item, p_holm in zip(comparisons, holm([item["p_value"] for item in comparisons]), strict=True):
        item["p_holm"] = p_holm
    return comparisons


def _f1(counts: Floats) -> Floats:
    return precision_recall_f1(counts)[..., 2]
