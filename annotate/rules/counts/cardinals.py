"""What a row of numerals stands for. A row is understood to its last word, or not at all."""

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
        value: Exact; not always whole ("one and a half").
        scale: The largest scale in it; 1 where there is none.
        pure: Whether it is a coefficient of that scale and nothing more, so that a neighbour may share the scale:
            "six to seven thousand".
    """

    value: Fraction
    scale: int = 1
    pure: bool = True

    @property
    def lead(self) -> Fraction:
        """How many of its largest scale it has."""
        return self.value / self.scale


def parse_integer(text: str) -> int | None:
    """The integer that digits or number words stand for; None where they stand for none, or any word is left over."""
    row = read_numerals(text, 0, len(text))
    read = parse_cardinal(row) if row and row[-1].end == len(text) else None
    return int(read.value) if read is not None and read.value.denominator == 1 else None


def parse_cardinal(row: Sequence[Numeral]) -> Cardinal | None:
    """The number that a whole row stands for; None where any word of it is left over or not understood."""
    if len(row) == 1:
        return _alone(row[0])
    words = [word for at, word in enumerate(row) if not _joins(row, at)]
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
    return _groups(words, shape)


def _alone(word: Numeral) -> Cardinal | None:
    if word.kind not in _ALONE or word.value is None or word.broken:
        return None
    return Cardinal(word.value, 1000, pure=False) if word.grouped else Cardinal(word.value, word.scale)


def _groups(words: Sequence[Numeral], shape: str) -> Cardinal | None:
    """Coefficients with their scales, each less than one of the scale before it."""
    total, top, below, at = Fraction(0), 1, 0, 0
    match = None
    while at < len(shape):
        match = _GROUP.match(shape, at)
        if match is None or (at and below < 1000):
            return None
        own = words[at : match.end("coefficient")]
        number = _coefficient(own)
        scale = int(_value(words[match.start("scale")])) if match["scale"] else 1
        alone = at == 0 and match.end() == len(shape)
        if number is None or (match["coefficient"] == "a" and scale == 1) or (match["scale"] == "m" and scale == 10):
            return None
        if own[0].scale > 1:
            if scale > 1 or len(own) > 1:
                return None
            number, scale = number / own[0].scale, own[0].scale
        if own[0].broken and not (alone and (scale > 1 or "h" in match["coefficient"])):
            return None
        if number.denominator > 1 and not alone:
            return None
        if at and number * scale >= below:
            return None
        if not at:
            top = scale
            if scale == 1 and "h" in match["coefficient"]:
                top = 100
            elif scale == 1 and own[0].grouped:
                top = 1000
        total, below, at = total + number * scale, scale, match.end()
    # a neighbour can share the scale of a lone coefficient, and not the thousands that separators mark
    pure = top == 1 or (
        match is not None and match.span() == (0, len(shape)) and (shape[-1] in "shm" or words[0].scale > 1)
    )
    return Cardinal(total, top, pure)


def _coefficient(words: Sequence[Numeral]) -> Fraction | None:
    """A number below a scale, of words in an order that is right."""
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


_ALONE = frozenset(("digits", "small", "tens"))


def _joins(row: Sequence[Numeral], at: int) -> bool:
    """Whether a word is a hyphen inside one number, as in "twenty-five" and "half-million"."""
    if not (row[at].tight and 0 < at < len(row) - 1):
        return False
    kinds = (row[at - 1].kind, row[at + 1].kind)
    return kinds == ("tens", "small") or not (kinds[0] in _ALONE and kinds[1] in _ALONE)
