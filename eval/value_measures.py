"""Values compared on strictly matched spans, by the value types of the scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..schema import Scheme, Value, load_actors
from ..schema.value_types import EARTH_RADIUS_KM
from .matching.span_columns import Ints
from .statistics.metrics import number, ratio
from .value_rules import ValueRule

FARTHEST_KM = pi * EARTH_RADIUS_KM
"""Half the Earth's circumference: the largest error there is, for the area under the error curve."""


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """What was right in each document's matched spans of one label; sums over documents give the figures.

    Attributes:
        rule: By which values were compared.
        passed: How often what `rule.names` say agreed. Shape `(n_documents, n_names)`.
        compared: How often it could be compared. Shape `(n_documents, n_names)`.
        matched: Strictly matched spans.
        errors_km: Error of each pair whose two points are known, and the document it is in; empty without coordinates.
        clusters: The ids of pairs whose gold actor no registry knows; None where the label's ids are not actors'.
    """

    rule: ValueRule
    passed: Ints
    compared: Ints
    matched: int
    errors_km: tuple[tuple[int, float], ...]
    clusters: list[tuple[str | None, str | None]] | None

    def log_errors(self) -> NDArray[np.float64]:
        """Of each document the sum of its errors' shares of the area, and their number. Shape `(n, 2)`."""
        table = np.zeros((len(self.passed), 2))
        for document, error in self.errors_km:
            table[document] += error_area([error]), 1
        return table

    def figures(self, spans: int) -> dict[str, Any]:
        """The figures of the label, null where nothing was compared.

        Args:
            spans: Gold and system spans of the label together, matched or not.
        """
        passed, compared = self.passed.sum(axis=0), self.compared.sum(axis=0)
        rates = [number(float(rate)) for rate in ratio(passed, compared)]
        told: dict[str, Any] = {
            "value_accuracy": rates[0],
            "value_f1": None if self.rule.given is None else number(float(ratio(2 * passed[0], np.array(spans)))),
        }
        told |= dict(zip(self.rule.names[1:], rates[1:], strict=True))
        if self.rule.points:
            errors = [error for _, error in self.errors_km]
            told |= {
                "median_km": number(float(np.median(errors)) if errors else np.nan),
                "auc": number(error_area(errors)),
            }
        if self.clusters is not None:
            figures = zip(("precision", "recall", "f1"), b_cubed(self.clusters), strict=True)
            told["b_cubed"] = {**{name: number(value) for name, value in figures}, "support": len(self.clusters)}
        return told | {"support": self.matched}


def count_values(
    rule: ValueRule, pairs: Sequence[tuple[int, Value | None, Value | None]], scheme: Scheme, documents: int
) -> ValueCounts:
    """Compares the values of strictly matched spans of one label.

    Args:
        rule: Of the label.
        pairs: Document, gold value, system value.
        scheme: Of the label.
        documents: How many there are.
    """
    passed = np.zeros((documents, len(rule.names)), dtype=np.int64)
    compared = np.zeros_like(passed)
    errors: list[tuple[int, float]] = []
    for document, gold, system in pairs:
        found, counts, error = rule.compare(gold, system)
        passed[document] += np.logical_and(found, counts)
        compared[document] += counts
        if error is not None:
            errors.append((document, error))
    clusters = _unlisted(rule, pairs, scheme)
    return ValueCounts(rule, passed, compared, len(pairs), tuple(errors), clusters)


def error_area(errors_km: Sequence[float]) -> float:
    """The normalised area under the curve of the sorted log errors, 0 best, 1 worst; NaN without errors.

    The mean of ln(error + 1) over ln(largest possible error) (Jurgens et al. 2015).
    """
    if not errors_km:
        return float("nan")
    return float(np.mean(np.log(np.asarray(errors_km) + 1)) / np.log(FARTHEST_KM))


def b_cubed(pairs: Sequence[tuple[str | None, str | None]]) -> tuple[float, float, float]:
    """B³ precision, recall and F1 (Bagga and Baldwin 1998) of the clusters that ids make of the same mentions.

    A mention without an id is a cluster of its own. NaN without mentions.
    """
    if not pairs:
        return (float("nan"),) * 3
    gold, system = (
        [name if name is not None else f"\\0{i}" for i, name in enumerate(side)] for side in zip(*pairs, strict=True)
    )
    sizes_gold, sizes_system, both = Counter(gold), Counter(system), Counter(zip(gold, system, strict=True))
    precision = sum(n * n / sizes_system[s] for (_, s), n in both.items()) / len(pairs)
    recall = sum(n * n / sizes_gold[g] for (g, _), n in both.items()) / len(pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _unlisted(
    rule: ValueRule, pairs: Sequence[tuple[int, Value | None, Value | None]], scheme: Scheme
) -> list[tuple[str | None, str | None]] | None:
    """The ids of pairs whose gold actor no registry knows; None for a label whose ids are not actors'."""
    for found, item, authority in scheme.identifiers():
        if found.name == rule.label.name and authority == "actors":
            if item.name not in (rule.given or ()):
                return []
            registry = load_actors()
            names = [[None if v is None else item.parts(v)[0] for v in (gold, system)] for _, gold, system in pairs]
            ids = [[None if name is None else registry.canonical(name) for name in both] for both in names]
            return [(a, b) for a, b in ids if a is not None and registry.get(a) is None]
    return None
