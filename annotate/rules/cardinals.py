"""The number that a row of numerals denotes. A row is understood completely or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from .numerals import Numeral, read_numerals

_LETTERS = {
    "digits": "d",
    "small": "u",
    "couple": "u",
    "tens": "t",
    "hundred": "h",
    "scale": "s",
    "many": "m",
    "article": "a",
    "part": "p",
    "share": "f",
    "and": "&",
    "of": "o",
    "point": ".",
}
_TWO = "(?:tu|t|u)"
_COEFFICIENT = rf"(?:(?:a|d|{_TWO})h(?:&?{_TWO}|&d)?|d|a|{_TWO})"
_PART = re.compile(r"(?:(?P<count>[au])?po?(?P<one>[au])?|f)[sh]")  # "three quarters of a million"
_MIXED = re.compile(rf"(?P<whole>d|{_TWO})(?:&(?P<count>[au])?p|&?f)[sh]")  # "two and a half thousand"
_AND_PART = re.compile(r"[au]s&ap")  # "a million and a half"
_POINT = re.compile(rf"(?P<whole>{_TWO})\.u+s")  # "one point five million"
_GROUP = re.compile(rf"(?P<coefficient>{_COEFFICIENT})(?P<scale>[sm]?)(?:&(?=.))?")


class Cardinal(NamedTuple):
    """A number.

    Attributes:
        value: The exact value; not always an integer ("one and a half").
        scale: The largest scale in it; 1 if there is none.
        pure: Whether it only consists of a coefficient and that scale, so that a neighbour may share the scale:
            "six to seven thousand".
    """

    value: Fraction
    scale: int = 1
    pure: bool = True

    @property
    def lead(self) -> Fraction:
        """The number as a multiple of its largest scale."""
        return self.value / self.scale


def parse_integer(text: str) -> int | None:
    """Return the integer that digits or number words denote; None if they denote none, or any word is left over."""
    row = read_numerals(text, 0, len(text))
    number = parse_cardinal(row) if row and row[-1].end == len(text) else None
    return int(number.value) if number is not None and number.value.denominator == 1 else None


def parse_cardinal(row: Sequence[Numeral]) -> Cardinal | None:
    """Return the number that a row denotes; None if any word of it is left over or not understood."""
    if len(row) == 1:
        return _single(row[0])
    words = [word for position, word in enumerate(row) if not _is_inner_hyphen(row, position)]
    if not words or any(word.value is None or word.kind not in _LETTERS for word in words):
        return None
    shape = "".join(_LETTERS[word.kind] for word in words)
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(shape):
            return read(words, match)
    return _sum_of_groups(words, shape)


def _single(word: Numeral) -> Cardinal | None:
    if word.kind not in _SINGLE_KINDS or word.value is None or word.broken:
        return None
    return Cardinal(word.value, 1000, pure=False) if word.grouped else Cardinal(word.value, word.scale)


def _part_of_scale(words: Sequence[Numeral], match: re.Match[str]) -> Cardinal | None:
    """Read "three quarters of a million"."""
    last = int(_value(words[-1]))
    count = _value(words[0]) if match["count"] else Fraction(1)
    one = _value(words[match.start("one")]) if match["one"] else 1
    part = count * next(_value(word) for word in words if word.kind in ("part", "share"))
    return Cardinal(part * last, last) if one == 1 and part < 1 else None


def _mixed_scale(words: Sequence[Numeral], match: re.Match[str]) -> Cardinal | None:
    """Read "two and a half thousand"."""
    last = int(_value(words[-1]))
    whole = _coefficient(words[: match.end("whole")])
    part = (_value(words[match.start("count")]) if match["count"] else 1) * _value(words[-2])
    if whole is None or part >= 1 or words[0].scale > 1 or any(word.broken for word in words):
        return None
    return Cardinal((whole + part) * last, last)


def _scale_and_part(words: Sequence[Numeral], match: re.Match[str]) -> Cardinal | None:
    """Read "a million and a half"."""
    scale = int(_value(words[1]))
    return Cardinal(scale * (1 + _value(words[-1])), scale, pure=False) if _value(words[0]) == 1 else None


def _decimal_scale(words: Sequence[Numeral], match: re.Match[str]) -> Cardinal | None:
    """Read "one point five million"."""
    last = int(_value(words[-1]))
    whole = _coefficient(words[: match.end("whole")])
    decimals = [int(_value(word)) for word in words[match.end("whole") + 1 : -1]]
    if whole is None or max(decimals) > 9:
        return None
    return Cardinal(Fraction(f"{whole}.{''.join(map(str, decimals))}") * last, last)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[Sequence[Numeral], re.Match[str]], Cardinal | None]], ...] = (
    (_PART, _part_of_scale),
    (_MIXED, _mixed_scale),
    (_AND_PART, _scale_and_part),
    (_POINT, _decimal_scale),
)
"""Forms with fractions; the first that a row has decides, and all other rows are sums of groups."""


@dataclass(frozen=True, slots=True)
class _Group:
    """A coefficient with its scale, such as "two hundred thousand".

    Attributes:
        number: The coefficient.
        scale: The scale; 1 if there is none.
        lead: The first word.
        hundreds: Whether the coefficient has the word "hundred".
        end: The index after the last word.
    """

    number: Fraction
    scale: int
    lead: Numeral
    hundreds: bool
    end: int

    @property
    def value(self) -> Fraction:
        """The number that the group denotes."""
        return self.number * self.scale

    @property
    def top(self) -> int:
        """The largest scale in it, also that of "hundred" and of separators between thousands."""
        if self.scale > 1:
            return self.scale
        return 100 if self.hundreds else 1000 if self.lead.grouped else 1


def _sum_of_groups(words: Sequence[Numeral], shape: str) -> Cardinal | None:
    """Return the sum of coefficients with their scales, each smaller than the scale before it."""
    groups: list[_Group] = []
    position = 0
    while position < len(shape):
        group = _read_group(words, shape, position)
        if group is None or (groups and not group.value < groups[-1].scale >= 1000):
            return None
        groups.append(group)
        position = group.end
    alone = len(groups) == 1
    if not all(_is_whole(group, alone=alone) for group in groups):
        return None
    top = groups[0].top
    # a neighbour can share the scale of a single coefficient, but not the thousands that separators mark
    pure = top == 1 or (alone and (shape[-1] in "shm" or words[0].scale > 1))
    return Cardinal(sum((group.value for group in groups), Fraction(0)), top, pure)


def _read_group(words: Sequence[Numeral], shape: str, position: int) -> _Group | None:
    """Return the group at a position of a row; None if there is none."""
    match = _GROUP.match(shape, position)
    if match is None:
        return None
    coefficient = words[position : match.end("coefficient")]
    number = _coefficient(coefficient)
    scale = int(_value(words[match.start("scale")])) if match["scale"] else 1
    if number is None or (match["coefficient"] == "a" and scale == 1) or (match["scale"] == "m" and scale == 10):
        return None
    lead = coefficient[0]
    if lead.scale > 1:  # "5k"
        if scale > 1 or len(coefficient) > 1:
            return None
        number, scale = number / lead.scale, lead.scale
    return _Group(number, scale, lead, "h" in match["coefficient"], match.end())


def _is_whole(group: _Group, *, alone: bool) -> bool:
    """Check whether a group denotes a whole number, or is alone and has a scale that makes one of its fraction."""
    if group.lead.broken and not (alone and (group.scale > 1 or group.hundreds)):
        return False
    return alone or group.number.denominator == 1


def _coefficient(words: Sequence[Numeral]) -> Fraction | None:
    """Return a number below a scale; None if the words are not in a valid order."""
    number = Fraction(0)
    for before, word in zip((None, *words), words, strict=False):
        if word.kind == "hundred":
            number *= 100
        elif word.kind != "and":
            if before is not None and before.kind == "tens" and not 1 <= _value(word) <= 9:
                return None
            if number >= 100 and _value(word) >= 100:
                return None
            number += _value(word)
    return None if number == 0 and len(words) > 1 else number


def _value(word: Numeral) -> Fraction:
    return word.value or Fraction(0)


_SINGLE_KINDS = frozenset(("digits", "small", "tens", "couple"))


def _is_inner_hyphen(row: Sequence[Numeral], position: int) -> bool:
    """Check whether a word is a hyphen within a number, as in "twenty-five" and "half-million"."""
    if not (row[position].tight and 0 < position < len(row) - 1):
        return False
    kinds = (row[position - 1].kind, row[position + 1].kind)
    return kinds == ("tens", "small") or not (kinds[0] in _SINGLE_KINDS and kinds[1] in _SINGLE_KINDS)
