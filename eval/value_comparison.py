"""Comparison of values: when two values match, and which of their fields can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from functools import cache
from operator import attrgetter, ne
from typing import Any

from ..schema import Field, Label, Scheme, Span, Value, canonical_value, distance_km, parse_edtf
from ..schema.value_types import Choice, Coordinates, EdtfDate, Identifier, Interval

NEAR_KM = (25, 161)
"""Radii for geocoding accuracy: that of the scheme, and the customary 161 km (100 miles; Cheng et al. 2010)."""

FilledFields = Mapping[str, frozenset[str]]
"""Names of the fields, by label, that a layer fills in for at least one span; labels without such fields are absent."""


def filled_fields(values: Iterable[tuple[str, Value | None]], scheme: Scheme) -> FilledFields:
    """Return the fields that a layer fills in; a field that no span fills in was not annotated, rather than wrong.

    Args:
        values: Label and value of each span, or of each distinct value.
        scheme: Scheme of the layer.
    """
    unfilled = {label.name: dict(label.fields) for label in scheme.labels.values()}
    filled: dict[str, set[str]] = defaultdict(set)
    for label, value in values:
        if value is not None:
            for name, field in list(unfilled[label].items()):
                if field.knows(value):
                    filled[label].add(name)
                    del unfilled[label][name]
    return {label: frozenset(names) for label, names in filled.items()}


ComparedValues = tuple[tuple[bool, ...], tuple[bool, ...], float | None]
"""What matches, what was compared (both in the order of `ValueRule.names`), and the distance in km."""


class ValueRule:
    """Comparison of two values of one label, shared by metrics, error analysis and agreement.

    Attributes:
        label: Label whose values are compared.
        compared_fields: Fields that both sides fill in; None if a side fills in none of the label.
        names: Names of what is compared: `right`, then the metrics of single fields.
        has_points: Whether the values have coordinates.
    """

    def __init__(self, scheme: Scheme, label: Label, filled: FilledFields) -> None:
        """Initialise the rule.

        Args:
            scheme: Scheme that names the authorities of identifiers.
            label: Label whose values are compared.
            filled: Fields that both sides fill in; others are not compared.
        """
        self.label = label
        self.compared_fields = filled.get(label.name)
        self._scheme = scheme
        checks = [(field, check) for field in label.fields.values() for check in _checks(field)]
        self.names = ("right", *(name for _, (name, _) in checks))
        self._checks = [(field.name in (self.compared_fields or ()), check) for field, (_, check) in checks]
        self._point = next((field for field in label.fields.values() if isinstance(field.type, Coordinates)), None)
        self.has_points = self._point is not None
        keys = [key for field in label.fields.values() for key in field.keys]
        self._parts = attrgetter(*(key.name for key in keys), "__class__") if keys else None
        self._defaults = (*(key.default for key in keys), label.value_type)
        self._equal: dict[tuple[bool, ...], ComparedValues] = {}
        self._compare_cached = cache(self.compare)

    def same(self, gold: Value | None, system: Value | None) -> bool:
        """Check whether two values match or cannot be compared because a side fills in no values of the label."""
        passed, compared = self._compare_cached(gold, system)[:2]
        return passed[0] or not compared[0]

    def similarity(self, gold: Value | None, system: Value | None) -> float:
        """Return the similarity of two values: matching values first, then more matching fields, then nearer points."""
        passed, compared, error = self._compare_cached(gold, system)
        matching = sum(p and c for p, c in zip(passed[1:], compared[1:], strict=True))
        proximity = 0.0 if error is None else 0.5 / (1 + error)
        return (passed[0] and compared[0]) * float(len(passed)) + matching + proximity

    def compare(self, gold: Value | None, system: Value | None) -> ComparedValues:
        """Return what matches and what was compared (both in the order of `names`), and the distance in km."""
        if gold != system or gold is None or self._parts is None:
            return self._compare_parts(gold, system)
        # what matches in equal values depends only on which parts are known
        known = tuple(map(ne, self._parts(gold), self._defaults))
        result = self._equal.get(known)
        if result is None:
            result = self._equal[known] = self._compare_parts(gold, system)
        return result

    def _compare_parts(self, gold: Value | None, system: Value | None) -> ComparedValues:
        gold, system = (canonical_value(value, self.label, self._scheme) for value in (gold, system))
        results = [(comparable, check(gold, system)) for comparable, check in self._checks]
        passed = (self.label.same(gold, system), *(bool(result) for _, result in results))
        comparisons = (comparable and result is not None for comparable, result in results)
        compared = (self.compared_fields is not None, *comparisons)
        return passed, compared, self._distance(gold, system)

    def _distance(self, gold: Value | None, system: Value | None) -> float | None:
        if self._point is None or gold is None or system is None:
            return None
        a, b = self._point.parts(gold), self._point.parts(system)
        return None if None in (*a, *b) else distance_km((a[0], a[1]), (b[0], b[1]))


class ValueRules:
    """Rules for the values of all labels of a scheme, given the fields that two layers fill in."""

    def __init__(self, scheme: Scheme, gold: FilledFields, system: FilledFields) -> None:
        """Initialise the rules.

        Args:
            scheme: Scheme of both layers.
            gold: Fields that the first layer fills in.
            system: Fields that the second layer fills in.
        """
        self._scheme = scheme
        self._sides = (gold, system)
        both = {label: gold[label] & system[label] for label in gold.keys() & system.keys()}
        self._rules = {label.name: ValueRule(scheme, label, both) for label in scheme.labels.values()}

    def __getitem__(self, label: str) -> ValueRule:
        return self._rules[label]

    def same(self, gold: Span, system: Span) -> bool:
        """Check whether the values of two spans of one label match or cannot be compared."""
        return self[gold.label].same(gold.value, system.value)

    def similarity(self, gold: Span, system: Span) -> float:
        """Return the similarity of the values of two spans of one label, which the pairing of duplicates maximises."""
        return self[gold.label].similarity(gold.value, system.value)

    def notes(self, gold: str, system: str, gold_labels: Set[str], system_labels: Set[str]) -> list[str]:
        """Return notes on values and fields that a side does not fill in.

        Args:
            gold: Name of the first side.
            system: Name of the second side.
            gold_labels: Labels of the spans of the first side.
            system_labels: Labels of the spans of the second side.
        """
        empty = self.without_values(gold, system, gold_labels, system_labels)
        notes = [f"{name} has no values for {', '.join(labels)}: not compared" for name, labels in empty.items()]
        return notes + self.field_notes(gold, system)

    def without_values(
        self, gold: str, system: str, gold_labels: Set[str], system_labels: Set[str]
    ) -> dict[str, tuple[str, ...]]:
        """Return labels of which a side has spans without any value, by the name of the side; see `notes`."""
        found = {}
        for name, filled, used in zip((gold, system), self._sides, (gold_labels, system_labels), strict=True):
            empty = [n for n, label in self._scheme.labels.items() if label.fields and n in used and n not in filled]
            if empty:
                found[name] = tuple(empty)
        return found

    def field_notes(self, gold: str, system: str) -> list[str]:
        """Return notes on fields that a side does not fill in, without which no value is correct; see `notes`."""
        notes = []
        for label in self._scheme.labels.values():
            gold_fields, system_fields = (filled.get(label.name, frozenset()) for filled in self._sides)
            groups = label.correct or (tuple(label.fields),)
            differing = gold_fields ^ system_fields
            if gold_fields and system_fields and all(differing.intersection(group) for group in groups):
                missing = [
                    f"{name} has no {', '.join(sorted(fields))}"
                    for name, fields in ((gold, system_fields - gold_fields), (system, gold_fields - system_fields))
                    if fields
                ]
                notes.append(f"no value of {label.name} can be correct: {'; '.join(missing)}")
        return notes


_Check = Callable[[Value | None, Value | None], bool | None]
"""A check whether a part of two values matches; its result is None if the gold value is not specific enough."""


def _checks(field: Field) -> list[tuple[str, _Check]]:
    """Return the checks of a field with the names of their metrics."""
    kind = field.type

    def same(a: Value | None, b: Value | None) -> bool:
        if a is None or b is None:
            return _all_unknown(field, a) and _all_unknown(field, b)
        return kind.same(field.parts(a), field.parts(b)) or (_all_unknown(field, a) and _all_unknown(field, b))

    if isinstance(kind, Coordinates):
        return [(f"acc_{radius}km", _within(field, radius)) for radius in NEAR_KM]
    if isinstance(kind, Interval):
        return [("interval_accuracy", same), ("interval_overlap", _both(field, _intervals_overlap))]
    if isinstance(kind, EdtfDate):
        return [(f"{field.name}_overlap", _both(field, lambda a, b: parse_edtf(a[0]).overlaps(parse_edtf(b[0]))))]
    return [(f"{field.name}_accuracy", same)] if isinstance(kind, Choice | Identifier) else []


def _all_unknown(field: Field, value: Value | None) -> bool:
    return value is None or all(part == key.default for part, key in zip(field.parts(value), field.keys, strict=True))


def _both(field: Field, match: Callable[[Any, Any], bool]) -> Callable[[Value | None, Value | None], bool]:
    """Return a check whether both values are known and `match`, or neither is known."""

    def check(a: Value | None, b: Value | None) -> bool:
        if a is None or b is None or _all_unknown(field, a) or _all_unknown(field, b):
            return _all_unknown(field, a) and _all_unknown(field, b)
        return match(field.parts(a), field.parts(b))

    return check


def _within(field: Field, radius: float) -> _Check:
    """Return a check whether two points are within `radius` km; its result is None if the gold point is unknown."""
    is_near = _both(field, lambda a, b: distance_km((a[0], a[1]), (b[0], b[1])) <= radius)
    return lambda gold, system: None if _all_unknown(field, gold) else is_near(gold, system)


def _intervals_overlap(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Check whether two intervals have a number in common; null bounds are open."""
    infinity = float("inf")
    (low_a, high_a), (low_b, high_b) = (
        (-infinity if low is None else low, infinity if high is None else high) for low, high, _ in (a, b)
    )
    return bool(low_a <= high_b and low_b <= high_a)
