"""Scheme files: parse TOML into a `Scheme` and report every error with its line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from ..default_scheme import register_default_scheme
from ..errors import DataError, did_you_mean
from ..label_keys import KEY_FIX, is_key, name_problem
from ..scheme import Label, Scheme
from ..values.label_field import Field
from .field_reader import FieldReader
from .scheme_patterns import label_patterns, zone_kinds
from .toml_document import TomlDocument, parse_toml, read_toml, toml_key

_SCHEME_KEYS = ("name", "version", "title", "description", "guidelines", "spans", "labels", "zones")
_SPANS_KEYS = ("overlap", "boundaries")
_LABEL_KEYS = ("definition", "colour", "hotkey", "fields", "correct", "not_first", "examples", "key", "patterns")


@cache
def conflict_scheme() -> Scheme:
    """Return the scheme that is included in goldspan: ACTOR, LOCATION, DATE and COUNT for conflict news.

    Values have the keys `kind` and `id` (ACTOR), `kind`, `id`, `lat`, `lon` and `country` (LOCATION), `edtf` (DATE),
    and `min`, `max`, `approx` and `unit` (COUNT); `scheme.labels` has their types and choices.
    """
    source = resources.files("goldspan.schema").joinpath("data", "conflict.toml")
    return parse_scheme(source.read_text("utf-8"))


register_default_scheme(conflict_scheme)


def load_scheme(path: str | Path | None = None) -> Scheme:
    """Load a scheme from a file, by default the scheme that is included in goldspan.

    Raises:
        DataError: The file cannot be read or is invalid; each problem has its line.
    """
    if path is None:
        return conflict_scheme()
    path = Path(path)
    try:
        modified = path.stat().st_mtime_ns
    except OSError:
        modified = 0  # reading says what is wrong
    return _load(path, path.absolute().parent, modified)  # a relative path names another file in another folder


@lru_cache(maxsize=16)
def _load(path: Path, folder: Path, _mtime: int) -> Scheme:
    return _read_scheme(read_toml(path), folder)


def parse_scheme(source: str | Mapping[str, Any]) -> Scheme:
    """Parse a scheme from TOML, or from a mapping of the same structure.

    The keys are `name` and `version` (a whole number), optionally `title`, `description`, `guidelines`, and

    - `labels`: by name, any text on one line, each with a `definition` and optionally `colour`, `hotkey`, `examples`,
      `not_first` (words that no span of the label starts with), `correct` (groups of fields; a value is right if all of
      one group are), `key` (what stands for the name where a format allows only letters, digits, - and _), `patterns`
      (for the extractor `patterns`: regular expressions, or tables) and `fields`: by name, each with a `type` and
      optionally a `definition`. The types are `choice` (with `choices`), `interval` (a whole number or a range, with
      the keys `min`, `max` and `approx`), `edtf` (a date), `coordinates` (with the keys `lat` and `lon`), `identifier`
      (optionally with an `authority`) and `text`.
    - `zones`: kinds of parts that are not annotated, each with a definition, or with a `definition` and `patterns`.
    - `spans`: `overlap` (false by default) and `boundaries` (`word` by default, or `any`).

    Raises:
        DataError: The source is invalid; each problem of a text has its line, counted from 1.

    Examples:
        >>> from goldspan.schema import parse_scheme
        >>> fields = {"kind": {"type": "choice", "choices": ["flood", "storm"]}, "people": {"type": "interval"}}
        >>> labels = {"HAZARD": {"definition": "What struck, and how many people.", "fields": fields}}
        >>> scheme = parse_scheme({"name": "disaster", "version": 1, "labels": labels})
        >>> scheme.span(4, 9, "HAZARD", kind="flood", min=300, max=300).value.kind
        'flood'
    """
    if isinstance(source, Mapping):
        return _read_scheme(TomlDocument(source), Path.cwd())
    return _read_scheme(parse_toml(source), Path.cwd())


def _read_scheme(document: TomlDocument, folder: Path) -> Scheme:
    reader = _SchemeReader(document, folder)
    scheme = reader.scheme(document.values)
    if reader.problems:
        raise DataError(sorted(reader.problems, key=lambda problem: problem.line))
    return scheme


class _SchemeReader(FieldReader):
    """A parser of schemes that collects all problems."""

    def scheme(self, data: Mapping[str, Any]) -> Scheme:
        self.check_keys(data, _SCHEME_KEYS, ())
        name = self.get(data, "name", str, ())
        if name and not is_key(name):
            self.add_problem(("name",), f"{name!r} is not a valid name", KEY_FIX)
        version = self.get(data, "version", int, ())
        if "version" in data and version < 1:
            self.add_problem(("version",), "the version must be at least 1")
        spans = self.get(data, "spans", dict, (), {})
        self.check_keys(spans, _SPANS_KEYS, ("spans",))
        boundaries = self.get(spans, "boundaries", str, ("spans",), "word")
        if boundaries not in ("word", "any"):
            self.add_problem(
                ("spans", "boundaries"), f"unknown value {boundaries!r}", "use 'word' (whole words) or 'any'"
            )
        labels = {key: self.label(key, item) for key, item in self.get(data, "labels", dict, ()).items()}
        if not labels:
            fix = "add a table [labels.NAME] with a definition"
            self.add_problem(("labels",), "a scheme must have at least one label", fix)
        zones, zone_patterns = zone_kinds(self.get(data, "zones", dict, (), {}), self.document, self.problems)
        self.check_hotkeys(labels)
        self.check_names(labels)
        return Scheme(
            name=name,
            version=version,
            title=self.get(data, "title", str, (), "") or name,
            description=self.get(data, "description", str, (), "").strip(),
            guidelines=self.get(data, "guidelines", str, (), ""),
            labels=labels,
            zones=zones,
            zone_patterns=zone_patterns,
            overlap=self.get(spans, "overlap", bool, ("spans",), False),
            word_boundaries=boundaries == "word",
        )

    def label(self, name: str, data: Any) -> Label:
        path = ("labels", name)
        if not isinstance(data, dict):
            self.add_problem(path, "expected a table", f"write [labels.{toml_key(name)}] and its keys below it")
            data = {"definition": "-"}
        if problem := name_problem(name):
            self.problems.append(self.document.problem(path, *problem))
        self.check_keys(data, _LABEL_KEYS, path)
        definition = self.get(data, "definition", str, path)
        colour = self.get(data, "colour", str, path, "#808080")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
            self.add_problem((*path, "colour"), f"{colour!r} is not a valid colour", "write #rrggbb")
        hotkey = self.get(data, "hotkey", str, path, "") or None
        if hotkey and len(hotkey) != 1:
            self.add_problem((*path, "hotkey"), f"{hotkey!r} is not a single key", "write one character")
        table = self.get(data, "fields", dict, path, {})
        fields = {key: self.field(key, item, (*path, "fields", key)) for key, item in table.items()}
        self.check_value_keys(fields, (*path, "fields"))
        return Label(
            name=name,
            definition=definition.strip(),
            colour=colour,
            hotkey=hotkey,
            fields=fields,
            correct=self.correct(data, fields, path),
            not_first=frozenset(word.lower() for word in self.strings(data, "not_first", path)),
            examples=self.strings(data, "examples", path),
            key=self.get(data, "key", str, path, ""),
            patterns=label_patterns(data.get("patterns", []), (*path, "patterns"), self.document, self.problems),
        )

    def correct(self, data: Mapping[str, Any], fields: Mapping[str, Field], path: tuple[str, ...]) -> Any:
        groups = self.get(data, "correct", list, path, [])
        if not all(isinstance(group, list) and group for group in groups):
            self.add_problem((*path, "correct"), "expected a list of lists of fields", 'such as [["id"], ["point"]]')
            return ()
        for field in (field for group in groups for field in group):
            if not isinstance(field, str) or field not in fields:
                hint = did_you_mean(str(field), list(fields))
                self.add_problem((*path, "correct"), f"the label has no field {field!r}", hint)
                return ()
        return tuple(tuple(group) for group in groups)

    def check_names(self, labels: Mapping[str, Label]) -> None:
        label_by_key = {name: name for name in labels}
        by_normal_form: dict[str, str] = {}
        for name, label in labels.items():
            key, same = label.key, by_normal_form.setdefault(unicodedata.normalize("NFC", name), name)
            if same != name:
                what = f"{name!a} and {same!a} are the same label name in two Unicode forms"
                self.problems.append(self.document.problem(("labels", name), what, "remove one"))
            table = self.document.values["labels"][name]
            if isinstance(table, dict) and isinstance(table.get("key"), str) and not is_key(key):
                self.add_problem(("labels", name, "key"), f"{key!r} is not a valid key", KEY_FIX)
            elif key and label_by_key.setdefault(key, name) != name:
                what = f"{key!r} is already the key of {label_by_key[key]}"
                self.add_problem(("labels", name, "key"), what, "choose another key")

    def check_hotkeys(self, labels: Mapping[str, Label]) -> None:
        label_by_hotkey: dict[str, str] = {}
        for name, label in labels.items():
            if label.hotkey and label.hotkey in label_by_hotkey:
                what = f"{label.hotkey!r} is already the hotkey of {label_by_hotkey[label.hotkey]}"
                self.add_problem(("labels", name, "hotkey"), what, "choose another key")
            if label.hotkey:
                label_by_hotkey[label.hotkey] = name
