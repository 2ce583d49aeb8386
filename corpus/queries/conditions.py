"""Conditions that documents meet: on their fields, or on one of their spans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ...schema import DataError, Document, Label, Problem, Scheme, Span, UsageError, did_you_mean
from ..spans.timed_patterns import SECONDS, PatternTimeoutError
from .comparisons import comparison
from .condition_syntax import Literal, ParsedTest, parse_condition
from .document_fields import FIELDS, NUMBERS, SPLITS, DocumentField, Kind, document_field

_SPAN_FIELDS = {"surface": Kind.TEXT, "score": Kind.NUMBER, "source": Kind.TEXT, "unsure": Kind.FLAG}
"""Fields of every span, besides those of its value."""

_DOCUMENT, _LABEL = "document.", "label."
"""What may be put before a name that both a field of documents and a label have."""


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


def read_condition(text: str, scheme: Scheme, *, seconds: float = SECONDS) -> FilterCondition:
    """Return a condition.

    Args:
        text: The condition, in the language of `condition_syntax`.
        scheme: The scheme, with the labels and the fields of their values.
        seconds: Processor time that a regular expression may take for a document; `meets` raises a
            `PatternTimeoutError` if it takes longer.

    Raises:
        DependencyError: It has a regular expression, and the package `regex` is not installed.
        UsageError: It is not one, or names what documents do not have.
    """
    parsed = parse_condition(text)
    try:
        first, *others = parsed.tests
        named = _resolve(first.name, scheme)
        label = named.label
        if label is None and others:
            raise UsageError(
                "a comma joins tests of one span. Fix: another `where`, or double quotes around a value with a comma"
            )
        if named.field is not None:
            found = _document_test(replace(first, name=named.name), named.field, scheme, seconds)
        else:
            assert label is not None
            rest = [_of_the_same_span(test, label, scheme) for test in others]
            found = _spans_test(label, [(first, named.name), *rest], seconds)
    except UsageError as error:
        raise UsageError(*(f"`where` {text}: {line}" for line in error.lines)) from error

    def meets(item: ReadDocument) -> bool:
        try:
            return found(item) is not parsed.is_negated
        except PatternTimeoutError as error:
            raise error.of(item.document.id) from error

    fields, is_fixed = ((named.name,), named.field.is_fixed) if named.field else ((), False)
    return FilterCondition(text, fields, is_fixed, meets)


@dataclass(frozen=True, slots=True)
class SpanCondition:
    """A condition on single spans.

    Attributes:
        label: Label of the spans.
        key: The field that the first test names; empty if it is the label alone.
        is_met: Checks a span of the document.
    """

    label: Label
    key: str
    is_met: Callable[[Document, Span], bool]


def read_span_condition(text: str, scheme: Scheme, *, of_field: bool = False) -> SpanCondition:
    """Return a condition on spans, such as `ACTOR.kind=state, id=IRN`, in the language of `condition_syntax`.

    Args:
        text: The condition.
        scheme: The scheme, with the labels and the fields of their values.
        of_field: Whether the text begins with a field that something is computed from, which is no test.

    Raises:
        UsageError: It is not one, or names what spans do not have.
    """
    parsed = parse_condition(text)
    first, *others = parsed.tests
    named = _resolve(first.name, scheme)
    if named.label is None or parsed.is_negated or (first.comparison and not named.name):
        raise UsageError(f"{text!r} is not a condition on spans. Fix: LABEL, or LABEL.FIELD=VALUE with further tests")
    label = named.label
    tests = [(first, named.name), *(_of_the_same_span(test, label, scheme) for test in others)]
    if of_field:
        if first.comparison or not named.name:
            raise UsageError(f"{text!r} begins with no field. Fix: LABEL.FIELD, then tests such as OTHER=VALUE")
        del tests[0]
    checks, needs_text = _span_checks(label, tests, SECONDS)

    def is_met(document: Document, span: Span) -> bool:
        if needs_text:
            _required(document.text, document, "surface")
        return span.label == label.name and all(check(value(document, span)) for value, check in checks)

    return SpanCondition(label, named.name, is_met)


def needs_splits(conditions: Iterable[FilterCondition]) -> bool:
    """Return whether a condition asks for the split or the fold."""
    return any(name in SPLITS for condition in conditions for name in condition.fields)


@dataclass(frozen=True, slots=True)
class _Named:
    """What a name stands for: a field of documents by its name, or a label with perhaps a field of its spans."""

    name: str
    field: DocumentField | None = None
    label: Label | None = None


def _resolve(name: str, scheme: Scheme) -> _Named:
    meanings = dict(_meanings(name, scheme))
    if len(meanings) > 1:
        raise UsageError(f"{name} is a field of documents and of labels. Fix: {' or '.join(meanings)}")
    if meanings:
        return next(iter(meanings.values()))
    label, dot, key = name.removeprefix(_LABEL).rpartition(".")
    if dot and label in scheme.labels:
        raise UsageError(f"{label} has no {key!r}. Fix: {did_you_mean(key, _keys(scheme.labels[label]))}")
    of_spans = [f"{name}.{key}" for name, item in scheme.labels.items() for key in _keys(item)]
    hint = did_you_mean(name, [*FIELDS, *scheme.labels, *of_spans]).partition("?")[0]
    known = f"known: {', '.join([*FIELDS, 'extra.KEY', *scheme.labels, 'LABEL.FIELD'])}"
    raise UsageError(f"unknown {name!r}. Fix: {f'{hint}? ' if hint.startswith('did') else ''}{known}")


def _meanings(name: str, scheme: Scheme) -> Iterator[tuple[str, _Named]]:
    """Yield all that a name may stand for, each with the name by which it is meant alone."""
    for plain in dict.fromkeys((name, name.removeprefix(_DOCUMENT))):
        if (found := document_field(plain)) is not None:
            yield f"{_DOCUMENT}{plain}", _Named(plain, found)
    for plain in dict.fromkeys((name, name.removeprefix(_LABEL))):
        if plain in scheme.labels:
            yield f"{_LABEL}{plain}", _Named("", label=scheme.labels[plain])
        label, _, key = plain.rpartition(".")
        if label in scheme.labels and key in _keys(scheme.labels[label]):
            yield f"{_LABEL}{plain}", _Named(key, label=scheme.labels[label])


def _of_the_same_span(test: ParsedTest, label: Label, scheme: Scheme) -> tuple[ParsedTest, str]:
    key = test.name.removeprefix(_LABEL).removeprefix(f"{label.name}.")
    if key.rpartition(".")[0] in scheme.labels:
        raise UsageError(f"{test.name} is of another label. Fix: another `where` for it")
    return test, key


def _keys(label: Label) -> list[str]:
    return [*(key.name for item in label.fields.values() for key in item.keys), *_SPAN_FIELDS, "value"]


@dataclass(frozen=True, slots=True)
class _SpanField:
    """A field of a label's spans: what its values are, chosen from what if from something, and how to get them."""

    kind: Kind
    value: Callable[[Document, Span], Any]
    choices: tuple[str, ...] = ()
    needs_text: bool = False


def _span_field(label: Label, key: str) -> _SpanField:
    """Return a field of a label's spans; the label's own, if it has one of that name."""
    for item in label.fields.values():
        for part in item.keys:
            if part.name == key:
                kinds: dict[type, Kind] = {int: Kind.NUMBER, float: Kind.NUMBER, bool: Kind.FLAG}
                kind = kinds.get(part.base, Kind.TEXT)
                return _SpanField(kind, lambda _, span: getattr(span.value, key, None), part.choices)
    if key == "surface":
        return _SpanField(Kind.TEXT, lambda document, span: document.surface(span), needs_text=True)
    if key in _SPAN_FIELDS:
        return _SpanField(_SPAN_FIELDS[key], lambda _, span: getattr(span, key))
    if key == "value":
        return _SpanField(Kind.FLAG, lambda _, span: span.value is not None)
    raise UsageError(f"{label.name} has no {key!r}. Fix: {did_you_mean(key, _keys(label))}")


def _document_test(
    test: ParsedTest, found: DocumentField, scheme: Scheme, seconds: float
) -> Callable[[ReadDocument], bool]:
    name = test.name
    if name == "zone" and test.comparison in ("=", "!="):
        test = replace(test, values=tuple(_zone_group(value, scheme) for value in test.values))
    splits = ("train", "validation", "test") if name == "split" else ()
    check = comparison(test, found.kind, splits, seconds)
    if name in NUMBERS and not test.comparison:
        check = bool  # a number of things may be zero, and then there are none
    if name in SPLITS:
        return lambda item: check(item.places[name])
    if name in ("text", "words"):
        return lambda item: check(_required(found.value(item.document), item.document, name))
    return lambda item: check(found.value(item.document))


def _zone_group(value: Literal, scheme: Scheme) -> Literal:
    """Return a group of zones with its kinds in the order that groups have."""
    kinds = value.text.split("+")
    if not value.is_missing and (unknown := [kind for kind in kinds if kind not in scheme.zones]):
        raise UsageError(f"zone is never {unknown[0]!r}. Fix: {did_you_mean(unknown[0], list(scheme.zones))}")
    return replace(value, text="+".join(sorted(set(kinds))))


def _required(value: Any, document: Document, name: str) -> Any:
    if value is None:
        fix = "restore the texts, or leave the condition out"
        raise DataError(Problem(f"the record is text-free, so {name} is unknown", fix, document=document.id))
    return value


def _spans_test(label: Label, tests: list[tuple[ParsedTest, str]], seconds: float) -> Callable[[ReadDocument], bool]:
    if not tests[0][1] and tests[0][0].comparison:  # a label alone, compared with a number of spans
        if len(tests) > 1:
            raise UsageError("a number of spans has no further tests. Fix: another `where` for them")
        counts = comparison(tests[0][0], Kind.NUMBER, (), seconds)
        return lambda item: counts(sum(span.label == label.name for span in item.document.spans))
    checks, needs_text = _span_checks(label, tests, seconds)
    if needs_text:
        return lambda item: _has_text(item.document) and _any_span(item.document, label.name, checks)
    return lambda item: _any_span(item.document, label.name, checks)


def _has_text(document: Document) -> bool:
    return _required(document.text, document, "surface") is not None


_Check = tuple[Callable[[Document, Span], Any], Callable[[Any], bool]]


def _span_checks(label: Label, tests: list[tuple[ParsedTest, str]], seconds: float) -> tuple[list[_Check], bool]:
    """Return the checks of a span, and whether they need the text."""
    fields = [(test, _span_field(label, key)) for test, key in tests if key]
    checks = [(found.value, comparison(test, found.kind, found.choices, seconds)) for test, found in fields]
    return checks, any(found.needs_text for _, found in fields)


def _any_span(document: Document, label: str, checks: list[_Check]) -> bool:
    return any(
        span.label == label and all(check(value(document, span)) for value, check in checks) for span in document.spans
    )
