"""The number that a row of numerals denotes. A row is understood completely or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .numerals import Numeral, read_numerals

_LETTERS = {
    "digits": "d",
    "small": "u",
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


@dataclass(frozen=True, slots=True)
class Cardinal:
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
    last = int(_value(words[-1]))
    broken = any(word.broken for word in words)
    if match := _PART.fullmatch(shape):
        count = _value(words[0]) if match["count"] else Fraction(1)
        one = _value(words[match.start("one")]) if match["one"] else 1
        part = next(_value(word) for word in words if word.kind in ("part", "share"))
        return Cardinal(count * part * last, last) if one == 1 and count * part < 1 else None
    if (match := _MIXED.fullmatch(shape)) and not broken:
        whole = _coefficient(words[: match.end("whole")])
        count = _value(words[match.start("count")]) if match["count"] else Fraction(1)
        part = count * _value(words[-2])
        return None if whole is None or part >= 1 or words[0].scale > 1 else Cardinal((whole + part) * last, last)
    if _AND_PART.fullmatch(shape) and _value(words[0]) == 1:
        scale = int(_value(words[1]))
        return Cardinal(scale * (1 + _value(words[-1])), scale, pure=False)
    if match := _POINT.fullmatch(shape):
        whole = _coefficient(words[: match.end("whole")])
        decimals = [int(_value(word)) for word in words[match.end("whole") + 1 : -1]]
        if whole is None or max(decimals) > 9:
            return None
        return Cardinal(Fraction(f"{whole}.{''.join(map(str, decimals))}") * last, last)
    return _sum_of_groups(words, shape)


def _single(word: Numeral) -> Cardinal | None:
    if word.kind not in _SINGLE_KINDS or word.value is None or word.broken:
        return None
    return Cardinal(word.value, 1000, pure=False) if word.grouped else Cardinal(word.value, word.scale)


def _sum_of_groups(words: Sequence[Numeral], shape: str) -> Cardinal | None:
    """Return the sum of coefficients with their scales, each smaller than the scale before it."""
    total, top, below, position = Fraction(0), 1, 0, 0
    match = None
    while position < len(shape):
        match = _GROUP.match(shape, position)
        if match is None or (position and below < 1000):
            return None
        coefficient = words[position : match.end("coefficient")]
        number = _coefficient(coefficient)
        scale = int(_value(words[match.start("scale")])) if match["scale"] else 1
        alone = position == 0 and match.end() == len(shape)
        if number is None or (match["coefficient"] == "a" and scale == 1) or (match["scale"] == "m" and scale == 10):
            return None
        if coefficient[0].scale > 1:
            if scale > 1 or len(coefficient) > 1:
                return None
            number, scale = number / coefficient[0].scale, coefficient[0].scale
        if coefficient[0].broken and not (alone and (scale > 1 or "h" in match["coefficient"])):
            return None
        if number.denominator > 1 and not alone:
            return None
        if position and number * scale >= below:
            return None
        if not position:
            top = scale
            if scale == 1 and "h" in match["coefficient"]:
                top = 100
            elif scale == 1 and coefficient[0].grouped:
                top = 1000
        total, below, position = total + number * scale, scale, match.end()
    # a neighbour can share the scale of a single coefficient, but not the thousands that separators mark
    pure = top == 1 or (
        match is not None and match.span() == (0, len(shape)) and (shape[-1] in "shm" or words[0].scale > 1)
    )
    return Cardinal(total, top, pure)


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


_SINGLE_KINDS = frozenset(("digits", "small", "tens"))


def _is_inner_hyphen(row: Sequence[Numeral], position: int) -> bool:
    """Check whether a word is a hyphen within a number, as in "twenty-five" and "half-million"."""
    if not (row[position].tight and 0 < position < len(row) - 1):
        return False
    kinds = (row[position - 1].kind, row[position + 1].kind)
    return kinds == ("tens", "small") or not (kinds[0] in _SINGLE_KINDS and kinds[1] in _SINGLE_KINDS)
