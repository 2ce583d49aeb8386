r"""Units in which tools count offsets, and their conversion to code points.

Tools count code points, UTF-16 code units or bytes. Some count `\r\n` as one character, do not count a byte order mark,
or use inclusive end offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product, starmap
from typing import Literal

Encoding = Literal["code points", "UTF-16 code units", "UTF-8 bytes"]
LineEnds = Literal["own", "one", "two"]


@dataclass(frozen=True, slots=True)
class OffsetUnit:
    r"""A way of counting offsets.

    Attributes:
        encoding: What is counted.
        line_ends: `one` if `\r\n` counts as one character, `two` if a lone `\n` counts as two, `own` if both count as
            they are.
        unmarked: Whether a byte order mark at the start of the text is not counted.
        inclusive: Whether an end is the offset of the last character, not of the one after it.
    """

    encoding: Encoding = "code points"
    line_ends: LineEnds = "own"
    unmarked: bool = False
    inclusive: bool = False

    def __str__(self) -> str:
        line_ends = {"own": "", "one": "CRLF as one character", "two": "LF as two characters"}[self.line_ends]
        bom = "the byte order mark left out" if self.unmarked else ""
        parts = [part for part in (line_ends, bom, "inclusive ends" if self.inclusive else "") if part]
        return f"{self.encoding} with {' and '.join(parts)}" if parts else self.encoding

    @property
    def deviations(self) -> frozenset[object]:
        """The properties in which the unit differs from half-open code point offsets."""
        properties = (self.encoding, self.line_ends, "unmarked" * self.unmarked, "inclusive" * self.inclusive)
        return frozenset(properties) - {"code points", "own", ""}


CODE_POINTS = OffsetUnit()
"""The unit of records."""

_ENCODINGS: tuple[Encoding, ...] = ("code points", "UTF-16 code units", "UTF-8 bytes")
_LINE_ENDS: tuple[LineEnds, ...] = ("own", "one", "two")
_FLAGS = (False, True)

UNITS = sorted(
    starmap(OffsetUnit, product(_ENCODINGS, _LINE_ENDS, _FLAGS, _FLAGS)),
    key=lambda unit: len(unit.deviations),
)
"""All units that are tried, those with the fewest deviations first."""


def minimal_units(units: Collection[OffsetUnit]) -> set[OffsetUnit]:
    """Return the units whose deviations do not include all deviations of another one."""
    return {unit for unit in units if not any(other.deviations < unit.deviations for other in units)}


def equivalent_unit(unit: OffsetUnit, text: str) -> OffsetUnit:
    """Return the simplest unit with the same offsets as `unit` in a given text."""
    return equivalent_units(text)[unit]


def equivalent_units(text: str) -> Mapping[OffsetUnit, OffsetUnit]:
    """Return the simplest unit with the same offsets in a given text, by unit."""
    crlf = text.count("\r\n")
    widest = 0 if text.isascii() else 1 if _is_basic(text) else 2
    return _equivalent_units(widest, crlf > 0, text.count("\n") > crlf, text.startswith("\ufeff"))


@cache
def _equivalent_units(widest: int, has_crlf: bool, has_lf: bool, is_marked: bool) -> Mapping[OffsetUnit, OffsetUnit]:
    """Return the simplest equivalent of each unit, given what a text has.

    Args:
        widest: Its widest characters: 0 for ASCII, 1 for the basic plane, 2 for others.
        has_crlf: Whether it has CRLF.
        has_lf: Whether it has LF without CR.
        is_marked: Whether it begins with a byte order mark.
    """
    least = {"code points": 0, "UTF-8 bytes": 1, "UTF-16 code units": 2}
    differing = {"own": True, "one": has_crlf, "two": has_lf}
    return {
        unit: OffsetUnit(
            unit.encoding if widest >= least[unit.encoding] else "code points",
            unit.line_ends if differing[unit.line_ends] else "own",
            unit.unmarked and is_marked,
            unit.inclusive,
        )
        for unit in UNITS
    }


class CodePointIndex:
    """The offsets of a text in a unit, and the code points that begin there.

    Only characters that do not count as one are looked at: between them, offsets run parallel to code points.

    Args:
        text: The text.
        unit: The unit; whether its ends are inclusive makes no difference.
    """

    def __init__(self, text: str, unit: OffsetUnit) -> None:
        first = 1 if unit.unmarked and text.startswith("\ufeff") else 0
        offset = 0
        self._offsets, self._code_points, self._lengths = [0], [first], list[int]()
        for match in _uneven(unit).finditer(text, first):
            length = match.start() - first
            first = match.end()
            offset += length + _width(match[0], unit)
            self._lengths.append(length)
            self._offsets.append(offset)
            self._code_points.append(first)
        self._lengths.append(len(text) - first)

    @property
    def end(self) -> int:
        """The offset of the end of the text."""
        return self._offsets[-1] + self._lengths[-1]

    def code_point(self, offset: int) -> int:
        """Return the code point at an offset; -1 if the offset is within a character or outside the text.

        The offset of a CRLF that counts as one is that of the CR.
        """
        after = bisect_left(self._offsets, offset)
        if after and (distance := offset - self._offsets[after - 1]) <= self._lengths[after - 1]:
            return self._code_points[after - 1] + distance
        if after < len(self._offsets) and self._offsets[after] == offset:
            return self._code_points[after]
        return -1

    def convert(self, fragments: Iterable[tuple[int, int]], *, inclusive: bool = False) -> tuple[tuple[int, int], ...]:
        """Return fragments in code points, with -1 for each bound at which none begins.

        Args:
            fragments: Start and end of each in the unit.
            inclusive: Whether an end is the offset of the last character.
        """
        return tuple((self.code_point(start), self.code_point(end + inclusive)) for start, end in fragments)


def first_uneven(text: str, unit: OffsetUnit) -> int:
    """Return the first code point of a text that does not count as one in a unit; -1 if all do."""
    if unit.line_ends == "own" and (text.isascii() or (unit.encoding == "UTF-16 code units" and _is_basic(text))):
        return -1  # as most texts, of which not every character need be looked at
    match = _uneven(unit).search(text)
    return -1 if match is None else match.start()


def _is_basic(text: str) -> bool:
    """Return whether no character is outside the basic plane, so that all have two bytes in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text)


@cache
def _uneven(unit: OffsetUnit) -> re.Pattern[str]:
    """Return a pattern of the characters that do not count as one in a unit."""
    encodings = {"code points": "(?!)", "UTF-16 code units": "[\U00010000-\U0010ffff]", "UTF-8 bytes": r"[^\x00-\x7f]"}
    line_ends = {"own": "(?!)", "one": r"\r(?=\n)", "two": r"(?<!\r)\n"}
    return re.compile(f"{encodings[unit.encoding]}|{line_ends[unit.line_ends]}")


def _width(character: str, unit: OffsetUnit) -> int:
    """Return how much a character counts that does not count as one."""
    if character == "\r":
        return 0
    if character == "\n" or unit.encoding == "UTF-16 code units":
        return 2
    return 2 + (character > "\u07ff") + (character > "\uffff")
