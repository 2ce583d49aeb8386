r"""Units in which tools count offsets, and their conversion to code points.

Tools count code points, UTF-16 code units or bytes. Some count `\r\n` as one character, do not count a byte order mark,
or use inclusive end offsets.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
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
    encoding: Encoding = unit.encoding
    if text.isascii() or (encoding == "UTF-16 code units" and max(text) <= "\uffff"):
        encoding = "code points"
    crlf = text.count("\r\n")
    same_line_ends = {"own": True, "one": not crlf, "two": text.count("\n") == crlf}[unit.line_ends]
    unmarked = unit.unmarked and text.startswith("\ufeff")
    return OffsetUnit(encoding, "own" if same_line_ends else unit.line_ends, unmarked, unit.inclusive)


def code_point_index(text: str, unit: OffsetUnit) -> Mapping[int, int]:
    """Map the offsets in a unit to offsets in code points."""
    index: dict[int, int] = {}
    offset = 0
    for code_point, character in enumerate(text):
        if unit.unmarked and code_point == 0:
            continue
        index.setdefault(offset, code_point)  # CRLF that counts as one: its offset maps to the CR
        if unit.line_ends == "one" and text.startswith("\r\n", code_point):
            continue
        offset += _width(character, unit)
        if unit.line_ends == "two" and character == "\n" and text[code_point - 1 : code_point] != "\r":
            offset += 1
    index.setdefault(offset, len(text))
    return index


def _width(character: str, unit: OffsetUnit) -> int:
    if unit.encoding == "code points":
        return 1
    if unit.encoding == "UTF-16 code units":
        return 1 + (character > "\uffff")
    return 1 + (character > "\x7f") + (character > "\u07ff") + (character > "\uffff")
