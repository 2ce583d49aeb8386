"""Fields of labels in a scheme file: their value types, with the options of each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import DataError, did_you_mean
from ..value_types import AUTHORITIES, Choice, Identifier, Text
from ..values.label_field import Field
from ..values.value_type import ValueType
from .entity_table_file import read_entity_file
from .installed_types import require_named_keys, value_type_names, value_type_of
from .table_reader import TableReader

_OTHER_NAMES = {
    **dict.fromkeys(("int", "integer", "count", "range"), "interval"),
    **dict.fromkeys(("float", "decimal", "quantity", "measure"), "number"),
    **dict.fromkeys(("currency", "amount", "price"), "money"),
    **dict.fromkeys(("timedelta", "period"), "duration"),
    **dict.fromkeys(("bool", "flag"), "boolean"),
    **dict.fromkeys(("set", "list", "multichoice", "tags"), "choices"),
    **dict.fromkeys(("qid", "wiki"), "wikidata"),
    **dict.fromkeys(("date", "time", "datetime"), "edtf"),
    **dict.fromkeys(("enum", "category", "categorical", "literal"), "choice"),
    **dict.fromkeys(("str", "string"), "text"),
    **dict.fromkeys(("id", "entity", "link"), "identifier"),
    **dict.fromkeys(("point", "geo", "location", "latlon"), "coordinates"),
}
"""What value types are called elsewhere."""
_RESERVED = ("value", "interval")  # scores use these names for accuracies of their own
_FIELD_KEYS = {"identifier": ("authority", "table"), "choice": ("choices", "cues")}
"""Options of the types that are read here, as their problems are told at the line of each option."""


class FieldReader(TableReader):
    """A reader of fields."""

    def field(self, name: str, data: Any, path: tuple[str, ...]) -> Field:
        """Return a field of a label; one of type text if its own type is wrong."""
        kind = str(data.get("type", "")) if isinstance(data, dict) else ""
        known = value_type_of(kind)
        if not isinstance(data, dict) or known is None:
            meant = _OTHER_NAMES.get(kind.lower(), "")
            hint = f"use {meant!r}" if meant else did_you_mean(kind, value_type_names())
            self.add_problem((*path, "type"), f"unknown value type {kind!r}" if kind else "missing", hint)
            return Field(name, Text())
        if name in _RESERVED:
            self.add_problem(path, f"the field name {name!r} is reserved for scores", "choose another name")
        if not name.isidentifier() or name.startswith("_"):
            fix = "start with a letter and use only letters, digits and _"
            self.add_problem(path, f"{name!r} is not a valid field name", fix)
        options = _FIELD_KEYS.get(kind) or known.option_names()
        self.check_keys(data, ("type", "definition", *options), path)
        stated = {option: data[option] for option in options if option in data}
        field = Field(name, self.value_type(known, stated, path), self.get(data, "definition", str, path, ""))
        require_named_keys(field.type, field.keys, name)
        return field

    def value_type(self, kind: type[ValueType], data: Mapping[str, Any], path: tuple[str, ...]) -> ValueType:
        """Return a value type with the options that a field states."""
        if kind is Choice:
            choices = self.strings(data, "choices", path)
            if not choices:
                self.add_problem(
                    (*path, "choices"), "a field of type choice has no choices", 'choices = ["one", "two"]'
                )
            return Choice(choices or ("-",), self.cues(data, choices, path))
        if kind is Identifier:
            authority = self.get(data, "authority", str, path, "") or None
            if authority and authority not in AUTHORITIES:
                hint = did_you_mean(authority, AUTHORITIES)
                self.add_problem((*path, "authority"), f"unknown authority {authority!r}", hint)
                authority = None
            return Identifier(authority, *self.table(data, authority, path))
        try:
            return kind.from_options(data, self.folder)
        except DataError as error:
            for problem in error.problems:
                self.add_problem(path, problem.what, problem.fix)
            return Text()

    def table(self, data: Mapping[str, Any], authority: str | None, path: tuple[str, ...]) -> tuple[str, str]:
        """Return the table of an identifier as it is stated, and its path from the root; both empty for none."""
        stated: str = self.get(data, "table", str, path, "")
        if not stated:
            if data.get("table") == "":
                self.add_problem((*path, "table"), "no table is named", 'write table = "courts.csv"')
            return "", ""
        if authority:
            self.add_problem((*path, "table"), "has both `authority` and `table`", "keep one of them")
        full = os.path.abspath(self.folder / Path(stated).expanduser())  # noqa: PTH100 - without links resolved
        try:
            read_entity_file(full)
        except DataError as error:
            for problem in error.problems:
                place = f"{full}:{problem.line}" if problem.line else full
                self.add_problem((*path, "table"), f"{place}: {problem.what}", problem.fix)
        return stated, full

    def cues(
        self, data: Mapping[str, Any], choices: tuple[str, ...], path: tuple[str, ...]
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the words near a span that indicate choices."""
        table = self.get(data, "cues", dict, path, {})
        for choice in table:
            if choice not in choices:
                self.add_problem((*path, "cues", choice), "cues for an unknown choice", did_you_mean(choice, choices))
        return tuple((choice, self.strings(table, choice, (*path, "cues"))) for choice in table)

    def check_value_keys(self, fields: Mapping[str, Field], path: tuple[str, ...]) -> None:
        """Add a problem for each key that two fields of a label have."""
        field_by_key: dict[str, str] = {}
        for name, field in fields.items():
            for key in field.keys:
                if key.name in field_by_key:
                    what = f"uses the key {key.name!r}, which {field_by_key[key.name]!r} already uses"
                    fix = "keep one field of type interval or coordinates per label, or rename the other field"
                    self.add_problem((*path, name), what, fix)
                field_by_key[key.name] = name
