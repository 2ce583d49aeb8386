"""Quantities of documents, as text: `documents(ACTOR.id=hamas)`, `spans(LOCATION)`, `sum(COUNT.min, unit=killed)`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ...corpus.queries.conditions import SpanCondition, read_span_condition
from ...schema import DataError, Document, Problem, Scheme, Span, UsageError

_FORM = re.compile(r"\s*(\w+)\s*\((.*)\)\s*", re.DOTALL)
_KINDS = {
    "documents": "share of documents with such a span",
    "spans": "mean number of such spans per document",
    "sum": "mean per document of the sum of a field",
}
_FIX = "documents(LABEL.FIELD=VALUE), spans(LABEL) or sum(LABEL.FIELD, OTHER=VALUE)"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity that each document has one number of.

    Attributes:
        text: As the user wrote it.
        meaning: What its mean over documents is.
        value: Returns the number of a document, and how many of its spans have no value to sum.
        is_share: Whether it is 1 or 0 of each document.
        is_sum: Whether it is a sum of values, which a few documents may have very much of.
    """

    text: str
    meaning: str
    value: Callable[[Document], tuple[float, int]]
    is_share: bool
    is_sum: bool


def read_quantity(text: str, scheme: Scheme) -> Quantity:
    """Return a quantity.

    Args:
        text: The quantity: `documents(CONDITION)`, `spans(CONDITION)` or `sum(LABEL.FIELD, TESTS)`, where a condition
            is on one span, in the language of `goldspan corpus filter --where`.
        scheme: The scheme, with the labels and the fields of their values.

    Raises:
        UsageError: It is not one, or names what spans do not have.
    """
    form = _FORM.fullmatch(text)
    if form is None or form[1] not in _KINDS:
        raise UsageError(f"{text!r} is not a quantity. Fix: {_FIX}")
    kind = form[1]
    try:
        condition = read_span_condition(form[2], scheme, of_field=kind == "sum")
        value = _sum(condition) if kind == "sum" else _number(condition, at_most_one=kind == "documents")
    except UsageError as error:
        raise UsageError(*(f"{text}: {line}" for line in error.lines)) from error
    return Quantity(text, _KINDS[kind], value, kind == "documents", kind == "sum")


def _number(condition: SpanCondition, *, at_most_one: bool) -> Callable[[Document], tuple[float, int]]:
    def number(document: Document) -> tuple[float, int]:
        count = sum(condition.is_met(document, span) for span in document.spans)
        return float(min(count, 1) if at_most_one else count), 0

    return number


def _sum(condition: SpanCondition) -> Callable[[Document], tuple[float, int]]:
    key = condition.key
    bases = {part.name: part.base for item in condition.label.fields.values() for part in item.keys}
    if bases.get(key) not in (int, float):
        numbers = ", ".join(name for name, base in bases.items() if base in (int, float)) or "no field of it is"
        raise UsageError(f"{condition.label.name}.{key} is not a number. Fix: a field that is one: {numbers}")

    measures = [name for name in ("unit", f"{key}_unit", f"{key}_currency") if name in bases]
    measured: dict[str, set[str]] = {name: set() for name in measures}

    def total(document: Document) -> tuple[float, int]:
        spans = [span for span in document.spans if condition.is_met(document, span)]
        for name, values in measured.items():
            values.update(value for span in spans if (value := getattr(span.value, name, None)))
            if len(values) > 1:
                one, *_ = kinds = sorted(values)
                fix = f"name one, as in sum({condition.label.name}.{key}, {name}={one})"
                raise DataError(Problem(f"{' and '.join(kinds)} would be added up", fix, document=document.id))
        found = [_field(span, key) for span in spans]
        return float(sum(value for value in found if value is not None)), found.count(None)

    return total


def _field(span: Span, key: str) -> float | None:
    value = None if span.value is None else getattr(span.value, key)
    return None if value is None else float(value)
