"""What becomes of each label, field and zone kind, read from a migration map, with every error and its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import Problem, did_you_mean
from ..files.toml_document import TomlDocument, TomlPath, toml_key
from ..scheme import Label, Scheme
from ..values.label_field import Field
from .conversions import Conversion, Stated, Table, choices_of, stated_value
from .rules import Condition, LabelBranch, SchemeMapping
from .word_patterns import pattern_problem

UNDECIDED = "?"
"""What a draft has where somebody has to write a name."""

_LABEL_KEYS = ("to", "set", "fields", "split")
_SPLIT_KEYS = ("to", "where", "words", "around", "set", "fields")


class MapReader:
    """A reader of a map.

    Args:
        document: The map.
        old: The scheme that it is from.
        new: The scheme that it is to.

    Attributes:
        problems: All that is wrong with the map.
    """

    def __init__(self, document: TomlDocument, old: Scheme, new: Scheme) -> None:
        self.document = document
        self.old = old
        self.new = new
        self.problems: list[Problem] = []

    def _add_problem(self, path: TomlPath, what: str, fix: str = "") -> None:
        shown = ".".join(toml_key(str(part)) for part in path if not isinstance(part, int))
        self.problems.append(self.document.problem(path, f"{shown}: {what}" if shown else what, fix))

    def _table(self, data: Any, path: TomlPath, known: tuple[str, ...] | None = None) -> Mapping[str, Any]:
        """Return a table, empty if it is something else, and report keys that are not known."""
        if not isinstance(data, Mapping):
            self._add_problem(path, "expected a table", "write its keys in { }, or below a header in [ ]")
            return {}
        for key in data if known is not None else ():
            if key not in (known or ()):
                self._add_problem((*path, key), "unknown key", did_you_mean(key, known or ()))
        return data

    def _name(self, data: Any, path: TomlPath, known: Mapping[str, Any], noun: str) -> str | None:
        """Return a name of the new scheme; None for what is set aside or wrong."""
        if data == "":
            return None
        fix = did_you_mean(str(data), list(known)) if known else f"{self.new.ref} has none"
        if not isinstance(data, str) or data == UNDECIDED:
            what = "is not decided yet" if data == UNDECIDED else f"expected the name of a {noun} in quotes"
            self._add_problem(path, what, f'{fix}; "" sets it aside')
        elif data not in known:
            self._add_problem(path, f"{self.new.ref} has no {noun} {data!r}", f'{fix}; "" sets it aside')
        else:
            return data
        return None

    def mapping(self) -> SchemeMapping:
        """Return what the map says; if there are problems, it is not complete."""
        data = self._table(self.document.values, (), ("labels", "zones"))
        labels = self._table(data.get("labels", {}), ("labels",))
        zones = self._table(data.get("zones", {}), ("zones",))
        for kind, given, known in (("labels", labels, self.old.labels), ("zones", zones, self.old.zones)):
            for name in given:
                if name not in known:
                    noun = "label" if kind == "labels" else "zone kind"
                    hint = did_you_mean(name, list(known))
                    self._add_problem((kind, name), f"{self.old.ref} has no {noun} {name!r}", hint)
        branches = {name: self._label(label, labels) for name, label in self.old.labels.items()}
        return SchemeMapping(self.old, self.new, branches, {kind: self._zone(kind, zones) for kind in self.old.zones})

    def _zone(self, kind: str, zones: Mapping[str, Any]) -> tuple[str, ...]:
        if kind not in zones and kind not in self.new.zones:
            known = ", ".join(self.new.zones) or "none"
            fix = f'add `{toml_key(kind)} = "…"`; {self.new.ref} has {known}; "" sets it aside'
            self._add_problem(("zones",), f"the zone kind {kind!r} has no place in {self.new.ref}", fix)
            return ()
        target = self._name(zones.get(kind, kind), ("zones", kind), self.new.zones, "zone kind")
        return () if target is None else (target,)

    def _label(self, label: Label, labels: Mapping[str, Any]) -> tuple[LabelBranch, ...]:
        path: TomlPath = ("labels", label.name)
        if label.name not in labels and label.name not in self.new.labels:
            fix = (
                f'add `{toml_key(label.name)} = "…"`; {self.new.ref} has {", ".join(self.new.labels)}; "" sets it aside'
            )
            self._add_problem(("labels",), f"the label {label.name} has no place in {self.new.ref}", fix)
            return ()
        data = labels.get(label.name, label.name)
        if not isinstance(data, Mapping):
            return (self._branch(label, {"to": data}, {}, path, path),)
        table = self._table(data, path, _LABEL_KEYS)
        if "split" not in table:
            return (self._branch(label, table, {}, path, (*path, "to")),)
        splits = table["split"]
        for key in ("to", "set"):
            if key in table:
                self._add_problem((*path, key), "has no effect beside `split`", "write it in the lines of the split")
        if not isinstance(splits, list) or not splits:
            self._add_problem((*path, "split"), "expected a list", f"write [[labels.{toml_key(label.name)}.split]]")
            return ()
        shared = self._table(table.get("fields", {}), (*path, "fields"))
        branches = []
        for index, item in enumerate(splits):
            at = (*path, "split", index)
            branches.append(self._branch(label, self._table(item, at, _SPLIT_KEYS), shared, at, (*at, "to")))
            others = [branch.target for branch in branches if not branch.where]
            if others.count(branches[-1].target) > 1 and not branches[-1].where:
                self._add_problem(at, f"an earlier line is for all others as {branches[-1].target} too", "remove one")
        return tuple(branches)

    def _branch(
        self, label: Label, data: Mapping[str, Any], shared: Mapping[str, Any], path: TomlPath, to: TomlPath
    ) -> LabelBranch:
        before = len(self.problems)
        if "split" in path and "to" not in data:
            self._add_problem(path, "a line of a split needs `to`", 'add `to = "…"`; "" sets spans aside')
            return LabelBranch(None)
        where = self._conditions(label, data, path)
        target = self._name(data.get("to", label.name), to, self.new.labels, "label")
        own = self._table(data.get("fields", {}), (*path, "fields"))
        for name in {**shared, **own}:
            if name not in label.fields:
                hint = did_you_mean(name, list(label.fields))
                self._add_problem((*path, "fields", name), f"{label.name} has no field {name!r}", hint)
        if target is None:
            if (own or data.get("set")) and len(self.problems) == before:
                self._add_problem(path, "fields have no effect where spans are set aside", "leave them out")
            return LabelBranch(None, where, dict.fromkeys(label.fields))
        given = {**shared, **own}
        pinned = {condition.field for condition in where}
        fields: dict[str, str | None] = {}
        tables: dict[str, Table] = {}
        for name in label.fields:
            at = (*path, "fields", name) if name in own or not shared else ("labels", label.name, "fields", name)
            fields[name], tables[name] = self._field(label, name, given, target, name in pinned, at)
        constants = self._constants(self._table(data.get("set", {}), (*path, "set")), target, (*path, "set"))
        for name in {goal for goal in fields.values() if goal}:
            sources = [source for source, goal in fields.items() if goal == name]
            if len(sources) + (name in constants) > 1:
                what = f"{target}.{name} would get the values of {' and '.join(sources)}"
                what += " and a fixed one" if name in constants else ""
                self._add_problem(path, what, "keep one of them")
        return LabelBranch(target, where, fields, tables, constants)

    def _conditions(self, label: Label, data: Mapping[str, Any], path: TomlPath) -> tuple[Condition, ...]:
        conditions = []
        for name, given in self._table(data.get("where", {}), (*path, "where")).items():
            at = (*path, "where", name)
            item = label.fields.get(name)
            values = given if isinstance(given, list) else [given]
            if item is None or len(item.keys) > 1:
                known = [other.name for other in label.fields.values() if len(other.keys) == 1]
                self._add_problem(
                    at, f"{label.name} has no field {name!r} with a single key", did_you_mean(name, known)
                )
            elif not values:
                self._add_problem(at, "expected a value, or a list of values")
            else:
                stated = [stated_value(item, value) for value in values]
                wrong = [value for value, known in zip(values, stated, strict=True) if known is None]
                if wrong:
                    what = f"{_shown(wrong[0])} is not a value of {label.name}.{name}"
                    self._add_problem(at, what, _value_hint(item, wrong[0]))
                else:
                    conditions.append(Condition(name, tuple(known for known in stated if known is not None)))
        for key in ("words", "around"):
            pattern = data.get(key, "")
            if pattern != "" and (problem := pattern_problem(pattern)) is not None:
                self._add_problem((*path, key), f"not a regular expression: {problem}", 'such as "(?i)killed|dead"')
            elif pattern:
                conditions.append(Condition(pattern=pattern, around=key == "around"))
        return tuple(conditions)

    def _field(
        self, label: Label, name: str, given: Mapping[str, Any], target: str, pinned: bool, path: TomlPath
    ) -> tuple[str | None, Table]:
        """Return what a field becomes in the target, and its table of strings."""
        fields = self.new.labels[target].fields
        if name not in given and name not in fields:
            if not pinned:
                fix = f'fields = {{ {name} = "…" }}; {target} has {", ".join(fields) or "no fields"}; "" sets it aside'
                self._add_problem(path, f"{label.name}.{name} has no place in {target}", fix)
            return None, {}
        data = given.get(name, name)
        table = self._table(data, path, ("to", "values")) if not isinstance(data, str) else {"to": data}
        goal = self._name(table.get("to", name), path, fields, f"field of {target}")
        if goal is None:
            return None, {}
        source = label.fields[name]
        values = self._values(source, fields[goal], self._table(table.get("values", {}), (*path, "values")), path)
        if problem := Conversion(source, fields[goal], values).problem():
            self._add_problem(path, f"{label.name}.{name} as {target}.{goal}: {problem[0]}", problem[1])
        return goal, values

    def _values(self, source: Field, goal: Field, given: Mapping[str, Any], path: TomlPath) -> Table:
        values: dict[str, tuple[str, ...]] = {}
        known = choices_of(source)
        for text, target in given.items():
            at = (*path, "values", text)
            hint = did_you_mean(str(target), choices_of(goal))
            stated, became = _string(source, text), _string(goal, target)
            if known and text not in known:
                self._add_problem(at, f"{text!r} is not a value of {source.name}", did_you_mean(text, known))
            elif stated is None and _has_one_string(source):
                self._add_problem(at, f"{text!r} is not a value of {source.name}", _value_hint(source, text))
            elif (stated or text) in values:
                self._add_problem(at, f"{stated!r} is there twice", "remove one")
            elif target == UNDECIDED or not isinstance(target, str):
                what = "is not decided yet" if target == UNDECIDED else "expected a string"
                self._add_problem(at, what, f'{hint}; "" sets it aside')
            elif target and became is None:
                self._add_problem(at, f"{target!r} is not a value of {goal.name}", f'{hint}; "" sets it aside')
            else:
                values[stated or text] = (became,) if became else ()
        return values

    def _constants(self, given: Mapping[str, Any], target: str, path: TomlPath) -> dict[str, Stated]:
        fields = self.new.labels[target].fields
        constants: dict[str, Stated] = {}
        for name, data in given.items():
            if name not in fields:
                self._add_problem((*path, name), f"{target} has no field {name!r}", did_you_mean(name, list(fields)))
            elif (stated := stated_value(fields[name], data)) is None:
                what = f"{_shown(data)} is not a value of {target}.{name}"
                self._add_problem((*path, name), what, _value_hint(fields[name], data))
            else:
                constants[name] = stated
        return constants


def _has_one_string(item: Field) -> bool:
    return len(item.keys) == 1 and item.keys[0].base is str


def _string(item: Field, text: Any) -> str | None:
    """Return a string in the form that values of a field have; None if it is not valid."""
    stated = stated_value(item, text) if isinstance(text, str) and len(item.keys) == 1 else None
    return stated if isinstance(stated, str) else None


def _shown(data: Any) -> str:
    """Return a value as a map has it."""
    return str(data).lower() if isinstance(data, bool) else repr(data)


def _value_hint(item: Field, data: Any) -> str:
    """Return how a value of a field is written."""
    if choices := choices_of(item):
        names = did_you_mean(str(data), choices)
        return names if item.keys[0].base is not bool else "true or false"
    if len(item.keys) == 1:
        return f"such as {item.type.examples[0]}"
    return f"such as {{ {', '.join(f'{key.name} = {example}' for key, example in item.examples)} }}"
