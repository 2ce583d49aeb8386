"""What a word is in a script: where letters have case and words have spaces between them, and where they have not.

Burmese, Chinese, Japanese, Khmer, Lao and Thai have no spaces between words, so no rule of characters can say where a
word ends; Arabic and Hebrew write short words and the next one together, and Korean endings and the word before. In all
of these a span may begin and end between any two characters, except within one: a letter and its marks.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache

_UNSPACED = (
    *((0x0E00, 0x10A0), (0x1780, 0x1800), (0x3005, 0x3008), (0x3021, 0x302A), (0x3031, 0x3036), (0x3040, 0xAC00)),
    *((0xF900, 0xFB00), (0xFF66, 0xFFA0), (0x20000, 0x110000)),
)
"""Code points of scripts without spaces between words: Thai, Lao, Tibetan, Burmese, Khmer, kana, Han and others."""
UNSPACED_CLASS = "".join(f"{chr(first)}-{chr(last - 1)}" for first, last in _UNSPACED)
"""The same as the inside of a character class."""
_FIRST_UNSPACED = chr(_UNSPACED[0][0])

_CASED = (
    *((0x0000, 0x0590), (0x10A0, 0x1100), (0x13A0, 0x1400), (0x1AB0, 0x1B00), (0x1C80, 0x1CC0), (0x1D00, 0x2E80)),
    *((0xA640, 0xA800), (0xAB30, 0xABC0), (0xFB00, 0xFB20), (0xFE20, 0xFE30), (0x10400, 0x10600), (0x1D400, 0x1D800)),
)
"""Code points of scripts with upper and lower case, and of the marks and signs that they share."""
_CASED_ENDS = [end for _, end in _CASED]

_PUNCTUATION = (
    "\u104a\u104b\u17d4-\u17d6\u3001-\u3003\u3008-\u301f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
"""Punctuation of scripts without spaces, as the inside of a character class."""

_STACKERS = frozenset("\u1039\u17d2")
"""Signs of Burmese and Khmer that put the next letter below the one before, so that both are one character."""

_MARKS_OF_WORDS = frozenset("\u05f3\u05f4\u0970\u104c\u104d\u104e\u104f")
"""Punctuation by its category that is a part of words: geresh and gershayim, the Devanagari sign of abbreviations, and
signs of Burmese that stand for words."""

UNSPACED_LANGUAGES = frozenset(
    """cjy cmn cnp csp czh czo gan hak hsn ja km ksw lo lzh mnp mnw my nan nod shn tdd th wuu yue zh""".split()
)
"""ISO 639 codes of languages that their own scripts write without spaces between words."""


def is_unspaced_language(tag: str | None) -> bool:
    """Check whether texts in a language have no spaces between words; one in Latin letters has them.

    Args:
        tag: A BCP 47 tag in its canonical form; None if it is unknown.
    """
    if tag is None:
        return False
    primary, *subtags = tag.split("-")
    return primary in UNSPACED_LANGUAGES and "Latn" not in subtags[:2]


def is_unspaced(character: str) -> bool:
    """Check whether a character is of a script that does not separate words by spaces."""
    if character < _FIRST_UNSPACED:  # as in most texts
        return False
    return any(first <= ord(character) < last for first, last in _UNSPACED)


def is_word_mark(character: str) -> bool:
    """Check whether a character is a part of words although Unicode calls it punctuation."""
    return character in _MARKS_OF_WORDS


def same_word(before: str, after: str) -> bool:
    """Check whether two adjacent characters certainly belong to one word, or are parts of one character.

    That is so for letters and digits of scripts with case, which separate words, for digits of all scripts, and for a
    letter and its marks.
    """
    if before.isascii() and after.isascii():  # as in most texts
        return before.isalnum() and after.isalnum()
    if before.isspace() or after.isspace():
        return False
    first, second = unicodedata.category(before), unicodedata.category(after)
    if second[0] == "M" and (first[0] in "LM" or (first[0] == "N" and _is_cased(after))):
        return True
    if before in _STACKERS and second[0] == "L":
        return True
    return _parts_words(before, first) and _parts_words(after, second)


def within_word(text: str, offset: int) -> bool:
    """Check whether an offset is within a word, as far as spaces tell, or within a character.

    Unlike `same_word`, it takes all letters without a space between them for one word in scripts that have spaces, such
    as Arabic and Devanagari.

    Args:
        text: The text.
        offset: Number of code points before the place.
    """
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    if before == " " or after == " ":  # as at most ends of spans
        return False
    return same_word(before, after) or (_is_spaced(after) and _is_spaced(before))


def _is_spaced(character: str) -> bool:
    """Check whether a character is of a word that spaces separate from others."""
    return (character.isalnum() or is_mark(character)) and not is_unspaced(character)


def is_mark(character: str) -> bool:
    """Check whether a character is a mark on the one before."""
    return character > "\u02ff" and unicodedata.category(character)[0] == "M"


def split_words(text: str) -> list[str]:
    """Return the words of a text, without punctuation; in scripts without spaces between them, its characters."""
    return re.findall(r"\w+", text) if text.isascii() else _words().findall(text)


@cache
def _words() -> re.Pattern[str]:
    character, *_ = unspaced_parts()
    letters = character[1 : character.index("]")]
    return re.compile(rf"{character}|[^\W{letters}]+")


def _parts_words(character: str, category: str) -> bool:
    """Check whether a character has spaces or punctuation between it and the next word."""
    if category in ("Lu", "Ll", "Lt", "Nd", "No"):
        return True
    return category in ("Lm", "Mn", "Mc", "Nl") and _is_cased(character)


def _is_cased(character: str) -> bool:
    index = bisect_right(_CASED_ENDS, ord(character))
    return index < len(_CASED) and _CASED[index][0] <= ord(character)


@cache
def unspaced_parts() -> tuple[str, ...]:
    """Return regular expressions for what a tokeniser separates in scripts without spaces between words.

    These are a character with its marks and what is written below it, a sign of punctuation, and digits and other
    letters after one of these. spaCy writes them into the folder of a pipeline, so they name all code points and need
    no property of Unicode.
    """
    letters, marks = [], [0x200C, 0x200D, *range(0xFE00, 0xFE10)]
    for first, last in _UNSPACED:
        for point in range(first, min(last, 0x40000)):
            category = unicodedata.category(chr(point))
            if category[0] == "M":
                marks.append(point)
            elif category[0] == "L" or category == "Nl":
                letters.append(point)
    letter, mark, stacker = _ranges(letters), _ranges(marks), re.escape("".join(sorted(_STACKERS)))
    character = f"[{letter}][{mark}]*(?:(?<=[{stacker}])[{letter}][{mark}]*)*"
    return character, f"[{_PUNCTUATION}]", rf"(?<=[{letter}{mark}{_PUNCTUATION}])[^\W{letter}]+"


def _ranges(points: list[int]) -> str:
    """Return the inside of a character class."""
    parts: list[list[int]] = []
    for point in sorted(points):
        if parts and parts[-1][1] == point - 1:
            parts[-1][1] = point
        else:
            parts.append([point, point])
    return "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in parts)
