"""Values compared on strictly matched spans, by the value types of the scheme."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..schema import Field, Label, Scheme, Value, distance_km, load_actors, parse_edtf
from ..schema.value_types import EARTH_RADIUS_KM, Choice, Coordinates, EdtfDate, Identifier, Interval
from .spans import Ints

NEAR_KM = (25, 161)
"""Radii of accuracy in geocoding: the scheme's own, and the literature's 161 km (100 miles; Cheng et al. 2010)."""

FARTHEST_KM = pi * EARTH_RADIUS_KM
"""Half the Earth's circumference: the largest error there is, for the area under the error curve."""


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """What was right in one document's matched spans of one label; sums over documents give the figures.

    Attributes:
        names: Of the columns: `right`, then each part's accuracy.
        counts: Shape `(n_documents, n_columns)`.
        matched: Strictly matched spans. Shape `(n_documents,)`.
        points: Whether the label has coordinates.
        errors_km: Error of each pair whose two points are known, and the document it is in; empty without coordinates.
    """

    names: tuple[str, ...]
    counts: Ints
    matched: Ints
    errors_km: tuple[tuple[int, float], ...]
    points: bool

    def log_errors(self) -> NDArray[np.float64]:
        """Of each document the sum of its errors' shares of the area, and their number. Shape `(n, 2)`."""
        table = np.zeros((len(self.matched), 2))
        for document, error in self.errors_km:
            table[document] += error_area([error]), 1
        return table


def count_values(
    scheme: Scheme, label: Label, pairs: Sequence[tuple[int, Value | None, Value | None]], documents: int
) -> ValueCounts:
    """Compares the values of strictly matched spans of one label.

    Args:
        scheme: Names the authorities that resolve identifiers.
        label: Its fields and its rule of what is right.
        pairs: Document, gold value, system value.
        documents: How many there are.
    """
    checks = [check for item in label.fields.values() for check in _checks(item)]
    names = ("right", *(name for name, _ in checks))
    counts = np.zeros((documents, len(names)), dtype=np.int64)
    matched = np.zeros(documents, dtype=np.int64)
    errors: list[tuple[int, float]] = []
    point = next((item for item in label.fields.values() if isinstance(item.type, Coordinates)), None)

    @cache
    def compare(gold: Value | None, system: Value | None) -> list[int]:
        gold, system = (canonical(label, value, scheme) for value in (gold, system))
        return [label.same(gold, system), *(check(gold, system) for _, check in checks)]

    for document, gold, system in pairs:
        counts[document] += compare(gold, system)
        matched[document] += 1
        if point and gold is not None and system is not None:
            a, b = point.parts(gold), point.parts(system)
            if None not in (*a, *b):
                errors.append((document, distance_km((a[0], a[1]), (b[0], b[1]))))
    return ValueCounts(names, counts, matched, tuple(errors), point is not None)


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


def unlisted_pairs(
    scheme: Scheme, label: Label, pairs: Sequence[tuple[int, Value | None, Value | None]]
) -> list[tuple[str | None, str | None]] | None:
    """The ids of pairs whose gold actor no registry knows; None for a label whose ids are not actors'."""
    for found, item, authority in scheme.identifiers():
        if found.name == label.name and authority == "actors":
            registry = load_actors()
            names = [[None if v is None else item.parts(v)[0] for v in (gold, system)] for _, gold, system in pairs]
            ids = [[None if name is None else registry.canonical(name) for name in both] for both in names]
            return [(a, b) for a, b in ids if a is not None and registry.get(a) is None]
    return None


_Check = Callable[[Value | None, Value | None], bool]


def _checks(item: Field) -> list[tuple[str, _Check]]:
    """The accuracies of one field, by the name that reports use."""
    kind = item.type

    def same(a: Value | None, b: Value | None) -> bool:
        if a is None or b is None:
            return _all_unknown(item, a) and _all_unknown(item, b)
        return kind.same(item.parts(a), item.parts(b)) or (_all_unknown(item, a) and _all_unknown(item, b))

    if isinstance(kind, Coordinates):
        return [(f"acc_{radius}km", _within(item, radius)) for radius in NEAR_KM]
    if isinstance(kind, Interval):
        return [("interval_accuracy", same), ("interval_overlap", _both(item, _meet))]
    if isinstance(kind, EdtfDate):
        return [(f"{item.name}_overlap", _both(item, lambda a, b: parse_edtf(a[0]).overlaps(parse_edtf(b[0]))))]
    return [(f"{item.name}_accuracy", same)] if isinstance(kind, Choice | Identifier) else []


def _all_unknown(item: Field, value: Value | None) -> bool:
    return value is None or all(part == key.default for part, key in zip(item.parts(value), item.keys, strict=True))


def _both(item: Field, meet: Callable[[Any, Any], bool]) -> _Check:
    """Whether both values are known and meet, or neither is known."""

    def check(a: Value | None, b: Value | None) -> bool:
        if a is None or b is None or _all_unknown(item, a) or _all_unknown(item, b):
            return _all_unknown(item, a) and _all_unknown(item, b)
        return meet(item.parts(a), item.parts(b))

    return check


def _within(item: Field, radius: float) -> _Check:
    return _both(item, lambda a, b: distance_km((a[0], a[1]), (b[0], b[1])) <= radius)


def _meet(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Whether two intervals share a number; null ends are open."""
    infinity = float("inf")
    (low_a, high_a), (low_b, high_b) = (
        (-infinity if low is None else low, infinity if high is None else high) for low, high, _ in (a, b)
    )
    return bool(low_a <= high_b and low_b <= high_a)


def canonical(label: Label, value: Value | None, scheme: Scheme) -> Value | None:
    """The value with its ids as the registry has them."""
    if value is None:
        return None
    for found, item, authority in scheme.identifiers():
        if found.name == label.name and authority == "actors":
            name = getattr(value, item.name)
            known = load_actors().canonical(name) if name is not None else None
            if known != name:
                from msgspec.structs import replace

                value = replace(value, **{item.name: known})
    return value


def by_label(
    labels: Sequence[Label], spans: Sequence[tuple[int, str, Value | None, Value | None]]
) -> dict[str, list[tuple[int, Value | None, Value | None]]]:
    """Matched pairs (document, label, gold value, system value) sorted into labels; each label has an entry."""
    sorted_pairs: dict[str, list[tuple[int, Value | None, Value | None]]] = defaultdict(list)
    for document, label, gold, system in spans:
        sorted_pairs[label].append((document, gold, system))
    return {label.name: sorted_pairs[label.name] for label in labels}
