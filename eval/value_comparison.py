"""Comparison of values: when two values match, and which of their fields can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from functools import cache
from operator import attrgetter, ne

from ..schema import Label, Scheme, Span, Value, canonical_value
from ..schema.value_types import Coordinates
from .matching.field_measures import MEDIAN_KM, PairMeasure, field_checks, pair_measures

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


ComparedValues = tuple[tuple[bool, ...], tuple[bool, ...], tuple[float | None, ...]]
"""What matches, what was compared (both in the order of `ValueRule.names`), and how far the values differ or agree.

The last is in the order of `ValueRule.measures`; None where a figure does not apply.
"""


class ValueRule:
    """Comparison of two values of one label, shared by metrics, error analysis and agreement.

    Attributes:
        label: Label whose values are compared.
        compared_fields: Fields that both sides fill in; None if a side fills in none of the label.
        names: Names of what is compared: `right`, then the metrics of single fields.
        has_points: Whether the values have coordinates.
        measures: Numbers that are computed for each pair: first the distance of points, if there are any.
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
        checks = [(field, check) for field in label.fields.values() for check in field_checks(field)]
        self.names = ("right", *(name for _, (name, _) in checks))
        self._checks = [(field.name in (self.compared_fields or ()), check) for field, (_, check) in checks]
        self.has_points = any(isinstance(field.type, Coordinates) for field in label.fields.values())
        self.measures = tuple(measure for field in label.fields.values() for measure in pair_measures(field))
        self.measures = tuple(sorted(self.measures, key=lambda measure: measure.name != MEDIAN_KM))
        # errors of equal values depend on the values: they have none if they are not on a scale, or 0
        self._has_amounts = any(field.type.has_amounts for field in label.fields.values())
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
        passed, compared, measured = self._compare_cached(gold, system)
        error = measured[0] if self.has_points else None
        matching = sum(p and c for p, c in zip(passed[1:], compared[1:], strict=True))
        proximity = 0.0 if error is None else 0.5 / (1 + error)
        return (passed[0] and compared[0]) * float(len(passed)) + matching + proximity

    def compare(self, gold: Value | None, system: Value | None) -> ComparedValues:
        """Return what matches, what was compared (both in the order of `names`), and `measures` of the pair."""
        if gold != system or gold is None or self._parts is None or self._has_amounts:
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
        measured = [self._measured(measure, gold, system) for measure in self.measures]
        return passed, compared, tuple(measured)

    def _measured(self, measure: PairMeasure, gold: Value | None, system: Value | None) -> float | None:
        # points are measured wherever both are known; a field that a side never fills is so on one side at least
        is_compared = measure.name == MEDIAN_KM or measure.field in (self.compared_fields or ())
        return measure.of_pair(gold, system) if is_compared else None


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
