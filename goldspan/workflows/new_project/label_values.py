"""Values of a label as they are written in an answer: `interval`, `choice:flood,storm`."""

from __future__ import annotations

import csv
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...schema import DataError, Problem, UsageError, parse_scheme
from ...schema.files.installed_types import value_type_names, value_type_of
from ...schema.values.numbers import UCUM, Number

NOTHING = "none"
"""The answer for a label whose spans have no value."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How a type is written in an answer.

    Attributes:
        field: Name of its field, if the label has no other of this type.
        about: What it is, for people who have not read about types; empty for those of other packages.
        key: Key of the scheme file that what follows the colon belongs to; empty if nothing follows.
        several: Whether that is a list.
        example: What follows the colon, as an example.
        required: Whether it must be there.
    """

    field: str
    about: str = ""
    key: str = ""
    several: bool = False
    example: str = ""
    required: bool = False


_FORMS: Mapping[str, _Form] = {
    "choice": _Form("kind", "one of a list", "choices", several=True, example="A,B", required=True),
    "choices": _Form("kinds", "one or several of a list", "choices", several=True, example="A,B", required=True),
    "boolean": _Form("applies", "yes or no"),
    "interval": _Form("count", "a whole number, or a range such as 10 to 20"),
    "number": _Form("number", "a decimal number, in one of these units, or any of UCUM", "units", True, "m,km"),
    "money": _Form(
        "amount", "an amount of money, in one of these currencies if any are given", "currencies", True, "EUR"
    ),
    "edtf": _Form("date", "a date, a month, a year, or a time between dates"),
    "duration": _Form("duration", "how long"),
    "identifier": _Form("id", "the id of a thing, from a list or not", "authority", example="iso-3166-1"),
    "wikidata": _Form("item", "an item of Wikidata"),
    "coordinates": _Form("point", "a place on the map: latitude and longitude"),
    "text": _Form("words", "free text"),
}
"""The forms of goldspan's own types, in the order in which they are offered."""


def value_forms() -> Iterator[tuple[str, str]]:
    """Yield how each type of value is written in an answer, with what it is."""
    yield NOTHING, "the words are enough"
    for name in (*_FORMS, *(name for name in value_type_names() if name not in _FORMS)):
        form = _form(name)
        shown = f":{form.example}" if form.key else ""
        yield f"{name}{shown if form.required else f'[{shown}]' if shown else ''}", form.about or _about(name)


def _about(name: str) -> str:
    """Return what the docstring of a type of another package says first."""
    return (inspect.getdoc(value_type_of(name)) or name).split("\n")[0].rstrip(".")


def value_fields(*answers: str) -> dict[str, dict[str, Any]]:
    """Return the fields of a label's value by name, as in a scheme file.

    Args:
        answers: A type for each field, with what belongs to it after a colon; or `none` alone.

    Raises:
        UsageError: A type is unknown, what belongs to it is missing, or the fields do not go together.
    """
    fields: dict[str, dict[str, Any]] = {}
    written = [answer.strip() for answer in answers]
    if NOTHING in written:
        if len(written) > 1:
            raise UsageError(f"{NOTHING} is given beside another type. Fix: give one of them")
        return fields
    for answer in written:
        name, _, parameter = (part.strip() for part in answer.partition(":"))
        fields[_free_name(_form(name).field, fields)] = _field(name, parameter)
    _check_fields(fields)
    return fields


def _field(name: str, parameter: str) -> dict[str, Any]:
    form = _form(name)
    if parameter and not form.key and name in value_type_names():
        raise UsageError(f"{name} takes nothing after a colon. Fix: {name}")
    if not parameter and form.required:
        raise UsageError(f"{name} without its {form.key}. Fix: {name}:{form.example}")
    if not parameter or not form.key:
        return {"type": name}
    items = [item.strip() for item in next(csv.reader([parameter], skipinitialspace=True))]
    if name == Number.name and items[0].upper() == UCUM:
        return {"type": name, "unit": UCUM, **({"units": items[1:]} if items[1:] else {})}
    return {"type": name, form.key: items if form.several else parameter}


def _check_fields(fields: Mapping[str, Any]) -> None:
    try:
        parse_scheme({"name": "check", "version": 1, "labels": {"X": {"definition": "-", "fields": fields}}})
    except DataError as error:
        raise UsageError(*map(_without_place, error.problems)) from error


def _without_place(problem: Problem) -> str:
    """Return a problem of the scheme without the key, which people who answer have not written."""
    return f"{problem.what.rpartition(': ')[2]}{problem.fix and f'. Fix: {problem.fix}'}"


def _form(name: str) -> _Form:
    """Return the form of a type; types of other packages are written by their names."""
    return _FORMS.get(name, _Form(name.replace("-", "_")))


def _free_name(name: str, taken: Mapping[str, Any]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
