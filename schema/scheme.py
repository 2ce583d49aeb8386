"""A scheme: labels, the fields of their values, zone kinds and the rules for spans, as data.

Nothing outside the rules extractor, the actor registry and the gazetteer knows a label by its name; all else asks the
scheme. Scheme files are read by `goldspan.schema.files.scheme_file`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any

import msgspec

from .document import Span, Value, value_class
from .errors import DataError, Problem, UsageError, did_you_mean
from .value_types import Identifier, Key, ValueType


def canonical_json(data: Any) -> bytes:
    """JSON with sorted keys, no blanks and no escapes but the needed ones: the form that fingerprints hash."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


class _Pickled:
    """Leaves out of a pickle what is worked out on demand: classes and closures made at run time."""

    def __getstate__(self) -> dict[str, Any]:
        lazy = {
            name
            for kind in type(self).__mro__
            for name, item in vars(kind).items()
            if isinstance(item, cached_property)
        }
        return {name: item for name, item in vars(self).items() if name not in lazy}


@dataclass(frozen=True)
class Field(_Pickled):
    """One field of a label's value."""

    name: str
    type: ValueType
    definition: str = ""

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The JSON keys that the field fills."""
        return self.type.keys(self.name)

    def knows(self, value: Value) -> bool:
        """Whether a value says anything in the field."""
        return any(part != key.default for part, key in zip(self.parts(value), self.keys, strict=True))

    @cached_property
    def parts(self) -> Callable[[Value], tuple[Any, ...]]:
        """Takes from a value the field's share, in the order of `keys`."""
        names = [key.name for key in self.keys]
        take = attrgetter(*names)
        return take if len(names) > 1 else lambda value: (take(value),)


@dataclass(frozen=True)
class Label(_Pickled):
    """A label: what it marks, how it shows, what its value holds.

    Attributes:
        name: As it stands in records, upper case by convention.
        definition: One sentence for annotators.
        colour: `#rrggbb`, for display.
        hotkey: One key of the keyboard, for the annotator.
        fields: The fields of its value, by name; empty for a label without values.
        correct: When a value is right: all fields of one of these groups agree.
        not_first: Lower-cased words that no span of the label starts with.
        examples: Short passages with the span in square brackets.
    """

    name: str
    definition: str
    colour: str = "#808080"
    hotkey: str | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    correct: tuple[tuple[str, ...], ...] = ()
    not_first: frozenset[str] = frozenset()
    examples: tuple[str, ...] = ()

    @cached_property
    def value_type(self) -> type[Value]:
        """The class of the label's values: an immutable struct with one attribute a key."""
        return value_class(self.name, tuple((item.name, item.type) for item in self.fields.values()))

    @cached_property
    def unknown(self) -> Value:
        """The value of which nothing is known; read as null."""
        return self.value_type()

    @cached_property
    def fault(self) -> Callable[[Value], str | None] | None:
        """Says what is wrong with a value whose keys have their types; None for a label where nothing can be."""
        checks = [
            (attrgetter(*(key.name for key in item.keys)), item.type.fault, len(item.keys) > 1)
            for item in self.fields.values()
            if item.type.checks_parts
        ]

        def first(value: Value) -> str | None:
            for take, fault, several in checks:
                found = fault(*take(value)) if several else fault(take(value))
                if found is not None:
                    return found
            return None

        return first if checks else None

    def same(self, a: Value | None, b: Value | None) -> bool:
        """Whether two values are right for each other by `correct`; null only for null."""
        if a is None or b is None:
            return a is b
        agree = {name for name, item in self.fields.items() if item.type.same(item.parts(a), item.parts(b))}
        known = {name for name, item in self.fields.items() if item.knows(a) or item.knows(b)}
        # two unknowns agree on nothing: a group of fields speaks only where one side says something
        groups = [group for group in self.correct if known.intersection(group)] or [tuple(self.fields)]
        return any(agree.issuperset(group) for group in groups)


@dataclass(frozen=True)
class Scheme(_Pickled):
    """What can be annotated: labels with their values, zone kinds, and rules for spans.

    Attributes:
        name: Kebab-case name.
        version: Counts up with every change of labels, fields or zone kinds.
        title: For people.
        description: One paragraph.
        labels: By name, in the order of the file.
        zones: Definition of each zone kind, by kind.
        overlap: Whether spans of one layer may overlap or nest.
        word_boundaries: Whether a span starts and ends with whole words.
        guidelines: Version of the guidelines that explain the scheme; empty where none are named.
    """

    name: str
    version: int
    title: str
    description: str
    labels: Mapping[str, Label]
    zones: Mapping[str, str]
    overlap: bool = False
    word_boundaries: bool = True
    guidelines: str = ""

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def ref(self) -> str:
        """`name@version`, as layers state it."""
        return f"{self.name}@{self.version}"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) over the canonical JSON of labels, fields and zone kinds; colours and prose do not enter."""
        labels = {
            label.name: {
                "fields": {item.name: item.type.spec() for item in label.fields.values()},
                "correct": sorted(sorted(group) for group in label.correct),
            }
            for label in self.labels.values()
        }
        return hashlib.sha256(canonical_json({"labels": labels, "zones": sorted(self.zones)})).hexdigest()

    def label(self, name: str) -> Label:
        """The label of that name.

        Raises:
            UsageError: The scheme has none; the message names the nearest.
        """
        found = self.labels.get(name)
        if found is None:
            raise UsageError(f"scheme {self.ref} has no label {name!r}: {did_you_mean(name, list(self.labels))}")
        return found

    def value(self, label: str, /, **parts: Any) -> Value | None:
        """A checked value of a label; None where nothing is known.

        Raises:
            DataError: A part has the wrong type or range, or the label lacks it.
            UsageError: The scheme has no such label.
        """
        kind = self.label(label)
        try:
            value = msgspec.convert(parts, kind.value_type)
        except msgspec.ValidationError as error:
            raise DataError(Problem(f"{label} value {parts}: {error}")) from error
        if kind.fault and (fault := kind.fault(value)):
            raise DataError(Problem(f"{label} value {parts}: {fault}"))
        return None if value == kind.unknown else value

    def span(self, start: int, end: int, label: str, /, **parts: Any) -> Span:
        """A span with a checked value: `scheme.span(0, 4, "ACTOR", kind="state", id="IRN")`.

        Raises:
            DataError: The bounds are no stretch of a text, or as `value`.
            UsageError: As `value`.
        """
        if not 0 <= start < end:
            raise DataError(
                Problem(f"[{start}, {end}) {label} is empty or reversed", "end must exceed start, from 0 on")
            )
        return Span(start, end, label, self.value(label, **parts))

    def identifiers(self) -> Iterator[tuple[Label, Field, str]]:
        """Every field that holds identifiers of an authority: (label, field, authority)."""
        for label in self.labels.values():
            for item in label.fields.values():
                if isinstance(item.type, Identifier) and item.type.authority:
                    yield label, item, item.type.authority
