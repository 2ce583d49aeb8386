"""What a UIMA CAS contains, however it is stored: texts, feature structures, and the types that describe them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .....schema import DataError, Problem

ANNOTATION = "uima.tcas.Annotation"
_STRING = "uima.cas.String"
_INTEGERS = {f"uima.cas.{name}" for name in ("Integer", "Long", "Short", "Byte")}
_FLOATS = {"uima.cas.Float", "uima.cas.Double"}
_BOOLEAN = "uima.cas.Boolean"
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")


class Reference(NamedTuple):
    """The value of a feature that refers to other feature structures.

    Attributes:
        target: The id of the other structure, or ids with blanks between them.
    """

    target: str


@dataclass(slots=True)
class FeatureStructure:
    """A feature structure.

    Attributes:
        id: Its id, unique in the file.
        type: The full name of its type.
        features: Its features, without those that are null.
        line: Its line in the file, from 1; 0 if unknown.
        place: How the file names it; if empty, its id does.
    """

    id: int
    type: str
    features: dict[str, Any]
    line: int = 0
    place: str = ""

    @property
    def short_type(self) -> str:
        """The name of its type without the package."""
        return self.type.rpartition(".")[2]

    @property
    def is_annotation(self) -> bool:
        """Whether it has a place in a text."""
        return "begin" in self.features and "end" in self.features

    def bounds(self) -> tuple[int, int]:
        """Return its offsets.

        Raises:
            DataError: They are not whole numbers.
        """
        begin, end = (as_integer(self.features[name]) for name in ("begin", "end"))
        if begin is None or end is None:
            stated = f"{self.features['begin']!r} to {self.features['end']!r}"
            raise DataError(Problem(f"{self.name} is at {stated[:60]}, which are not offsets", "write whole numbers"))
        return begin, end

    @property
    def name(self) -> str:
        """Its name in messages."""
        return f"{self.short_type} {self.place or self.id}"


@dataclass(slots=True)
class Sofa:
    """A subject of analysis.

    Attributes:
        id: Its id as a feature structure.
        name: The name of its view, `_InitialView` unless there are several.
        text: Its text; None if it has none.
        members: Ids of the indexed feature structures; None if the file does not list them.
    """

    id: int
    name: str
    text: str | None
    members: set[int] | None = None


@dataclass(slots=True)
class TypeSystem:
    """Types with their features.

    Attributes:
        parents: The parent of each type.
        ranges: The range of each feature, by type.
    """

    parents: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, dict[str, str]] = field(default_factory=dict)

    def is_a(self, name: str, ancestor: str) -> bool:
        """Return whether a type is another, or descends from it."""
        seen: set[str] = set()
        while name != ancestor and name in self.parents and name not in seen:
            seen.add(name)
            name = self.parents[name]
        return name == ancestor

    def range_of(self, name: str, feature: str) -> str | None:
        """Return the range of a feature, which the type may have from an ancestor; None if it has no such feature."""
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            if found := self.ranges.get(name, {}).get(feature):
                return found
            name = self.parents.get(name, name)
        return None

    def typed(self, name: str, feature: str, value: str) -> Any:
        """Return the value of a feature that is stated as a string; as it is where the feature is unknown."""
        kind = self.range_of(name, feature)
        if kind is None or self.is_a(kind, _STRING):
            return value
        if kind in _INTEGERS:
            return int(value) if _INTEGER.fullmatch(value) else value
        if kind in _FLOATS:
            return float(value) if _FLOAT.fullmatch(value) else value
        if kind == _BOOLEAN:
            return {"true": True, "1": True, "false": False, "0": False}.get(value, value)
        return Reference(value)


@dataclass(slots=True)
class CasFile:
    """The contents of a file.

    Attributes:
        path: The file, for messages.
        sofas: Its texts.
        structures: Its feature structures by id.
        types: Their types; None if the file comes without.
    """

    path: str
    sofas: list[Sofa] = field(default_factory=list)
    structures: dict[int, FeatureStructure] = field(default_factory=dict)
    types: TypeSystem | None = None

    def add(self, structure: FeatureStructure) -> None:
        """Add a feature structure.

        Raises:
            DataError: Another one has its id.
        """
        if structure.id in self.structures:
            what = f"two feature structures have the id {structure.id}"
            raise DataError(Problem(what, "give each its own id", self.path, structure.line))
        self.structures[structure.id] = structure

    def subject(self, view: str) -> Sofa:
        """Return the text to read.

        Args:
            view: The name of its view; if empty, there must be no choice.

        Raises:
            DataError: There is no such view, there are several, or it has no text.
        """
        names = ", ".join(repr(sofa.name) for sofa in self.sofas)
        named = [sofa for sofa in self.sofas if not view or sofa.name == view]
        if not named:
            fix = f"choose one of its views with `columns`: {names}" if self.sofas else "export the text with its spans"
            raise DataError(Problem(f"has no view {view!r}" if view else "has no text", fix, self.path))
        if len(named) > 1:
            fix = f"choose one with `columns`, such as view={named[0].name}"
            raise DataError(Problem(f"has {len(named)} views: {names}", fix, self.path))
        if named[0].text is None:
            fix = "export the text itself, not the address of it or its bytes"
            raise DataError(Problem(f"the view {named[0].name!r} has no text", fix, self.path))
        return named[0]

    def members(self, sofa: Sofa) -> tuple[list[FeatureStructure], int]:
        """Return the annotations of a text and other indexed structures, and how many annotations are not indexed."""
        annotations = [
            item
            for item in self.structures.values()
            if (item.is_annotation and as_integer(item.features.get("sofa"), sofa.id) == sofa.id)
            or (not item.is_annotation and sofa.members is not None and item.id in sofa.members)
        ]
        indexed = [item for item in annotations if sofa.members is None or item.id in sofa.members]
        return indexed, len(annotations) - len(indexed)


def as_integer(value: Any, absent: int | None = None) -> int | None:
    """Return a whole number that a file states as a number, a string or a reference; None if it is something else.

    Args:
        value: What the file states.
        absent: What to return if it states nothing.
    """
    if value is None:
        return absent
    if isinstance(value, Reference):
        value = value.target
    if isinstance(value, str):
        return int(value) if _INTEGER.fullmatch(value) else None
    return value if type(value) is int and abs(value) < 10**18 else None


def is_flat(value: Any) -> bool:
    """Return whether a feature's value is a string, a number or a truth value."""
    return isinstance(value, str | int | float) and not isinstance(value, Reference)


def plain_features(features: Mapping[str, Any], hidden: set[str]) -> dict[str, Any]:
    """Return the features that a value may have a field for."""
    return {name: value for name, value in features.items() if name not in hidden and is_flat(value)}
