"""Conversions of a field's parts from one value type to another: without loss, or by a table, or by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..scheme import Field
from ..value_types import Key

Parts = tuple[Any, ...]
"""The parts of a field's value, in the order of its keys."""

Table = Mapping[str, tuple[str, ...]]
"""What strings become: one other string; none, if a string has no place; or several, of which a person chooses."""

_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)


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
        if self.source.type == self.target.type and not self.table:
            return None
        if _is_text(self.source) and _is_text(self.target):
            open_choices = [
                choice
                for choice in self.source.keys[0].choices
                if choice not in self.table and not accepts(self.target, (choice,))
            ]
            if open_choices and self.source.type.name == "choice":
                names = ", ".join(f'{name} = "…"' for name in map(toml_choice, open_choices))
                noun = "choices have" if len(open_choices) > 1 else "choice has"
                shown = ", ".join(map(repr, open_choices))
                return f"the {noun} no place in it: {shown}", f'values = {{ {names} }}; "" sets one aside'
            return None
        if self.table:
            return "a table of `values` is for strings", "leave it out"
        if self.source.type.name == self.target.type.name or _loss_free(self.source, self.target):
            return None
        what = f"{self.source.type.name} cannot become {self.target.type.name} without loss"
        return what, f'{self.source.name} = "" sets it aside'

    def convert(self, parts: Parts) -> Parts | OpenChoice | None:
        """Return the parts for the target; None if they have no place; or that a person has to decide."""
        if parts == defaults(self.source):
            return defaults(self.target)
        if _is_text(self.source) and _is_text(self.target):
            targets = self.table.get(parts[0], parts)
            if not targets:
                return None
            if len(targets) > 1:
                return OpenChoice(targets)
            return targets if accepts(self.target, targets) else OpenChoice(self.target.keys[0].choices)
        converted = parts if self.source.type.name == self.target.type.name else _converted(self, parts)
        return converted if converted is not None and accepts(self.target, converted) else OpenChoice()


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


def toml_choice(text: str) -> str:
    """Return a choice as a key of a table in TOML."""
    from ..files.toml_document import toml_key

    return toml_key(text)


def _only_key(item: Field) -> Key | None:
    return item.keys[0] if len(item.keys) == 1 else None


def _is_text(item: Field) -> bool:
    key = _only_key(item)
    return key is not None and key.base is str


def _is_number(item: Field) -> bool:
    key = _only_key(item)
    return key is not None and key.base in (int, float)


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
        if not _WHOLE.fullmatch(number):
            return None
        number = int(number)
    if conversion.target.type.name == "interval":
        return (int(number), int(number), False) if number == int(number) else None
    if conversion.target.type.name == "text":
        return (str(int(number)),) if number == int(number) else None
    return (conversion.target.keys[0].base(number),)
