"""Migration maps: what becomes of labels, fields, choices and zone kinds that another scheme does not have.

```toml
[labels]
FLOOD = "HAZARD"                    # renamed; or merged, if several labels become one
RUMOUR = ""                         # set aside: kept in the records, and put back by the reverse

[labels.STRUCK]
to = "PEOPLE"
set = { fate = "struck" }           # fields of the new label that get a fixed string
fields = { number = "count", note = "" }

[labels.STRUCK.fields.severity]
to = "degree"
values = { bad = "severe", odd = "" }

[[labels.DAMAGE.split]]
to = "BUILDINGS"
where = { kind = ["house", "bridge"] }

[[labels.DAMAGE.split]]
to = "CROPS"
words = "(?i)wheat|rice"            # in the span; `around` looks at the words around it too

[[labels.DAMAGE.split]]
to = "OTHER"                        # all others; with several such lines, or with none, people choose

[zones]
stamp = "dateline"
```

What both schemes have under one name stays as it is and needs no line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import DataError, Problem, UsageError, did_you_mean
from ..files.toml_document import TomlDocument, TomlPath, parse_toml, read_toml, toml_key
from ..scheme import Label, Scheme
from .conversions import Conversion, Table, accepts
from .document_migration import Migration, migration_of
from .rules import Condition, LabelBranch, SchemeMapping

UNDECIDED = "?"
"""What a draft has where somebody has to write a name."""

_LABEL_KEYS = ("to", "set", "fields", "split")
_SPLIT_KEYS = ("to", "where", "words", "around", "set", "fields")


def load_migration(path: str | Path, old: Scheme, new: Scheme) -> Migration:
    """Load a migration from the file of its map.

    Raises:
        DataError: The file cannot be read, or does not say what becomes of everything; each problem has its line.
        UsageError: The schemes are the same, or have one name and version.
    """
    return _migration(read_toml(Path(path)), old, new)


def parse_migration(source: str | Mapping[str, Any], old: Scheme, new: Scheme) -> Migration:
    """Parse a migration from TOML, or from a mapping of the same structure; an empty one has nothing renamed.

    Raises:
        DataError: The source is invalid, as in `load_migration`.
        UsageError: As in `load_migration`.

    Examples:
        >>> from goldspan.schema import parse_migration, parse_scheme
        >>> labels = {"FLOOD": {"definition": "A flood."}}
        >>> old = parse_scheme({"name": "disaster", "version": 1, "labels": labels})
        >>> new = parse_scheme({"name": "disaster", "version": 2, "labels": {"WATER": {"definition": "A flood."}}})
        >>> parse_migration({"labels": {"FLOOD": "WATER"}}, old, new).reversed.new.ref
        'disaster@1'
    """
    document = TomlDocument(source) if isinstance(source, Mapping) else parse_toml(source)
    return _migration(document, old, new)


def _migration(document: TomlDocument, old: Scheme, new: Scheme) -> Migration:
    if old.fingerprint == new.fingerprint:
        what = f"{old.ref} and {new.ref} have the same labels, fields and zone kinds, so there is nothing to migrate"
        raise UsageError(
            f"{what}. Fix: use {new.ref} as it is; `goldspan corpus check` finds what its other rules forbid"
        )
    if old.ref == new.ref:
        raise UsageError(f"both schemes are {old.ref}. Fix: raise the version of the new one")
    reader = _MapReader(document, old, new)
    mapping = reader.mapping()
    if reader.problems:
        raise DataError(sorted(reader.problems, key=lambda problem: problem.line))
    return migration_of(mapping)


class _MapReader:
    """A parser of maps that collects all problems."""

    def __init__(self, document: TomlDocument, old: Scheme, new: Scheme) -> None:
        self.document = document
        self.old = old
        self.new = new
        self.problems: list[Problem] = []

    def add_problem(self, path: TomlPath, what: str, fix: str = "") -> None:
        shown = ".".join(toml_key(str(part)) for part in path if not isinstance(part, int))
        self.problems.append(self.document.problem(path, f"{shown}: {what}" if shown else what, fix))

    def table(self, data: Any, path: TomlPath, known: tuple[str, ...] | None = None) -> Mapping[str, Any]:
        """Return a table, empty if it is something else, and report keys that are not known."""
        if not isinstance(data, Mapping):
            self.add_problem(path, "expected a table", "write its keys in { }, or below a header in [ ]")
            return {}
        for key in data if known is not None else ():
            if key not in (known or ()):
                self.add_problem((*path, key), "unknown key", did_you_mean(key, known or ()))
        return data

    def name(self, data: Any, path: TomlPath, known: Mapping[str, Any], noun: str) -> str | None:
        """Return a name of the new scheme; None for what is set aside or wrong."""
        if data == "":
            return None
        fix = did_you_mean(str(data), list(known)) if known else f"{self.new.ref} has none"
        if not isinstance(data, str) or data == UNDECIDED:
            what = "is not decided yet" if data == UNDECIDED else f"expected the name of a {noun} in quotes"
            self.add_problem(path, what, f'{fix}; "" sets it aside')
        elif data not in known:
            self.add_problem(path, f"{self.new.ref} has no {noun} {data!r}", f'{fix}; "" sets it aside')
        else:
            return data
        return None

    def mapping(self) -> SchemeMapping:
        data = self.table(self.document.values, (), ("labels", "zones"))
        labels = self.table(data.get("labels", {}), ("labels",))
        zones = self.table(data.get("zones", {}), ("zones",))
        for kind, given, known in (("labels", labels, self.old.labels), ("zones", zones, self.old.zones)):
            for name in given:
                if name not in known:
                    noun = "label" if kind == "labels" else "zone kind"
                    hint = did_you_mean(name, list(known))
                    self.add_problem((kind, name), f"{self.old.ref} has no {noun} {name!r}", hint)
        branches = {name: self.label(label, labels) for name, label in self.old.labels.items()}
        return SchemeMapping(self.old, self.new, branches, {kind: self.zone(kind, zones) for kind in self.old.zones})

    def zone(self, kind: str, zones: Mapping[str, Any]) -> tuple[str, ...]:
        if kind not in zones and kind not in self.new.zones:
            known = ", ".join(self.new.zones) or "none"
            fix = f'add `{toml_key(kind)} = "…"`; {self.new.ref} has {known}; "" sets it aside'
            self.add_problem(("zones",), f"the zone kind {kind!r} has no place in {self.new.ref}", fix)
            return ()
        target = self.name(zones.get(kind, kind), ("zones", kind), self.new.zones, "zone kind")
        return () if target is None else (target,)

    def label(self, label: Label, labels: Mapping[str, Any]) -> tuple[LabelBranch, ...]:
        path: TomlPath = ("labels", label.name)
        if label.name not in labels and label.name not in self.new.labels:
            fix = (
                f'add `{toml_key(label.name)} = "…"`; {self.new.ref} has {", ".join(self.new.labels)}; "" sets it aside'
            )
            self.add_problem(("labels",), f"the label {label.name} has no place in {self.new.ref}", fix)
            return ()
        data = labels.get(label.name, label.name)
        if not isinstance(data, Mapping):
            return (self.branch(label, {"to": data}, {}, path, path),)
        table = self.table(data, path, _LABEL_KEYS)
        if "split" not in table:
            return (self.branch(label, table, {}, path, (*path, "to")),)
        splits = table["split"]
        for key in ("to", "set"):
            if key in table:
                self.add_problem((*path, key), "has no effect beside `split`", "write it in the lines of the split")
        if not isinstance(splits, list) or not splits:
            self.add_problem((*path, "split"), "expected a list", f"write [[labels.{toml_key(label.name)}.split]]")
            return ()
        shared = self.table(table.get("fields", {}), (*path, "fields"))
        return tuple(
            self.branch(label, self.table(item, at, _SPLIT_KEYS), shared, at, (*at, "to"))
            for index, item in enumerate(splits)
            for at in [(*path, "split", index)]
        )

    def branch(
        self, label: Label, data: Mapping[str, Any], shared: Mapping[str, Any], path: TomlPath, to: TomlPath
    ) -> LabelBranch:
        before = len(self.problems)
        if "split" in path and "to" not in data:
            self.add_problem(path, "a line of a split needs `to`", 'add `to = "…"`; "" sets spans aside')
            return LabelBranch(None)
        where = self.conditions(label, data, path)
        target = self.name(data.get("to", label.name), to, self.new.labels, "label")
        own = self.table(data.get("fields", {}), (*path, "fields"))
        for name in {**shared, **own}:
            if name not in label.fields:
                hint = did_you_mean(name, list(label.fields))
                self.add_problem((*path, "fields", name), f"{label.name} has no field {name!r}", hint)
        if target is None:
            if (own or data.get("set")) and len(self.problems) == before:
                self.add_problem(path, "fields have no effect where spans are set aside", "leave them out")
            return LabelBranch(None, where, dict.fromkeys(label.fields))
        given = {**shared, **own}
        pinned = {condition.field for condition in where}
        fields: dict[str, str | None] = {}
        tables: dict[str, Table] = {}
        for name in label.fields:
            at = (*path, "fields", name) if name in own or not shared else ("labels", label.name, "fields", name)
            fields[name], tables[name] = self.field(label, name, given, target, name in pinned, at)
        constants = self.constants(self.table(data.get("set", {}), (*path, "set")), target, (*path, "set"))
        for name in {goal for goal in fields.values() if goal}:
            sources = [source for source, goal in fields.items() if goal == name]
            if len(sources) + (name in constants) > 1:
                what = f"{target}.{name} would get the values of {' and '.join(sources)}"
                what += " and a fixed one" if name in constants else ""
                self.add_problem(path, what, "keep one of them")
        return LabelBranch(target, where, fields, tables, constants)

    def conditions(self, label: Label, data: Mapping[str, Any], path: TomlPath) -> tuple[Condition, ...]:
        conditions = []
        for name, given in self.table(data.get("where", {}), (*path, "where")).items():
            at = (*path, "where", name)
            item = label.fields.get(name)
            values = given if isinstance(given, list) else [given]
            if item is None or len(item.keys) > 1:
                known = [other.name for other in label.fields.values() if len(other.keys) == 1]
                self.add_problem(at, f"{label.name} has no field {name!r} with a single key", did_you_mean(name, known))
            elif not values or not all(isinstance(value, str) for value in values):
                self.add_problem(at, "expected a string, or a list of strings")
            elif item.keys[0].base is str and (wrong := [v for v in values if not accepts(item, (v,))]):
                hint = did_you_mean(wrong[0], item.keys[0].choices)
                self.add_problem(at, f"{wrong[0]!r} is not a value of {label.name}.{name}", hint)
            else:
                conditions.append(Condition(name, tuple(values)))
        for key in ("words", "around"):
            pattern = data.get(key, "")
            try:
                re.compile(pattern)
            except (re.error, TypeError) as error:
                self.add_problem((*path, key), f"not a regular expression: {error}", 'such as "(?i)killed|dead"')
                continue
            if pattern:
                conditions.append(Condition(pattern=pattern, around=key == "around"))
        return tuple(conditions)

    def field(
        self, label: Label, name: str, given: Mapping[str, Any], target: str, pinned: bool, path: TomlPath
    ) -> tuple[str | None, Table]:
        """Return what a field becomes in the target, and its table of strings."""
        fields = self.new.labels[target].fields
        if name not in given and name not in fields:
            if not pinned:
                fix = f'fields = {{ {name} = "…" }}; {target} has {", ".join(fields) or "no fields"}; "" sets it aside'
                self.add_problem(path, f"{label.name}.{name} has no place in {target}", fix)
            return None, {}
        data = given.get(name, name)
        table = self.table(data, path, ("to", "values")) if not isinstance(data, str) else {"to": data}
        goal = self.name(table.get("to", name), path, fields, f"field of {target}")
        if goal is None:
            return None, {}
        source = label.fields[name]
        values = self.values(source, fields[goal], self.table(table.get("values", {}), (*path, "values")), path)
        if problem := Conversion(source, fields[goal], values).problem():
            self.add_problem(path, f"{label.name}.{name} as {target}.{goal}: {problem[0]}", problem[1])
        return goal, values

    def values(self, source: Any, goal: Any, given: Mapping[str, Any], path: TomlPath) -> Table:
        values: dict[str, tuple[str, ...]] = {}
        known = source.keys[0].choices
        for text, target in given.items():
            at = (*path, "values", text)
            hint = did_you_mean(str(target), goal.keys[0].choices)
            if known and text not in known:
                self.add_problem(at, f"{text!r} is not a value of {source.name}", did_you_mean(text, known))
            elif target == UNDECIDED or not isinstance(target, str):
                what = "is not decided yet" if target == UNDECIDED else "expected a string"
                self.add_problem(at, what, f'{hint}; "" sets it aside')
            elif target and not accepts(goal, (target,)):
                self.add_problem(at, f"{target!r} is not a value of {goal.name}", f'{hint}; "" sets it aside')
            else:
                values[text] = (target,) if target else ()
        return values

    def constants(self, given: Mapping[str, Any], target: str, path: TomlPath) -> dict[str, str]:
        fields = self.new.labels[target].fields
        constants = {}
        for name, text in given.items():
            if name not in fields:
                self.add_problem((*path, name), f"{target} has no field {name!r}", did_you_mean(name, list(fields)))
            elif (
                not isinstance(text, str) or fields[name].keys[0].base is not str or not accepts(fields[name], (text,))
            ):
                hint = did_you_mean(str(text), fields[name].keys[0].choices)
                self.add_problem((*path, name), f"{text!r} is not a value of {target}.{name}", hint)
            else:
                constants[name] = text
        return constants
