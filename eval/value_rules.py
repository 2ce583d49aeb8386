"""When two values are right for each other, and what of them can be compared at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from ..schema import Field, Label, Scheme, Span, Value, canonical_value, distance_km, parse_edtf
from ..schema.value_types import Choice, Coordinates, EdtfDate, Identifier, Interval

NEAR_KM = (25, 161)
"""Radii of accuracy in geocoding: the scheme's own, and the literature's 161 km (100 miles; Cheng et al. 2010)."""

Given = Mapping[str, frozenset[str]]
"""By label, the names of the fields that a layer fills in at least one span; a label is absent where it fills none."""


def given_fields(spans: Iterable[Span], scheme: Scheme) -> Given:
    """What of values a layer gives at all: a field that no span fills was not given, which is not the same as wrong."""
    open_fields = {label.name: dict(label.fields) for label in scheme.labels.values()}
    found: dict[str, set[str]] = defaultdict(set)
    for span in spans:
        if span.value is not None:
            for name, item in list(open_fields[span.label].items()):
                if item.knows(span.value):
                    found[span.label].add(name)
                    del open_fields[span.label][name]
    return {label: frozenset(names) for label, names in found.items()}


class ValueRule:
    """How two values of one label compare: the one place that says so, for figures, errors and agreement.

    Attributes:
        names: Of what is compared: `right`, then the figures of the parts.
    """

    def __init__(self, scheme: Scheme, label: Label, given: Given) -> None:
        """Sets the rule up.

        Args:
            scheme: Names the authorities that resolve identifiers.
            label: Its fields and its rule of what is right.
            given: What both sides give; all else is not compared.
        """
        self.label = label
        self.given = given.get(label.name)
        self._scheme = scheme
        checks = [(item, check) for item in label.fields.values() for check in _checks(item)]
        self.names = ("right", *(name for _, (name, _) in checks))
        self._checks = [(item.name in (self.given or ()), check) for item, (_, check) in checks]
        self._point = next((item for item in label.fields.values() if isinstance(item.type, Coordinates)), None)
        self.points = self._point is not None
        self.compare = cache(self._compare)

    def same(self, gold: Value | None, system: Value | None) -> bool:
        """Whether the values are right for each other, or cannot be compared as a side gives none of the label."""
        passed, compared = self.compare(gold, system)[:2]
        return passed[0] or not compared[0]

    def likeness(self, gold: Value | None, system: Value | None) -> float:
        """More where the value is right, then where more parts agree, then where the points are nearer."""
        passed, compared, error = self.compare(gold, system)
        parts = sum(p and c for p, c in zip(passed[1:], compared[1:], strict=True))
        near = 0.0 if error is None else 0.5 / (1 + error)
        return (passed[0] and compared[0]) * float(len(passed)) + parts + near

    def _compare(
        self, gold: Value | None, system: Value | None
    ) -> tuple[tuple[bool, ...], tuple[bool, ...], float | None]:
        """What agrees, what was compared (both in the order of `names`), and the distance of the points in km."""
        gold, system = (canonical_value(value, self.label, self._scheme) for value in (gold, system))
        found = [(given, check(gold, system)) for given, check in self._checks]
        passed = (self.label.same(gold, system), *(bool(result) for _, result in found))
        compared = (self.given is not None, *(given and result is not None for given, result in found))
        return passed, compared, self._distance(gold, system)

    def _distance(self, gold: Value | None, system: Value | None) -> float | None:
        if self._point is None or gold is None or system is None:
            return None
        a, b = self._point.parts(gold), self._point.parts(system)
        return None if None in (*a, *b) else distance_km((a[0], a[1]), (b[0], b[1]))


class ValueRules:
    """The rules of every label of a scheme, for two layers of which it is known what they give."""

    def __init__(self, scheme: Scheme, gold: Given, system: Given) -> None:
        """Sets the rules up.

        Args:
            scheme: Of both layers.
            gold: What one gives.
            system: What the other gives.
        """
        self._scheme = scheme
        self._sides = (gold, system)
        both = {label: gold[label] & system[label] for label in gold.keys() & system.keys()}
        self._rules = {label.name: ValueRule(scheme, label, both) for label in scheme.labels.values()}

    def __getitem__(self, label: str) -> ValueRule:
        return self._rules[label]

    def same(self, gold: Span, system: Span) -> bool:
        """Whether two spans of one label have values that are right for each other, or that cannot be compared."""
        return self[gold.label].same(gold.value, system.value)

    def likeness(self, gold: Span, system: Span) -> float:
        """How much the values of two spans of one label are alike; what a pairing of doubled spans maximises."""
        return self[gold.label].likeness(gold.value, system.value)

    def notes(self, gold: str, system: str, gold_spans: Iterable[Span], system_spans: Iterable[Span]) -> list[str]:
        """What a reader of the value figures must know of what the sides, by their names, do not give."""
        told = []
        for name, side, spans in zip((gold, system), self._sides, (gold_spans, system_spans), strict=True):
            used = {span.label for span in spans}
            open_ = [n for n, label in self._scheme.labels.items() if label.fields and n in used and n not in side]
            if open_:
                told.append(f"{name} gives no values of {', '.join(open_)}: not compared")
        for label in self._scheme.labels.values():
            ours, theirs = (side.get(label.name, frozenset()) for side in self._sides)
            groups = label.correct or (tuple(label.fields),)
            if ours and theirs and all((ours ^ theirs).intersection(group) for group in groups):
                missing = [
                    f"{name} gives no {', '.join(sorted(fields))}"
                    for name, fields in ((gold, theirs - ours), (system, ours - theirs))
                    if fields
                ]
                told.append(f"no value of {label.name} can be right: {'; '.join(missing)}")
        return told


_Check = Callable[[Value | None, Value | None], bool | None]
"""Whether a part of two values agrees; None where the gold says too little to tell."""


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


def _both(item: Field, meet: Callable[[Any, Any], bool]) -> Callable[[Value | None, Value | None], bool]:
    """Whether both values are known and meet, or neither is known."""

    def check(a: Value | None, b: Value | None) -> bool:
        if a is None or b is None or _all_unknown(item, a) or _all_unknown(item, b):
            return _all_unknown(item, a) and _all_unknown(item, b)
        return meet(item.parts(a), item.parts(b))

    return check


def _within(item: Field, radius: float) -> _Check:
    """Whether the points are near; None where the gold's is unknown: there is nothing to be near to."""
    near = _both(item, lambda a, b: distance_km((a[0], a[1]), (b[0], b[1])) <= radius)
    return lambda gold, system: None if _all_unknown(item, gold) else near(gold, system)


def _meet(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Whether two intervals share a number; null ends are open."""
    infinity = float("inf")
    (low_a, high_a), (low_b, high_b) = (
        (-infinity if low is None else low, infinity if high is None else high) for low, high, _ in (a, b)
    )
    return bool(low_a <= high_b and low_b <= high_a)
