"""Conditions that documents meet: on their fields, or on one of their spans."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ...schema import DataError, Document, Label, Problem, Scheme, Span, UsageError, did_you_mean
from .condition_syntax import Literal, ParsedTest, parse_condition
from .document_fields import EXTRA, FIELDS, SPLITS, DocumentField, Kind, document_field, parse_literal

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SPAN_FIELDS = {"surface": Kind.TEXT, "score": Kind.NUMBER, "source": Kind.TEXT, "unsure": Kind.FLAG}
"""Fields of every span, besides those of its value."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document with what follows from the corpus as a whole.

    Attributes:
        document: The document.
        places: Its `split` and `fold`, if a condition asks for them.
    """

    document: Document
    places: dict[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilterCondition:
    """A condition.

    Attributes:
        text: As the user wrote it.
        fields: The fields of documents that it tests; empty if it is on spans.
        is_fixed: Whether all that it tests was fixed before anybody annotated the document.
        meets: Checks a document.
    """

    text: str
    fields: tuple[str, ...]
    is_fixed: bool
    meets: Callable[[ReadDocument], bool]


def read_condition(text: str, scheme: Scheme) -> FilterCondition:
    """Return a condition.

    Args:
        text: The condition, in the language of `condition_syntax`.
        scheme: The scheme, with the labels and the fields of their values.

    Raises:
        UsageError: It is not one, or names what documents do not have.
    """
    parsed = parse_condition(text)
    try:
        first, *others = parsed.tests
        named = _resolve(first, scheme)
        label = named.label
        if label is None and others:
            raise UsageError(
                "a comma joins tests of one span. Fix: another `where`, or double quotes around a value with a comma"
            )
        if label is None:
            meets = _document_test(first, named)
        else:
            rest = [_of_the_same_span(test, label, scheme) for test in others]
            meets = _spans_test(label, [(first, named.key), *rest])
    except UsageError as error:
        raise UsageError(*(f"`where` {text}: {line}" for line in error.lines)) from error
    fields, is_fixed = ((first.name,), named.field.is_fixed) if named.field else ((), False)
    return FilterCondition(text, fields, is_fixed, (lambda item: not meets(item)) if parsed.is_negated else meets)


def needs_splits(conditions: Iterable[FilterCondition]) -> bool:
    """Return whether a condition asks for the split or the fold."""
    return any(name in SPLITS for condition in conditions for name in condition.fields)


@dataclass(frozen=True, slots=True)
class _Named:
    """What a name stands for: a field of documents, or a label with perhaps a field of its spans."""

    field: DocumentField | None = None
    label: Label | None = None
    key: str = ""


def _resolve(test: ParsedTest, scheme: Scheme) -> _Named:
    name = test.name
    if (found := document_field(name)) is not None:
        return _Named(found)
    if name in scheme.labels:
        return _Named(label=scheme.labels[name])
    label, dot, key = name.rpartition(".")
    if dot and label in scheme.labels:
        _span_kind(scheme.labels[label], key)
        return _Named(label=scheme.labels[label], key=key)
    of_spans = [f"{name}.{key}" for name, item in scheme.labels.items() for key in _keys(item)]
    hint = did_you_mean(name, [*FIELDS, *scheme.labels, *of_spans]).partition("?")[0]
    known = f"known: {', '.join([*FIELDS, 'extra.KEY', *scheme.labels, 'LABEL.FIELD'])}"
    raise UsageError(f"unknown {name!r}. Fix: {f'{hint}? ' if hint.startswith('did') else ''}{known}")


def _of_the_same_span(test: ParsedTest, label: Label, scheme: Scheme) -> tuple[ParsedTest, str]:
    key = test.name.removeprefix(f"{label.name}.")
    if key == test.name and key.rpartition(".")[0] in scheme.labels:
        raise UsageError(f"{test.name} is of another label. Fix: another `where` for it")
    _span_kind(label, key)
    return test, key


def _keys(label: Label) -> list[str]:
    return [*(key.name for item in label.fields.values() for key in item.keys), *_SPAN_FIELDS, "value"]


def _span_kind(label: Label, key: str) -> tuple[Kind, tuple[str, ...]]:
    """Return the kind of a field of a label's spans, and the choices if its values are chosen from some."""
    for item in label.fields.values():
        for part in item.keys:
            if part.name == key:
                kinds: dict[type, Kind] = {int: Kind.NUMBER, float: Kind.NUMBER, bool: Kind.FLAG}
                return kinds.get(part.base, Kind.TEXT), part.choices
    if key in _SPAN_FIELDS:
        return _SPAN_FIELDS[key], ()
    if key == "value":
        return Kind.FLAG, ()
    raise UsageError(f"{label.name} has no {key!r}. Fix: {did_you_mean(key, _keys(label))}")


def _document_test(test: ParsedTest, named: _Named) -> Callable[[ReadDocument], bool]:
    found, name = named.field, test.name
    assert found is not None
    check = _comparison(test, found.kind, ("train", "validation", "test") if name == "split" else ())
    if name in SPLITS:
        return lambda item: check(item.places[name])
    if name in ("text", "words"):
        return lambda item: check(_required(found.value(item.document), item.document, name))
    if name.startswith(EXTRA):
        return lambda item: check(_scalar(found.value(item.document)))
    return lambda item: check(found.value(item.document))


def _required(value: Any, document: Document, name: str) -> Any:
    if value is None:
        fix = "restore the texts, or leave the condition out"
        raise DataError(Problem(f"the record is text-free, so {name} is unknown", fix, document=document.id))
    return value


def _scalar(value: Any) -> Any:
    """Return a value of `extra` for comparison: what is neither text nor number is compared as JSON."""
    if value is None or isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    import json

    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _spans_test(label: Label, tests: list[tuple[ParsedTest, str]]) -> Callable[[ReadDocument], bool]:
    if not tests[0][1] and tests[0][0].comparison:  # a label alone, compared with a number of spans
        if len(tests) > 1:
            raise UsageError("a number of spans has no further tests. Fix: another `where` for them")
        counts = _comparison(tests[0][0], Kind.NUMBER, ())
        return lambda item: counts(sum(span.label == label.name for span in item.document.spans))
    checks = [(_span_value(key), _comparison(test, *_span_kind(label, key))) for test, key in tests if key]
    if any(key == "surface" for _, key in tests):
        return lambda item: _has_text(item.document) and _any_span(item.document, label.name, checks)
    return lambda item: _any_span(item.document, label.name, checks)


def _has_text(document: Document) -> bool:
    return _required(document.text, document, "surface") is not None


_Check = tuple[Callable[[Document, Span], Any], Callable[[Any], bool]]


def _any_span(document: Document, label: str, checks: list[_Check]) -> bool:
    return any(
        span.label == label and all(check(value(document, span)) for value, check in checks) for span in document.spans
    )


def _span_value(key: str) -> Callable[[Document, Span], Any]:
    if key == "surface":
        return lambda document, span: document.surface(span)
    if key == "value":
        return lambda _, span: span.value is not None
    if key in _SPAN_FIELDS:
        return lambda _, span: getattr(span, key)
    return lambda _, span: getattr(span.value, key, None)


def _comparison(test: ParsedTest, kind: Kind, choices: tuple[str, ...]) -> Callable[[Any], bool]:
    """Return a function that compares a value, None if it is missing, as a test says."""
    sign = test.comparison
    if not sign:
        absent = (None, "", 0, False) if kind is Kind.FLAG or test.name in FIELDS else (None, "")
        return lambda value: value not in absent
    if kind is Kind.FLAG:
        return _flag_comparison(test)
    if sign.endswith("~"):
        if kind is Kind.NUMBER:
            raise UsageError(f"{test.name} is a number, which contains no words. Fix: = or one of < <= > >=")
        patterns = [re.compile(_pattern(value), re.I) for value in test.values]
        return lambda value: (sign == "~") == any(value is not None and p.search(str(value)) for p in patterns)
    if sign in _ORDERS:
        return _order_comparison(test, kind)
    for value in test.values:
        if choices and not value.is_missing and value.text not in choices:
            raise UsageError(f"{test.name} is never {value.text!r}. Fix: {did_you_mean(value.text, choices)}")
    wanted = {None if value.is_missing else _literal(value, kind) for value in test.values}
    if kind is Kind.ANY:  # under `extra`, 1 and "1" are one value, as they are one group
        wanted |= {str(value) for value in wanted if value is not None}
    return (lambda value: value in wanted) if sign == "=" else (lambda value: value not in wanted)


def _flag_comparison(test: ParsedTest) -> Callable[[Any], bool]:
    words = {"true": True, "false": False}
    if test.comparison not in ("=", "!=") or any(value.text not in words for value in test.values):
        raise UsageError(f"{test.name} is yes or no. Fix: {test.name}, or not {test.name}")
    wanted = {words[value.text] for value in test.values}
    return lambda value: (bool(value) in wanted) == (test.comparison == "=")


def _order_comparison(test: ParsedTest, kind: Kind) -> Callable[[Any], bool]:
    if not kind.ordered:
        raise UsageError(f"{test.name} has no order. Fix: = or ~")
    if len(test.values) > 1 or test.values[0].is_missing:
        raise UsageError(f"{test.name} {test.comparison} takes one value. Fix: = for several values, or a missing one")
    literal, compare = _literal(test.values[0], kind), _ORDERS[test.comparison]
    types = (int, float) if isinstance(literal, int | float) else (str,)
    return lambda value: isinstance(value, types) and compare(value, literal)


def _literal(value: Literal, kind: Kind) -> str | int | float:
    try:
        return parse_literal(kind, value.text)
    except UsageError as error:
        raise UsageError(f"{error}. Fix: {kind.value}, or - for a missing one") from error


def _pattern(value: Literal) -> str:
    if not value.is_pattern:
        return re.escape(value.text)
    try:
        re.compile(value.text)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(f"/{value.text}/ is not a regular expression: {error}. Fix: correct it") from error
    return value.text
