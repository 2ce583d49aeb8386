"""Scheme files: TOML in, a `Scheme` out, every fault named with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import DataError, Problem, did_you_mean, os_error_hint
from ..scheme import Field, Label, Scheme
from ..value_types import AUTHORITIES, VALUE_TYPES, Choice, Identifier, ValueType
from .toml_lines import toml_lines
from .toml_text import parse_toml

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TOP = ("name", "version", "title", "description", "guidelines", "spans", "labels", "zones")
_SPANS = ("overlap", "boundaries")
_LABEL = ("definition", "colour", "hotkey", "fields", "correct", "not_first", "examples")
_RESERVED = ("value", "interval")  # of which reports have an accuracy of their own
_FIELD = {"identifier": ("authority",), "choice": ("choices", "cues")}


@cache
def conflict_scheme() -> Scheme:
    """The scheme that goldspan ships: ACTOR, LOCATION, DATE and COUNT over conflict news."""
    source = resources.files("goldspan.schema").joinpath("data", "conflict.toml")
    return parse_scheme(source.read_text("utf-8"))


def load_scheme(path: str | Path | None = None) -> Scheme:
    """The scheme of a file, or the one that goldspan ships.

    Raises:
        DataError: The file cannot be read or breaks a rule; one problem for each fault, with its line.
    """
    if path is None:
        return conflict_scheme()
    path = Path(path)
    try:
        return _load(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise DataError(
            Problem(f"the scheme cannot be read: {error.strerror}", os_error_hint(error), str(path))
        ) from error


@lru_cache(maxsize=16)
def _load(path: Path, _changed: int) -> Scheme:
    try:
        return parse_scheme(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DataError(Problem("the scheme is not UTF-8", "save it as UTF-8", path=str(path))) from error
    except DataError as error:
        raise DataError([problem.at(str(path), problem.line) for problem in error.problems]) from error


def parse_scheme(text: str) -> Scheme:
    """The scheme that a TOML text describes.

    Raises:
        DataError: One problem for each fault; `line` counts lines of the text from 1.
    """
    try:
        data = parse_toml(text)
    except ValueError as error:
        line = re.search(r"at line (\d+)", str(error))
        at = int(line.group(1)) if line else text.count("\n") + 1
        raise DataError(Problem(f"not TOML: {error}", "see toml.io for the syntax", line=at)) from error
    reader = _SchemeReader(toml_lines(text))
    scheme = reader.scheme(data)
    if reader.problems:
        raise DataError(sorted(reader.problems, key=lambda problem: problem.line))
    return scheme


class _SchemeReader:
    """Builds a scheme and collects every fault on the way."""

    def __init__(self, lines: Mapping[tuple[str, ...], int]) -> None:
        self.lines = lines
        self.problems: list[Problem] = []

    def fault(self, path: tuple[str, ...], what: str, fix: str = "") -> None:
        at = path
        while at and at not in self.lines:
            at = at[:-1]
        where = ".".join(path)
        self.problems.append(Problem(f"{where}: {what}" if where else what, fix, line=self.lines.get(at, 1)))

    def keys(self, table: Mapping[str, Any], known: tuple[str, ...], path: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                self.fault((*path, key), "unknown key", did_you_mean(key, known))

    def get(self, table: Mapping[str, Any], key: str, kind: type, path: tuple[str, ...], default: Any = None) -> Any:
        """A key's value, checked for its type; a key without a default must be there."""
        if key not in table:
            if default is None:
                self.fault((*path, key) if path else (key,), "missing", f"add `{key} = …`")
                return kind()
            return default
        value = table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault((*path, key), f"expected {kind.__name__}, got {type(value).__name__}")
            return kind()
        return value

    def strings(self, table: Mapping[str, Any], key: str, path: tuple[str, ...]) -> tuple[str, ...]:
        items = self.get(table, key, list, path, [])
        if not all(isinstance(item, str) and item for item in items):
            self.fault((*path, key), "expected a list of strings, none of them empty")
            return ()
        if len(set(items)) < len(items):
            self.fault((*path, key), "an entry stands twice", "remove one")
        return tuple(items)

    def scheme(self, data: Mapping[str, Any]) -> Scheme:
        self.keys(data, _TOP, ())
        name = self.get(data, "name", str, ())
        if name and not _NAME.fullmatch(name):
            self.fault(("name",), f"{name!r} is no name", "use letters, digits, - and _, a letter first")
        version = self.get(data, "version", int, ())
        if "version" in data and version < 1:
            self.fault(("version",), "versions count from 1")
        spans = self.get(data, "spans", dict, (), {})
        self.keys(spans, _SPANS, ("spans",))
        boundaries = self.get(spans, "boundaries", str, ("spans",), "word")
        if boundaries not in ("word", "any"):
            self.fault(("spans", "boundaries"), f"{boundaries!r} is unknown", "'word' (whole words) or 'any'")
        labels = {key: self.label(key, item) for key, item in self.get(data, "labels", dict, ()).items()}
        if not labels:
            self.fault(("labels",), "a scheme needs a label", "add a table [labels.NAME] with a definition")
        zones = self.get(data, "zones", dict, (), {})
        for kind, definition in zones.items():
            if not isinstance(definition, str):
                self.fault(("zones", kind), "expected a definition in quotes")
        self.distinct(labels)
        return Scheme(
            name=name,
            version=version,
            title=self.get(data, "title", str, (), "") or name,
            description=self.get(data, "description", str, (), "").strip(),
            guidelines=self.get(data, "guidelines", str, (), ""),
            labels=labels,
            zones=zones,
            overlap=self.get(spans, "overlap", bool, ("spans",), False),
            word_boundaries=boundaries == "word",
        )

    def label(self, name: str, data: Any) -> Label:
        path = ("labels", name)
        if not isinstance(data, dict):
            self.fault(path, "expected a table", f"write [labels.{name}] and its keys below")
            data = {"definition": "-"}
        if not _NAME.fullmatch(name):
            self.fault(path, f"{name!r} is no label name", "use letters, digits, - and _, a letter first")
        self.keys(data, _LABEL, path)
        definition = self.get(data, "definition", str, path)
        colour = self.get(data, "colour", str, path, "#808080")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
            self.fault((*path, "colour"), f"{colour!r} is no colour", "write #rrggbb")
        hotkey = self.get(data, "hotkey", str, path, "") or None
        if hotkey and len(hotkey) != 1:
            self.fault((*path, "hotkey"), f"{hotkey!r} is not one key", "write one character")
        table = self.get(data, "fields", dict, path, {})
        fields = {key: self.field(key, item, (*path, "fields", key)) for key, item in table.items()}
        self.unambiguous_keys(fields, (*path, "fields"))
        return Label(
            name=name,
            definition=definition.strip(),
            colour=colour,
            hotkey=hotkey,
            fields=fields,
            correct=self.correct(data, fields, path),
            not_first=frozenset(word.lower() for word in self.strings(data, "not_first", path)),
            examples=self.strings(data, "examples", path),
        )

    def correct(self, data: Mapping[str, Any], fields: Mapping[str, Field], path: tuple[str, ...]) -> Any:
        groups = self.get(data, "correct", list, path, [])
        if not all(isinstance(group, list) and group for group in groups):
            self.fault((*path, "correct"), "expected a list of lists of fields", 'such as [["id"], ["point"]]')
            return ()
        for field in (field for group in groups for field in group):
            if not isinstance(field, str) or field not in fields:
                known = did_you_mean(str(field), list(fields))
                self.fault((*path, "correct"), f"{field!r} is no field of the label", known)
                return ()
        return tuple(tuple(group) for group in groups)

    def field(self, name: str, data: Any, path: tuple[str, ...]) -> Field:
        kind = str(data.get("type", "")) if isinstance(data, dict) else ""
        if not isinstance(data, dict) or kind not in VALUE_TYPES:
            hint = did_you_mean(kind, list(VALUE_TYPES))
            self.fault((*path, "type"), f"{kind!r} is no value type" if kind else "missing", hint)
            return Field(name, VALUE_TYPES["text"]())
        if name in _RESERVED:
            self.fault(path, f"{name!r} is taken by the reports", "call it otherwise")
        if not name.isidentifier() or name.startswith("_"):
            self.fault(path, f"{name!r} is no field name", "use letters, digits and _, a letter first")
        self.keys(data, ("type", "definition", *_FIELD.get(kind, ())), path)
        return Field(name, self.value_type(kind, data, path), self.get(data, "definition", str, path, ""))

    def value_type(self, kind: str, data: Mapping[str, Any], path: tuple[str, ...]) -> ValueType:
        if kind == "choice":
            choices = self.strings(data, "choices", path)
            if not choices:
                self.fault((*path, "choices"), "a choice needs choices", 'choices = ["one", "two"]')
            return Choice(choices or ("-",), self.cues(data, choices, path))
        if kind == "identifier":
            authority = self.get(data, "authority", str, path, "") or None
            if authority and authority not in AUTHORITIES:
                self.fault((*path, "authority"), f"{authority!r} is unknown", did_you_mean(authority, AUTHORITIES))
                authority = None
            return Identifier(authority)
        return VALUE_TYPES[kind]()

    def cues(
        self, data: Mapping[str, Any], choices: tuple[str, ...], path: tuple[str, ...]
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        table = self.get(data, "cues", dict, path, {})
        for choice in table:
            if choice not in choices:
                self.fault((*path, "cues", choice), "cues of no choice", did_you_mean(choice, choices))
        return tuple((choice, self.strings(table, choice, (*path, "cues"))) for choice in table)

    def unambiguous_keys(self, fields: Mapping[str, Field], path: tuple[str, ...]) -> None:
        taken: dict[str, str] = {}
        for name, item in fields.items():
            for key in item.keys:
                if key.name in taken:
                    what = f"fills the key {key.name!r}, which {taken[key.name]!r} fills already"
                    self.fault(
                        (*path, name), what, "one field of type interval or coordinates a label; rename the other"
                    )
                taken[key.name] = name

    def distinct(self, labels: Mapping[str, Label]) -> None:
        taken: dict[str, str] = {}
        for name, label in labels.items():
            if label.hotkey and label.hotkey in taken:
                self.fault(("labels", name, "hotkey"), f"{label.hotkey!r} is the hotkey of {taken[label.hotkey]}", "")
            if label.hotkey:
                taken[label.hotkey] = name
