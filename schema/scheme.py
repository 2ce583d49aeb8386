"""Schemes: labels, the fields of their values, zone kinds and the rules for spans, as data.

Only the rules extractor, the actor registry and the gazetteer refer to labels by name; all other code consults the
scheme. `goldspan.schema.files.scheme_file` reads scheme files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from .document import Span, Value, value_class
from .errors import DataError, Problem, UsageError, did_you_mean
from .hashing import json_sha256
from .highlighting import palette_colour
from .label_keys import assign_keys
from .value_problems import UNKNOWN_FIX, keys_problem
from .value_types import Identifier
from .values.label_field import Field, PickleWithoutCache

if TYPE_CHECKING:
    from .files.scheme_patterns import SchemePattern


@dataclass(frozen=True)
class Label(PickleWithoutCache):
    """A label: what it marks, how it is displayed and what its value contains.

    Attributes:
        name: Name in records: any text on one line, upper case by convention.
        definition: Definition for annotators, in one sentence.
        colour: Display colour, `#rrggbb`.
        hotkey: Keyboard key with which annotators select the label.
        fields: Fields of its value, by name; empty for a label without values.
        correct: Groups of fields; a value is correct if all fields of at least one group match.
        not_first: Lower-case words with which spans of the label must not start.
        examples: Short passages with the span in square brackets.
        key: What stands for the name in files that allow only letters, digits, - and _; by default it is derived.
        patterns: By which the extractor `patterns` finds its spans, in the order of the file.
    """

    name: str
    definition: str
    colour: str = "#808080"
    hotkey: str | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    correct: tuple[tuple[str, ...], ...] = ()
    not_first: frozenset[str] = frozenset()
    examples: tuple[str, ...] = ()
    key: str = ""
    patterns: tuple[SchemePattern, ...] = ()

    @cached_property
    def value_type(self) -> type[Value]:
        """The class of the label's values: an immutable struct with one attribute per key."""
        return value_class(self.name, tuple((item.name, item.type) for item in self.fields.values()))

    @cached_property
    def unknown(self) -> Value:
        """The value of which every part is unknown; it is read as null."""
        return self.value_type()

    @cached_property
    def value_error(self) -> Callable[[Value], str | None] | None:
        """A function that describes what is wrong with a well-typed value; None if types alone make values valid."""
        checks = [
            (attrgetter(*(key.name for key in item.keys)), item.type.error, len(item.keys) > 1)
            for item in self.fields.values()
            if item.type.checks_parts
        ]

        def first_error(value: Value) -> str | None:
            for getter, error, has_several_keys in checks:
                message = error(*getter(value)) if has_several_keys else error(getter(value))
                if message is not None:
                    return message
            return None

        return first_error if checks else None

    def known_value(self, value: Value | None) -> Value | None:
        """Return a well-typed value in the form that records hold: None if nothing is known, and normalised.

        Raises:
            ValueError: The value is invalid; `value_problem` says why.
        """
        if value is None or value == self.unknown:
            return None
        if self.value_error is not None and self.value_error(value) is not None:
            raise ValueError
        return value if self.normalise is None else self.normalise(value)

    @cached_property
    def normalise(self) -> Callable[[Value], Value] | None:
        """A function that returns a valid value in the form that records hold; None if values have only one form."""
        fields = [item for item in self.fields.values() if item.type.normalises_parts]

        def normalised(value: Value) -> Value:
            changes = {
                key.name: part
                for item in fields
                for key, part in zip(item.keys, item.type.normalised(*item.parts(value)), strict=True)
                if part != getattr(value, key.name)
            }
            return msgspec.structs.replace(value, **changes) if changes else value

        return normalised if fields else None

    def value_problem(self, value: object) -> tuple[str, str] | None:
        """Return what is wrong with a value, and how to fix it; None if it is valid.

        Args:
            value: The keys and parts of a value, as in a record; None if the value is unknown.
        """
        if value is None:
            return None
        keys = {key.name: (key, example) for item in self.fields.values() for key, example in item.examples}
        if problem := keys_problem(self.name, keys, value):
            return problem
        typed = msgspec.convert(value, self.value_type)
        for item in self.fields.values():
            parts = item.parts(typed)
            if (message := item.type.error(*parts)) is not None:
                return message, item.type.fix(*parts) or UNKNOWN_FIX
        return None

    def same(self, a: Value | None, b: Value | None) -> bool:
        """Check whether two values match by the groups in `correct`; null matches only null."""
        if a is None or b is None:
            return a is b
        known = {name for name, item in self.fields.items() if item.knows(a) or item.knows(b)}
        matching = {
            name
            for name, item in self.fields.items()
            if name not in known or item.type.same(item.parts(a), item.parts(b))
        }
        # unknown fields match trivially, so a group is considered only if at least one side knows one of its fields
        groups = [group for group in self.correct if known.intersection(group)] or [tuple(self.fields)]
        return any(matching.issuperset(group) for group in groups)


@dataclass(frozen=True)
class Scheme(PickleWithoutCache):
    """An annotation scheme: labels with their values, zone kinds, and rules for spans.

    Attributes:
        name: Kebab-case name.
        version: Version number, incremented with every change to labels, fields or zone kinds.
        title: Human-readable title.
        description: Description in one paragraph.
        labels: Labels by name, in the order of the file.
        zones: Definition of each zone kind, by kind.
        overlap: Whether spans of a layer may overlap or nest.
        word_boundaries: Whether spans must start and end at word boundaries.
        guidelines: Version of the annotation guidelines for the scheme; empty if unspecified.
        zone_patterns: By which zones of a kind are found in addition to the rules that are built in, by kind.
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
    zone_patterns: Mapping[str, tuple[SchemePattern, ...]] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def ref(self) -> str:
        """The reference `name@version` that layers store."""
        return f"{self.name}@{self.version}"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the canonical JSON of labels, fields and zone kinds, without colours and prose."""
        labels = {
            label.name: {
                "fields": {item.name: item.type.spec() for item in label.fields.values()},
                "correct": sorted(sorted(group) for group in label.correct),
            }
            for label in self.labels.values()
        }
        return json_sha256({"labels": labels, "zones": sorted(self.zones)})

    @cached_property
    def label_keys(self) -> Mapping[str, str]:
        """A key for each label, which stands for its name in files that allow only letters, digits, - and _.

        It is the name itself if possible. Keys are not part of the fingerprint.
        """
        return assign_keys({label.name: label.key for label in self.labels.values()})

    @cached_property
    def labels_by_key(self) -> Mapping[str, str]:
        """The labels that have another key than their name, by key."""
        return {key: name for name, key in self.label_keys.items() if key != name}

    def label(self, name: str) -> Label:
        """Return a label by name.

        Raises:
            UsageError: The scheme has no such label; the message suggests the closest name.
        """
        label = self.labels.get(name)
        if label is None:
            hint = did_you_mean(name, list(self.labels))
            raise UsageError(f"scheme {self.ref} has no label {name!r}: {hint}; or another `scheme`")
        return label

    def colour(self, label: str) -> str:
        """Return the display colour of a label; one derived from its name if the scheme lacks the label."""
        definition = self.labels.get(label)
        return definition.colour if definition is not None else palette_colour(label)

    def value(self, label: str, /, **parts: Any) -> Value | None:
        """Create a validated value of a label; None if all its parts are unknown.

        Raises:
            DataError: A part has the wrong type, is out of range or is not defined for the label; the message names the
                label's keys, the choices, or an example.
            UsageError: The scheme has no such label.
        """
        definition = self.label(label)
        try:
            value = msgspec.convert(parts, definition.value_type)
        except msgspec.ValidationError:
            value = None
        if value is None or (definition.value_error and definition.value_error(value)):
            what, fix = definition.value_problem(parts) or ("it is not a value", "")
            raise DataError(Problem(f"{label} value {parts}: {what}", fix))
        if value == definition.unknown:
            return None
        return definition.normalise(value) if definition.normalise else value

    def span(self, start: int, end: int, label: str, /, **parts: Any) -> Span:
        """Create a span with a validated value: `scheme.span(0, 4, "ACTOR", kind="state", id="IRN")`.

        Raises:
            DataError: The offsets or the value are invalid.
            UsageError: The scheme has no such label.
        """
        if not 0 <= start < end:
            what = f"span [{start}, {end}) {label} is empty, reversed or starts before the text"
            raise DataError(Problem(what, "offsets count from 0, and end must be greater than start"))
        return Span(start, end, label, self.value(label, **parts))

    @cached_property
    def actor_fields(self) -> Mapping[str, tuple[str, ...]]:
        """Names of the fields that contain ids of the actor registry, by label; labels without any are absent."""
        fields: dict[str, tuple[str, ...]] = {}
        for label, item, authority in self.identifiers():
            if authority == "actors":
                fields[label.name] = (*fields.get(label.name, ()), item.name)
        return fields

    def identifiers(self) -> Iterator[tuple[Label, Field, str]]:
        """Yield every field that contains identifiers of an authority, as (label, field, authority).

        A table of the user's own is an authority, too: `table:` and its path.
        """
        for label in self.labels.values():
            for item in label.fields.values():
                if isinstance(item.type, Identifier) and item.type.source:
                    yield label, item, item.type.source
