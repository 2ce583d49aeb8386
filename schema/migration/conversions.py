"""Conversions of a field's parts from one value type to another: without loss, or by a table, or by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..files.toml_document import toml_key
from ..values.label_field import Field
from ..values.numbers import Number
from ..values.value_type import Key, ValueType
from .unit_changes import unit_problem

Parts = tuple[Any, ...]
"""The parts of a field's value, in the order of its keys."""

Table = Mapping[str, tuple[str, ...]]
"""What strings become: one other string; none, if a string has no place; or several, of which a person chooses."""

Stated = str | int | float | tuple[Any, ...]
"""A value as a map states it: a string, a number, several strings, or the parts of a field with several keys."""

_DIGITS = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,14}[1-9])?", re.ASCII)
"""Numbers that have one way to be written, and that lose no digit as a float."""


@dataclass(frozen=True, slots=True)
class OpenChoice:
    """A value on which a person has to decide.

    Attributes:
        options: The strings to choose from; empty if any value of the type is possible.
    """

    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversion:
    """How the values of a field become those of another.

    Attributes:
        source: The field of the values.
        target: The field that they are for.
        table: What some of the strings become; all others stay as they are.
    """

    source: Field
    target: Field
    table: Table = field(default_factory=dict)

    def problem(self) -> tuple[str, str] | None:
        """Return why the conversion may lose something, and what to write instead; None if it cannot."""
        source, target = self.source, self.target
        if source.type == target.type and not self.table:
            return None
        if _has_texts(source) and _has_texts(target):
            return self._choices_problem()
        aside = f'{source.name} = "" sets it aside'
        if self.table:
            return "a table of `values` is for strings", "leave it out"
        if source.type.name != target.type.name and not _loss_free(source, target):
            return f"{source.type.name} cannot become {target.type.name} without loss", aside
        what = unit_problem(source, target)
        return (what, aside) if what else None

    def _choices_problem(self) -> tuple[str, str] | None:
        """Return which strings of a closed list have no place in the target."""
        texts = [text for text in choices_of(self.source) if text not in self.table]
        missing = [text for text in texts if not accepts(self.target, parts_of_texts(self.target, (text,)))]
        if not missing or self.source.type.name == "identifier":
            return None
        names = ", ".join(f'{toml_key(text)} = "…"' for text in missing)
        noun = "choices have" if len(missing) > 1 else "choice has"
        shown = ", ".join(map(repr, missing))
        return f"the {noun} no place in it: {shown}", f'values = {{ {names} }}; "" sets one aside'

    def convert(self, parts: Parts) -> Parts | OpenChoice | None:
        """Return the parts for the target; None if they have no place; or that a person has to decide."""
        if parts == defaults(self.source):
            return defaults(self.target)
        if _has_texts(self.source) and _has_texts(self.target):
            return self._texts(strings_of_part(parts[0]))
        converted: Parts | None
        if self.source.type.name != self.target.type.name:
            converted = _converted(self, parts)
        else:
            converted = _with_unit(self, parts) if len(parts) != len(self.target.keys) else parts
        return converted if converted is not None and accepts(self.target, converted) else OpenChoice()

    def goals(self, text: str) -> tuple[str, ...]:
        """Return what a string becomes; one that the table has in another form is the same."""
        if text in self.table or not self.table or type(self.source.type).same is ValueType.same:
            return self.table.get(text, (text,))
        parts = parts_of_texts(self.source, (text,))
        same = (other for other in self.table if self.source.type.same(parts, parts_of_texts(self.source, (other,))))
        return self.table.get(next(same, text), (text,))

    def _texts(self, texts: tuple[str, ...]) -> Parts | OpenChoice | None:
        """Convert each of one or several strings."""
        goals = [self.goals(text) for text in texts]
        if ambiguous := [goal for goal in goals if len(goal) > 1]:
            return OpenChoice(ambiguous[0])
        found = tuple(dict.fromkeys(goal[0] for goal in goals if goal))
        if not found:
            return None
        parts = parts_of_texts(self.target, found)
        return parts if accepts(self.target, parts) else OpenChoice(choices_of(self.target))


def defaults(item: Field) -> Parts:
    """Return the parts of an unknown value."""
    return tuple(key.default for key in item.keys)


def accepts(item: Field, parts: Parts) -> bool:
    """Check whether parts are a valid value of a field."""
    try:
        for key, part in zip(item.keys, parts, strict=True):
            msgspec.convert(part, key.type)
    except (msgspec.ValidationError, ValueError):
        return False
    return item.type.error(*parts) is None


def valid_parts(item: Field, parts: Parts) -> Parts | None:
    """Return parts in the form that records hold; None if they are not a valid value of a field."""
    if not accepts(item, parts):
        return None
    typed = tuple(msgspec.convert(part, key.type) for key, part in zip(item.keys, parts, strict=True))
    return tuple(item.type.normalised(*typed))


def stated_value(item: Field, data: Any) -> Stated | None:
    """Return a value of a field in the one form that it has in rules; None if it is not valid.

    Args:
        item: The field.
        data: A string, a number, true or false, a list of strings, or the parts of a value by their keys.
    """
    names = [key.name for key in item.keys]
    if isinstance(data, Mapping):
        given = tuple(data.get(key.name, key.default) for key in item.keys) if data.keys() <= set(names) else ()
    elif len(names) > 1:
        given = (data, *defaults(item)[1:]) if names[0] == item.name else ()
    elif isinstance(data, list) and not all(isinstance(text, str) for text in data):
        given = ()
    else:
        given = parts_of_stated(item, tuple(data) if isinstance(data, list) else data)
    parts = valid_parts(item, given)
    return None if parts is None or parts == defaults(item) else stated_of_parts(item, parts)


def stated_of_parts(item: Field, parts: Parts) -> Stated:
    """Return parts as rules have them."""
    if len(item.keys) > 1:
        return parts
    if not _has_texts(item):
        return parts[0]  # type: ignore[no-any-return]
    texts = strings_of_part(parts[0])
    return texts[0] if len(texts) == 1 else texts


def parts_of_stated(item: Field, stated: Stated) -> Parts:
    """Return the parts of a field for a value as rules have it."""
    if len(item.keys) > 1:
        return stated if isinstance(stated, tuple) else (stated,)
    if isinstance(stated, str):
        return parts_of_texts(item, (stated,))
    return (stated,)


def choices_of(item: Field) -> tuple[str, ...]:
    """Return the strings that a field is chosen from, `true` and `false` among them; empty if it is free."""
    key = _only_key(item)
    if key is None:
        return ()
    return ("true", "false") if key.base is bool else key.choices


def strings_of_part(part: Any) -> tuple[str, ...]:
    """Return a part as strings: one, or those of a list."""
    if isinstance(part, list | tuple):
        return tuple(map(str, part))
    return (str(part).lower() if isinstance(part, bool) else str(part),)


def parts_of_texts(item: Field, texts: tuple[str, ...]) -> Parts:
    """Return the parts of a field for one or several strings; what it does not accept if it cannot hold them."""
    base = item.keys[0].base
    if base is bool:
        known = {"true": True, "false": False}
        return (known.get(texts[0], texts[0]) if len(texts) == 1 else texts,)
    return (texts[0] if base is str and len(texts) == 1 else texts,)


def _only_key(item: Field) -> Key | None:
    return item.keys[0] if len(item.keys) == 1 else None


def _has_texts(item: Field) -> bool:
    """Check whether a field is a string, a list of strings, or true or false."""
    key = _only_key(item)
    return key is not None and key.base not in (int, float)


def _is_number(item: Field) -> bool:
    key = _only_key(item)
    return key is not None and key.base in (int, float)


def _with_unit(conversion: Conversion, parts: Parts) -> Parts | None:
    """Convert between a number whose field has one unit and one that states it; None if it is another unit."""
    source, target = conversion.source, conversion.target
    if not isinstance(source.type, Number) or not isinstance(target.type, Number):
        return None
    if len(parts) == 1:
        return (*parts, source.type.unit) if source.type.unit else None
    return parts[:1] if parts[1] == target.type.unit else None


def _loss_free(source: Field, target: Field) -> bool:
    """Check whether one of the conversions of `_converted` applies."""
    kinds = {source.type.name, target.type.name}
    if "interval" in kinds:
        other = source if target.type.name == "interval" else target
        return _is_number(other) or other.type.name == "text"
    return (_is_number(source) and target.type.name == "text") or (_is_number(target) and source.type.name == "text")


def _converted(conversion: Conversion, parts: Parts) -> Parts | None:
    """Convert between numbers, intervals of one number, and their digits; None if a value is more than that."""
    number: Any = parts[0]
    if conversion.source.type.name == "interval":
        low, high, about = parts
        if low is None or low != high or about:
            return None
        number = low
    elif isinstance(number, str):
        if not _DIGITS.fullmatch(number):
            return None
        number = float(number) if "." in number else int(number)
    whole = number == int(number)
    if conversion.target.type.name == "interval":
        return (int(number), int(number), False) if whole else None
    if conversion.target.type.name == "text":
        digits = str(int(number)) if whole else repr(number)
        return (digits,) if _DIGITS.fullmatch(digits) else None
    base = conversion.target.keys[0].base
    return (base(number),) if whole or base is float else None
