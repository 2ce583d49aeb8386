"""Paired tests between systems that were scored against the same gold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from ..scores import SystemScore
from .bootstrap import approximate_randomisation, holm
from .metrics import Floats, precision_recall_f1

COMPARED = "spans.strict.micro.f1"
"""The figure that systems are compared by."""

METHOD = "approximate randomisation"


def compare_systems(systems: Sequence[SystemScore], *, resamples: int, seed: int) -> list[dict[str, Any]]:
    """Tests of each two systems by `COMPARED`, with Holm's correction over all pairs."""
    found: list[dict[str, Any]] = []
    for a, b in combinations(systems, 2):
        one, other = (system.matches.counts["strict"].stacked()[:, -1] for system in (a, b))
        figures = [system.spans["strict"]["micro"]["f1"] for system in (a, b)]
        p_value = approximate_randomisation(one, other, _f1, resamples=resamples, seed=seed) if resamples else None
        found.append(
            {
                "a": a.name,
                "b": b.name,
                "measure": COMPARED,
                "difference": None if None in figures else figures[0] - figures[1],
                "p_value": p_value,
                "p_holm": None,
                "method": METHOD,
                "resamples": resamples,
            }
        )
    for item, p_holm in zip(found, holm([item["p_value"] for item in found]), strict=True):
        item["p_holm"] = p_holm
    return found


def _f1(counts: Floats) -> Floats:
    return precision_recall_f1(counts)[..., 2]
