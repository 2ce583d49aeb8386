"""Numerals, the words that numbers consist of, and the longest run of them at an offset in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

from .word_lists import alternatives, word_list, word_sequence, word_values

NumeralKind = Literal[
    "digits",
    "small",
    "tens",
    "hundred",
    "scale",
    "article",
    "part",
    "share",
    "ordinal",
    "many",
    "couple",
    "and",
    "of",
    "point",
    "link",
    "odd",
]
"""The role of a word in a number.

`part` is "half" or "thirds", `share` is "½" or "1/2", `many` is "dozens", `couple` is "a couple", `link` is "to", "or"
or a dash. `odd` words look like a number and are not known.
"""

_SMALL = word_sequence("small_cardinals")
_TENS = word_sequence("tens")
_SCALES = word_values("scales")
_SUFFIXES = {**word_values("suffixes"), **{word: scale for word, scale in _SCALES.items() if scale >= 1000}}
_MANY = {f"{word}s": scale for word, scale in _SCALES.items()} | {"tens": 10, "hundreds": 100}
_PARTS = word_values("parts")
_PARTS = {**_PARTS, **{f"{word}s": parts for word, parts in _PARTS.items() if parts > 2}}

_KINDS: dict[NumeralKind, Mapping[str, int]] = {
    "small": {word: value for value, word in enumerate(_SMALL)},
    "tens": {word: 10 * tens for tens, word in enumerate(_TENS, 2)} | {"fourty": 40},
    "hundred": {"hundred": 100},
    "scale": _SCALES,
    "many": _MANY,
    "article": {"a": 1, "an": 1},
    "and": {"and": 0},
    "of": {"of": 0},
    "point": {"point": 0},
    "link": {"to": 0, "or": 0},
}
_WORDS = {word: (kind, Fraction(value)) for kind, words in _KINDS.items() for word, value in words.items()}
_WORDS |= {word: ("part", Fraction(1, parts)) for word, parts in _PARTS.items()}
_CONNECTORS = frozenset(("and", "of", "point", "link"))

_NAMES = "|".join(sorted([*_SMALL[1:], *_TENS, "fourty", "hundred", *_SCALES], key=len, reverse=True))
NUMBER_WORD = rf"(?:(?:half\s+)?(?:a\s+)?(?:half-)?(?:{_NAMES})(?:(?:\s+and\s+|[-\s]+)(?:{_NAMES}))*)"
"""A pattern for a number in words, without groups, to be matched case-insensitively."""

INDEFINITE_STARTS = frozenset(phrase.split()[0] for phrase in word_sequence("indefinite_multiples"))
"""Words, in lower case, that may begin a number of unknown size before a scale: "several hundred"."""
_INDEFINITE = re.compile(
    rf"(?:{alternatives(word_sequence('indefinite_multiples'))})\s+"
    rf"(?P<scale>hundred|{'|'.join(_SCALES)})s?(?!\w|-?strong)",
    re.IGNORECASE,
)
_COUPLE = re.compile(
    r"(?P<couple>(?:a\s+)?couple)(?=\s+of\s)(?P<of>\s+of(?=\s+(?:hundred|dozen|thousand|million)\b))?", re.IGNORECASE
)

_ORDINAL = re.compile(
    rf"(?:{alternatives(word_sequence('ordinal_stems'))}|\w+illion)ths?"
    rf"|(?:{alternatives(word_sequence('ordinal_tens_stems'))})ieths?"
)
_ORDINALS_AFTER_HYPHEN = word_list("ordinals_after_hyphen")
_ODD_WORD = r"(?!verm|pav|cot)\w*illions?|umpteen|nou?ght|naught|la[ck]hs?|do?zs?|dozs|myriads?|googols?"
_ODD = re.compile(_ODD_WORD)

_ODD_ENDS = ("illion", "illions", "umpteen")

_NUMERIC = r"\d\u00bc-\u00be\u2150-\u2189\u00b2\u00b3\u00b9\u2070-\u2089"
CHUNK = rf"[{_NUMERIC}]\w*(?:[.,'’:/^*×~±=]+(?=[{_NUMERIC}])\w+)*"
_GAP = r"[^\S\r\n]*(?:\r\n|\r|\n)?[^\S\r\n]*"
_LEXEME = re.compile(rf"(?P<gap>{_GAP})(?:(?P<dash>[-‐‑–—])(?P<after>{_GAP}))?(?P<word>{CHUNK}|[^\W\d_]+)(?!\w)")
_SCALE = "|".join(["hundred", *_SCALES])
_REQUIRED_AFTER = {
    "article": re.compile(rf"(?:\s+|-)(?:{_SCALE}|{'|'.join(_PARTS)}|{_ODD_WORD})(?!\w)", re.IGNORECASE),
    "of": re.compile(rf"\s+(?:(?:an?|one)\s+)?(?:{_SCALE}|{'|'.join(_MANY)})(?!\w)", re.IGNORECASE),
    "point": re.compile(rf"\s+(?:{'|'.join(_SMALL)})(?!\w)", re.IGNORECASE),
}
"""Patterns of what must follow words that are only sometimes part of a number."""
_PLAIN_WORD = re.compile(r"\s([^\W\d_]+)")
_BEFORE_SCALE = re.compile(rf"\s+(?:{_SCALE})(?!\w)", re.IGNORECASE)
_UP_TO = re.compile(r"(?:up\s+to|through)(?!\w)", re.IGNORECASE)

_AMOUNT = re.compile(
    r"(?P<whole>0|[1-9]\d*|(?P<grouped>[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d?(?:,\d\d)+,\d{3}|[1-9]\d{0,2}(?:['’]\d{3})+))"
    rf"(?P<decimals>\.\d+)?(?P<share>[¼½¾⅓⅔])?(?P<suffix>{'|'.join(_SUFFIXES)})?",
    re.IGNORECASE | re.ASCII,
)
_CACHED_WORDS = 1 << 13
_NO_DIGITS = re.compile(r"\D")
_SHARE = re.compile(r"[¼½¾⅓⅔]|[1-9]/[2-9]", re.ASCII)
_GROUPS = re.compile(rf"[1-9][0-9]{{0,2}}(?P<rest>(?:[ \u00a0\u2009\u202f][0-9]{{3}})+)(?![{_NUMERIC}\w]|[.,'’:/]\d)")


class Numeral(NamedTuple):
    """A word of a number, `[start, end)` in code points.

    Attributes:
        kind: The role of the word.
        start: The offset of its first character.
        end: The offset after its last character.
        value: Its value; None if its form is not understood.
        scale: The factor of a suffix ("5k"); 1 without one.
        grouped: Whether separators mark thousands ("12,000").
        broken: Whether it has decimals or a fraction, which do not count anything without a scale.
        tight: For a dash, whether there is no space next to it.
    """

    kind: NumeralKind
    start: int
    end: int
    value: Fraction | None = None
    scale: int = 1
    grouped: bool = False
    broken: bool = False
    tight: bool = False


_INITIAL_WORDS = frozenset(word for word, (kind, _) in _WORDS.items() if kind not in _CONNECTORS and kind != "article")


def begins_number(word: str) -> bool:
    """Check whether a word, in lower case, may be the first of a number, apart from articles."""
    return word in _INITIAL_WORDS or (not word[:1].isalpha() and word[:1].isnumeric()) or word.endswith(_ODD_ENDS)


def may_continue_number(word: str) -> bool:
    """Check whether a word, in lower case, may be part of a number that has begun: "hundred", "and", "thirds"."""
    return word in _WORDS or word in _ORDINALS_AFTER_HYPHEN or _kind_by_form(word) is not None


@lru_cache(_CACHED_WORDS)
def _kind_by_form(word: str) -> NumeralKind | None:
    """Return the kind of a word in lower case, which is in no list, by its form; None for one of no number."""
    if _ORDINAL.fullmatch(word):
        return "ordinal"
    return "odd" if _ODD.fullmatch(word) else None


def read_numerals(text: str, start: int, limit: int) -> list[Numeral]:
    """Return the longest run of numerals that starts at an offset; empty if none does.

    A run only ends at other words, punctuation, a blank line or the gap between cells of a table. It therefore contains
    everything that could belong to its number, understood or not.
    """
    run = _indefinite_numeral(text, start, limit)
    position = run[-1].end if run else start
    while (match := _LEXEME.match(text, position, limit)) is not None:
        if not _may_continue(run, match):
            break
        dash = None
        if match["dash"]:
            dash = Numeral("link", match.start("dash"), match.end("dash"), tight=_is_tight(match))
        word = _numeral(text, match.start("word"), match["word"], run[-1] if run and dash is None else None)
        if word is None or not _may_follow(run, dash, word, match["gap"]):
            break
        run += [word] if dash is None else [dash, word]
        position = word.end
    while run and run[-1].kind in _CONNECTORS:
        run.pop()
    return run


def _indefinite_numeral(text: str, start: int, limit: int) -> list[Numeral]:
    """Return "several hundred" as a numeral like "hundreds", and "a couple (of)" as one; an empty list for others."""
    if match := _INDEFINITE.match(text, start, limit):
        scale = match["scale"].lower()
        return [Numeral("many", start, match.end(), Fraction(_SCALES.get(scale, 100)))]
    if match := _COUPLE.match(text, start, limit):
        return [Numeral("couple", start, match.end(), Fraction(2))]
    return []


_SINGLE_SPACES = frozenset(" \u00a0\u2009\u202f")


def _is_tight(match: re.Match[str]) -> bool:
    """Check whether there is no space next to the dash of a lexeme."""
    return not (match["gap"] or match["after"])


def _may_continue(run: Sequence[Numeral], match: re.Match[str]) -> bool:
    """Check whether a lexeme may continue a run, by the space or dash before it."""
    if not run:
        return not (match["dash"] or match["gap"])
    if not match["dash"]:
        return bool(match["gap"])
    if run[-1].kind in _CONNECTORS and not (run[-1].kind == "and" and _is_tight(match)):
        return False
    return match["dash"] != "—" or _is_tight(match)


def _may_follow(run: Sequence[Numeral], dash: Numeral | None, word: Numeral, gap: str) -> bool:
    """Check whether a numeral may follow a run: no "to" after a dash, and digits only a single space after others."""
    if dash is not None:
        return word.kind != "link"
    digits = bool(run) and (run[-1].kind, word.kind) == ("digits", "digits")
    return not digits or gap in _SINGLE_SPACES


def _numeral(text: str, start: int, word: str, before: Numeral | None) -> Numeral | None:
    """Return a word as a numeral; None if it is not part of a number there."""
    if not word[0].isalpha():
        return _digits(text, start, start + len(word))
    if before is not None and before.kind not in _CONNECTORS and (up_to := _UP_TO.match(text, start)):
        return Numeral("link", start, up_to.end())
    end, low = start + len(word), word.lower()
    if low in _WORDS:
        kind, value = _WORDS[low]
        if kind in _CONNECTORS and before is None and not (kind == "and" and _follows_hyphen(text, start)):
            return None
        if kind in _REQUIRED_AFTER and not _REQUIRED_AFTER[kind].match(text, end):
            return None
        return Numeral(kind, start, end, value)
    if low in _ORDINALS_AFTER_HYPHEN and _follows_hyphen(text, start):
        return Numeral("ordinal", start, end)
    by_form = _kind_by_form(low)
    return Numeral(by_form, start, end) if by_form is not None else None


def _follows_hyphen(text: str, start: int) -> bool:
    return start > 0 and text[start - 1] in "-‐‑"


def _digits(text: str, start: int, end: int) -> Numeral | None:
    """Return digits as a numeral; None for a name, a type, an ordinal, a time or a date."""
    groups = _GROUPS.match(text, start)
    if groups is not None and groups.end() > end:
        return _grouped_digits(text, groups)
    written = text[start:end]
    if _SHARE.fullmatch(written):
        if "/" in written and not _BEFORE_SCALE.match(text, end):
            return None
        return Numeral("share", start, end, _share(written))
    match = _AMOUNT.fullmatch(written)
    if match is not None:
        return _plain_digits(match, start, end)
    known = not re.search(r"[:/]|[^\W\d]", re.sub(rf"(?<=\d)[{_NUMERIC}]", "", written))
    return Numeral("digits", start, end) if known else None


def _grouped_digits(text: str, groups: re.Match[str]) -> Numeral:
    """Return digits with spaces between thousands, whose value is unknown if they may be several numbers."""
    # a plain space separates two numbers as often as thousands; before a word that is not a number, thousands
    following = _PLAIN_WORD.match(text, groups.end())
    certain = " " not in groups["rest"] or (following is not None and not begins_number(following[1].lower()))
    value = Fraction("".join(filter(str.isdigit, groups[0]))) if certain else None
    return Numeral("digits", groups.start(), groups.end(), value, grouped=True)


def _plain_digits(match: re.Match[str], start: int, end: int) -> Numeral:
    """Return digits with separators, decimals, a fraction and a suffix, such as "1.5m"."""
    digits = _NO_DIGITS.sub("", match["whole"]) if match["grouped"] else match["whole"]
    value = Fraction(digits + match["decimals"]) if match["decimals"] else Fraction(int(digits))
    if match["share"]:
        value += _share(match["share"])
    scale = _SUFFIXES[match["suffix"].lower()] if match["suffix"] else 1
    return Numeral(
        "digits",
        start,
        end,
        None if match["decimals"] and match["share"] else (value * scale if scale > 1 else value),
        scale=scale,
        grouped=bool(match["grouped"]),
        broken=scale == 1 and bool(match["decimals"] or match["share"]),
    )


def _share(written: str) -> Fraction:
    if "/" in written:
        return Fraction(written)
    return Fraction(unicodedata.numeric(written)).limit_denominator(10)
