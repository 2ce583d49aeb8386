"""Where a long text is cut into parts: at blank lines, else at ends of lines, of sentences, or between words.

A cut always stands right before a visible character, so that white space ends a part and never begins one, and no part
is blank. It never stands within a span, a word, or a character that is written with several code points. So a part is
longer than the wanted size only where nothing shorter can be cut off.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum

from ...schema.writing.word_scripts import is_unspaced, within_word

_BLANK = r"\s\u200b"  # the last is a space without width, which some scripts write between words
_LINES = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_BOUND_SPACES = frozenset("\u00a0\u2007\u202f")
_STOPS = ".!?\u2026\u3002\uff01\uff1f\uff61\u061f\u06d4\u0589\u0964\u0965\u104b\u17d4\u1362"
_UNSPACED_STOPS = "\u3002\uff01\uff1f\uff61\u104b\u17d4"
_UNSPACED_COMMAS = "\u3001\uff0c\uff1b\uff1a\u104a"
_CLOSING = "\u300d\u300f\uff09\u3011\u3009\u300b\u3015\uff3d\uff5d\u201d\u2019\u00bb\u203a\"')\\]"
_PLACE = re.compile(rf"[{_BLANK}]+|[{_UNSPACED_STOPS}]+[{_CLOSING}]*|[{_UNSPACED_COMMAS}]+")
_SENTENCE = re.compile(rf"[{_STOPS}][{_CLOSING}]*\Z")
_LONGEST_END = 12  # characters of a sentence's end that are looked at
_INVISIBLE = re.compile(rf"[{_BLANK}]")
_VISIBLE = re.compile(rf"[^{_BLANK}]")
_LEADING_VOWELS = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")
_TRAILING_VOWELS = frozenset("\u0e33\u0eb3")
_STACKERS = frozenset("\u1039\u17d2")
_JOINERS = frozenset(map(chr, (0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xE0020, 0xE0080))))
_BEFORE_NUMBERS = frozenset(map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)))
"""Signs that stand before the number or the letters that they belong to, and are one character with it."""
_JOINED_JAMO = ("\u1160", "\u11ff")
_FLAGS = ("\U0001f1e6", "\U0001f1ff")
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")


class CutKind(IntEnum):
    """What a text is cut at, the best first."""

    BLANK_LINE = 0
    LINE = 1
    SENTENCE = 2
    WORD = 3
    CHARACTER = 4
    """Between characters of a script that writes no spaces; only where a part has no better place."""


def text_cuts(text: str, size: int, held: Iterable[tuple[int, int]] = ()) -> tuple[int, ...]:
    """Return the offsets at which a text is cut, in their order; the same arguments always give the same.

    A part is at least a quarter as long as wanted, where it can be. Of the best kind of place that there is in this
    range, the one is taken that divides the rest most evenly.

    Args:
        text: The text.
        size: Largest length of a part, in characters (code points), where the text can be cut as often; at least 1.
        held: Start and end of what is not to be cut, in any order.
    """
    found = _Places(text, held)
    cuts: list[int] = []
    start = 0
    while (rest := len(text) - start) > size:
        ideal = start + -(-rest // -(-rest // size))
        cut = found.best(start, start + max(1, size // 4), start + size, ideal)
        if cut is None:
            break
        cuts.append(cut)
        start = cut
    return tuple(cuts)


def may_cut(text: str, cuts: Sequence[int], held: Iterable[tuple[int, int]]) -> bool:
    """Check whether a text may still be cut at these offsets, given what is not to be cut."""
    places = _Places(text, held)
    return all(places.is_free(cut) for cut in cuts)


class _Places:
    """Places at which a text may be cut."""

    def __init__(self, text: str, held: Iterable[tuple[int, int]]) -> None:
        self._text = text
        first = _VISIBLE.search(text)
        self._first = first.start() if first else len(text)
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(held):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def best(self, start: int, low: int, high: int, ideal: int) -> int | None:
        """Return the best place in `[low, high]`; else the last before, else the first after; None if there is none."""
        within: list[tuple[CutKind, int, int]] = []
        before = None
        for cut, kind in self._between(start, high):
            if cut >= low:
                within.append((kind, abs(cut - ideal), cut))
            else:
                before = cut
        if within:
            return min(within)[2]
        if before is not None:
            return before
        for cut in range(high, start, -1):
            if self._is_between_characters(cut):
                return cut
        after = next((cut for cut, _ in self._between(high, len(self._text))), None)
        characters = range(high + 1, len(self._text) if after is None else after)
        return next((cut for cut in characters if self._is_between_characters(cut)), after)

    def is_free(self, cut: int) -> bool:
        """Check whether a cut leaves no blank part, and nothing that it would be within."""
        text = self._text
        if not self._first < cut < len(text) or _INVISIBLE.match(text[cut]):
            return False
        index = bisect_right(self._starts, cut) - 1
        if index >= 0 and self._starts[index] < cut < self._ends[index]:
            return False
        return not within_character(text, cut) and not within_word(text, cut)

    def _between(self, start: int, end: int) -> Iterator[tuple[int, CutKind]]:
        """Yield the places after `start` and up to `end` that spaces, lines or punctuation show, with their kinds."""
        for match in _PLACE.finditer(self._text, start):
            cut = match.end()
            if cut > end:
                return
            if start < cut and self.is_free(cut) and not set(match[0]) <= _BOUND_SPACES:
                yield cut, self._kind(match)

    def _kind(self, match: re.Match[str]) -> CutKind:
        found = match[0]
        if not _INVISIBLE.match(found):
            return CutKind.SENTENCE if found[0] in _UNSPACED_STOPS else CutKind.WORD
        lines = sum(character in _LINES for character in found.replace("\r\n", "\n"))
        if lines > 1 or "\u2029" in found:
            return CutKind.BLANK_LINE
        if lines:
            return CutKind.LINE
        return CutKind.SENTENCE if after_sentence(self._text, match.start()) else CutKind.WORD

    def _is_between_characters(self, cut: int) -> bool:
        return (
            cut < len(self._text)
            and is_unspaced(self._text[cut - 1])
            and is_unspaced(self._text[cut])
            and self.is_free(cut)
        )


def after_sentence(text: str, offset: int) -> bool:
    """Check whether the text before an offset ends a sentence, by its punctuation."""
    return _SENTENCE.search(text[max(0, offset - _LONGEST_END) : offset]) is not None


def within_character(text: str, offset: int) -> bool:
    """Check whether an offset is within what readers take for one character, written with several code points."""
    before, after = text[offset - 1], text[offset]
    if after.isascii():
        return (before == "\r" and after == "\n") or _joins_next(before)
    if unicodedata.category(after)[0] == "M" or after in _JOINERS or after in _TRAILING_VOWELS or _joins_next(before):
        return True
    if before in _LEADING_VOWELS or _JOINED_JAMO[0] <= after <= _JOINED_JAMO[1]:
        return True
    if "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97c":  # first letters of a Korean syllable
        return True
    if _SKIN_TONES[0] <= after <= _SKIN_TONES[1] or "\ud7b0" <= after <= "\ud7fb":
        return True
    if _FLAGS[0] <= after <= _FLAGS[1]:  # two letters make a flag
        count = 0
        while count < offset and _FLAGS[0] <= text[offset - count - 1] <= _FLAGS[1]:
            count += 1
        return count % 2 == 1
    return False


def _joins_next(character: str) -> bool:
    return not character.isascii() and (character in _JOINERS or character in _BEFORE_NUMBERS or character in _STACKERS)
