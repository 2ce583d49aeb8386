r"""Units in which tools count offsets, and where their offsets lie in a text.

Tools count in code points, UTF-16 code units or bytes; some take `\r\n` for one character, leave a byte order mark out,
or name the last character instead of the one after it.
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
    r"""A way of counting.

    Attributes:
        encoding: What is counted.
        line_ends: `one`: `\r\n` counts as one character; `two`: a lone `\n` counts as two; `own`: each as it stands.
        unmarked: The byte order mark that begins a text is not counted.
        inclusive: An end names the last character, not the one after it.
    """

    encoding: Encoding = "code points"
    line_ends: LineEnds = "own"
    unmarked: bool = False
    inclusive: bool = False

    def __str__(self) -> str:
        told = {"own": "", "one": "CRLF as one character", "two": "LF as two characters"}[self.line_ends]
        bom = "the byte order mark left out" if self.unmarked else ""
        parts = [part for part in (told, bom, "inclusive ends" if self.inclusive else "") if part]
        return f"{self.encoding} with {' and '.join(parts)}" if parts else self.encoding

    @property
    def deviations(self) -> frozenset[object]:
        """In what the unit differs from half-open code points."""
        facts = (self.encoding, self.line_ends, "unmarked" * self.unmarked, "inclusive" * self.inclusive)
        return frozenset(facts) - {"code points", "own", ""}


CODE_POINTS = OffsetUnit()
"""How records count."""

_ENCODINGS: tuple[Encoding, ...] = ("code points", "UTF-16 code units", "UTF-8 bytes")
_LINE_ENDS: tuple[LineEnds, ...] = ("own", "one", "two")
_FLAGS = (False, True)

UNITS = sorted(
    starmap(OffsetUnit, product(_ENCODINGS, _LINE_ENDS, _FLAGS, _FLAGS)),
    key=lambda unit: len(unit.deviations),
)
"""Every unit that is tried, the plainest first."""


def simplest_unit(units: Collection[OffsetUnit]) -> set[OffsetUnit]:
    """The units that assume no more than another one of them."""
    return {unit for unit in units if not any(other.deviations < unit.deviations for other in units)}


def offsets_in_unit(unit: OffsetUnit, text: str) -> OffsetUnit:
    """The plainest unit that counts a text as this one does."""
    encoding: Encoding = unit.encoding
    if text.isascii() or (encoding == "UTF-16 code units" and max(text) <= "\uffff"):
        encoding = "code points"
    crlf = text.count("\r\n")
    idle = {"own": True, "one": not crlf, "two": text.count("\n") == crlf}[unit.line_ends]
    unmarked = unit.unmarked and text.startswith("\ufeff")
    return OffsetUnit(encoding, "own" if idle else unit.line_ends, unmarked, unit.inclusive)


def code_points_from(text: str, unit: OffsetUnit) -> Mapping[int, int]:
    """The code point at each offset of a unit."""
    index: dict[int, int] = {}
    at = 0
    for number, character in enumerate(text):
        if unit.unmarked and number == 0:
            continue
        index.setdefault(at, number)  # both halves of a line end that counts as one begin at its start
        if unit.line_ends == "one" and text.startswith("\r\n", number):
            continue
        at += _width(character, unit)
        if unit.line_ends == "two" and character == "\n" and text[number - 1 : number] != "\r":
            at += 1
    index.setdefault(at, len(text))
    return index


def _width(character: str, unit: OffsetUnit) -> int:
    if unit.encoding == "code points":
        return 1
    if unit.encoding == "UTF-16 code units":
        return 1 + (character > "\uffff")
    return 1 + (character > "\x7f") + (character > "\u07ff") + (character > "\uffff")
