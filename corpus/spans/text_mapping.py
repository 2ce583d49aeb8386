r"""Mapping of spans between two texts that differ only in form.

Two texts are the same in form if they are equal without their blanks, after canonical decomposition (NFD), with
the escapes of treebanks (`-LRB-`, `\\/`, two backticks) and the compatibility characters of `COMPATIBLE` replaced.
Spans are carried over exactly, or not at all: no offset is ever guessed.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter
from functools import cache, cached_property

from ...schema import DataError, Problem

BYTE_ORDER_MARK = "\ufeff"

LINE_ENDS = "line ends"
OUTER_BLANKS = "outer blanks"
BLANKS = "runs of blanks"
TOKENISATION = "tokenisation"
MARK = "a byte order mark"
UNICODE_FORM = "Unicode form"
QUOTES = "quotes"
ESCAPES = "treebank escapes"

_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}
_ESCAPED = {**_BRACKETS, r"\/": "/", r"\*": "*"}
_ESCAPE = re.compile("|".join(map(re.escape, _ESCAPED)))

_QUOTES = {"`": "'", "\u2018": "'", "\u2019": "'", '"': "''", "\u201c": "''", "\u201d": "''"}
"""Treebanks write a double quote as two backticks or two apostrophes, so each counts as two single ones."""

COMPATIBLE = {
    "\u2026": "...",
    **{chr(code): unicodedata.normalize("NFKD", chr(code)) for code in range(0xFB00, 0xFB07)},
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
}
"""Compatibility characters that are taken for the characters they stand for: the ellipsis, ligatures of Latin letters,
and ASCII in full width."""

_SHOWN = 30


class TextDifferenceError(DataError):
    """Two texts that are not the same in form.

    Attributes:
        source: Position in the source at which they part.
        target: Position in the target.
    """

    def __init__(self, what: str, source: int, target: int) -> None:
        super().__init__(Problem(what, "use the text that was annotated; only its form may differ"))
        self.source, self.target = source, target

    def __reduce__(self) -> tuple[type[TextDifferenceError], tuple[str, int, int]]:  # type: ignore[override]
        return type(self), (self.problems[0].what, self.source, self.target)


class NormalForm:
    """The normal form of a text, and the place of each of its characters in the text.

    Equal texts have equal normal forms, and texts that differ only in blanks do too.

    Args:
        text: The text.

    Attributes:
        text: The text.
        characters: Its normal form.
        starts: Where the character of the text begins that each character of the normal form comes from.
        ends: Where it ends. A character, or an escape, that becomes several has the same place for all of them.
    """

    __slots__ = ("characters", "ends", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        forming = _Forming(text)
        self.characters = "".join(forming.characters)
        self.starts, self.ends = array("i", forming.starts), array("i", forming.ends)

    def is_boundary(self, index: int) -> bool:
        """Return whether the text can be cut before a character of the normal form."""
        return index in (0, len(self.starts)) or self.ends[index - 1] <= self.starts[index]

    def indices(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the characters of the normal form that a span of the text covers; None if it cuts one, or covers none.

        Args:
            start: Start of the span in the text.
            end: Its end.
        """
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        cut = (first and self.ends[first - 1] > start) or (last and self.ends[last - 1] > end)
        return None if cut or first == last else (first, last)

    def place(self, first: int, end: int) -> tuple[int, int] | None:
        """Return the span of the text that characters of the normal form come from; None if it would cut one.

        Args:
            first: The first of the characters.
            end: The end of the characters, exclusive, after the first.
        """
        if not self.is_boundary(first) or not self.is_boundary(end):
            return None
        return self.starts[first], self.ends[end - 1]

    def gap(self, index: int) -> str:
        """Return the blanks before a character of the normal form; after the last one, those at the end of the text."""
        start = self.ends[index - 1] if index else 0
        return self.text[start : self.starts[index] if index < len(self.starts) else len(self.text)]


class _Forming:
    """The making of a normal form."""

    def __init__(self, text: str) -> None:
        self.characters: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        positions = [i for i, c in enumerate(text) if not is_blank(c)]
        compact = "".join([text[i] for i in positions])
        position = 0
        for escape in _ESCAPE.finditer(compact):
            self._add(compact, positions, position, escape.start())
            self.characters.append(_ESCAPED[escape[0]])
            self.starts.append(positions[escape.start()])
            self.ends.append(positions[escape.end() - 1] + 1)
            position = escape.end()
        self._add(compact, positions, position, len(compact))

    def _add(self, compact: str, positions: list[int], first: int, end: int) -> None:
        """Add a stretch of the text without blanks."""
        piece, places = compact[first:end], positions[first:end]
        if piece.isascii() and "`" not in piece and '"' not in piece:
            self.characters += piece
            self.starts += places
            self.ends += [place + 1 for place in places]
            return
        marks = 0  # combining marks at the end, whose order is not settled
        for place, character in zip(places, piece, strict=True):
            for part in _decomposed(character):
                is_mark = part > "\u02ff" and unicodedata.combining(part) > 0
                if marks > 1 and not is_mark:
                    self._order(marks)
                marks = marks + 1 if is_mark else 0
                self.characters.append(part)
                self.starts.append(place)
                self.ends.append(place + 1)
        if marks > 1:
            self._order(marks)

    def _order(self, marks: int) -> None:
        """Put the last combining marks into canonical order; if that moves any, they have one place in common."""
        last = self.characters[-marks:]
        ordered = sorted(last, key=unicodedata.combining)
        if ordered != last:
            self.characters[-marks:] = ordered
            self.starts[-marks:] = [self.starts[-marks]] * marks
            self.ends[-marks:] = [self.ends[-1]] * marks


class TextMapping:
    """A mapping of spans from a text to another that differs only in form.

    Args:
        source: The text that has the spans, or its normal form.
        target: The other text, or its normal form.

    Raises:
        TextDifferenceError: The texts differ in more than form; the error says where they part.
    """

    def __init__(self, source: str | NormalForm, target: str | NormalForm) -> None:
        self._source = source if isinstance(source, NormalForm) else NormalForm(source)
        self._target = target if isinstance(target, NormalForm) else NormalForm(target)
        a, b = self._source.characters, self._target.characters
        if a != b:
            index = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            ours, theirs = parting(self._source, index), parting(self._target, index)
            what = f"the texts part at {ours[0]} and {theirs[0]}: {ours[1]} and {theirs[1]}"
            raise TextDifferenceError(what, ours[0], theirs[0])

    @cached_property
    def differences(self) -> Counter[str]:
        """The number of differences between the texts by their kind: `line ends`, `Unicode form`, …."""
        return form_differences(self._source, self._target)

    def carry(self, start: int, end: int) -> tuple[int, int]:
        """Return the bounds in the target of a span of the source.

        Blanks at the ends of the span are left out, unless the texts are the same.

        Raises:
            DataError: A bound is within a character or an escape of the target, or the span has nothing but blanks.
        """
        if self._source.text == self._target.text:
            return start, end
        indices = self._source.indices(start, end)
        place = indices and self._target.place(*indices)
        if not place:
            words = self._source.text[start:end][:_SHOWN]
            why = (
                "it has nothing but blanks" if not words.strip() else "a bound is within a character of the other text"
            )
            raise DataError(Problem(f"span [{start}, {end}) {words!r} cannot be carried over: {why}"))
        return place


def is_blank(character: str) -> bool:
    """Return whether a character is white space or a byte order mark."""
    return character.isspace() or character == BYTE_ORDER_MARK


def parting(form: NormalForm, index: int) -> tuple[int, str]:
    """Return the position in a text of a character of its normal form, and the quoted words there."""
    if index >= len(form.starts):
        return len(form.text), "its end"
    start = form.starts[index]
    return start, repr(" ".join(form.text[start : start + 2 * _SHOWN].split())[:_SHOWN])


def form_differences(
    source: NormalForm, target: NormalForm, first: int = 0, end: int | None = None, other: int = 0
) -> Counter[str]:
    """Count the differences in form between stretches of two texts with the same normal form, by kind.

    Args:
        source: Normal form of one text.
        target: Normal form of the other.
        first: The first character of the stretch in `source`.
        end: Its end; that of the normal form if None.
        other: The first character of the stretch in `target`.
    """
    counts: Counter[str] = Counter()
    if source.text == target.text:
        return counts
    end = len(source.characters) if end is None else end
    whole = end - first == len(source.characters) == len(target.characters)  # otherwise outer blanks mean nothing
    shift = other - first
    for i in range(first, end + 1):
        inner = first < i < end
        if inner or whole:
            a, b = source.gap(i), target.gap(i + shift)
            if a != b:
                counts.update(_gap_differences(a, b, inner=inner))
        if i < end and (i == first or source.starts[i] != source.starts[i - 1]):
            a = source.text[source.starts[i] : source.ends[i]]
            b = target.text[target.starts[i + shift] : target.ends[i + shift]]
            if a != b:
                counts[_character_difference(a, b)] += 1
    return counts


def _gap_differences(a: str, b: str, *, inner: bool) -> list[str]:
    kinds = [MARK] if a.count(BYTE_ORDER_MARK) != b.count(BYTE_ORDER_MARK) else []
    a, b = a.replace(BYTE_ORDER_MARK, ""), b.replace(BYTE_ORDER_MARK, "")
    if a == b:
        return kinds
    if a.replace("\r\n", "\n").replace("\r", "\n") == b.replace("\r\n", "\n").replace("\r", "\n"):
        return [*kinds, LINE_ENDS]
    if not inner:
        return [*kinds, OUTER_BLANKS]
    return [*kinds, BLANKS if a and b else TOKENISATION]


def _character_difference(a: str, b: str) -> str:
    if _ESCAPE.fullmatch(_without_blanks(a)) or _ESCAPE.fullmatch(_without_blanks(b)):
        return ESCAPES
    return QUOTES if a in _QUOTES or b in _QUOTES or "'" in (a, b) else UNICODE_FORM


def _without_blanks(text: str) -> str:
    return "".join(text.split())


@cache
def _decomposed(character: str) -> str:
    """Return the characters that a character becomes in the normal form."""
    parts = unicodedata.normalize("NFD", COMPATIBLE.get(character, character))
    return "".join(_QUOTES.get(part, part) for part in parts)
