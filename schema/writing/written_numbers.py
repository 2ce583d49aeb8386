"""Numbers as people write them in a language: `1.234,5` in German, `12,34,567` in India.

A text that could be two numbers is not read: what `1.234` is depends on the language, and is not guessed.
"""

from __future__ import annotations

import re
import unicodedata

_COMMA = frozenset(
    """af az be bg bs ca cs da de el et eu fi fo fr fy gl hr hu hy id is it ka kk ky lb lt lv mk nb nl nn no pl pt ro ru
    sk sl sq sr sv tg tk tr tt uk uz vi""".split()
)
"""Languages with a decimal comma."""
_POINT = frozenset(
    """am as bn cy en fil ga gu gd haw he hi ja km kn ko lo ml mn mr ms mt my ne or pa si sw ta te th ti tl ur yo zh
    zu""".split()
)
"""Languages with a decimal point."""
_COMMA_REGIONS = frozenset(
    """ar-DZ ar-LY ar-MA ar-MR ar-TN en-ZA es-AR es-BO es-CL es-CO es-CR es-EC es-ES es-PY es-UY es-VE""".split()
)
_POINT_REGIONS = frozenset(
    """ar-AE ar-SA de-CH de-LI es-419 es-DO es-GT es-HN es-MX es-NI es-PA es-PE es-PR es-SV es-US it-CH""".split()
)
"""Regions where it is another one than in the language elsewhere, or where the language does not say."""

_SPACES = " \u00a0\u2009\u202f"
_APOSTROPHES = "'’"
_NUMBER = re.compile(rf"(?P<sign>[-+\u2212]?)(?P<digits>\d[\d.,\u066b\u066c{_SPACES}{_APOSTROPHES}]*)")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?P<mark>\D)\d{3})(?:(?P=mark)\d{3})*|[1-9]\d?(?:,\d\d)+,\d{3}")
_MAX_LENGTH = 60


def ascii_digits(text: str) -> str:
    """Return a text with the decimal digits of all scripts as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def decimal_mark(language: str | None) -> str | None:
    """Return the decimal mark of a language, a comma or a point; None if it is unknown, or differs by region.

    Args:
        language: A BCP 47 tag in its canonical form, or None.
    """
    if language is None:
        return None
    primary, *subtags = language.split("-")
    region = next((f"{primary}-{subtag}" for subtag in subtags if subtag.isupper() or subtag.isdecimal()), "")
    if region in _COMMA_REGIONS or region in _POINT_REGIONS:
        return "," if region in _COMMA_REGIONS else "."
    return "," if primary in _COMMA else "." if primary in _POINT else None


def read_number(text: str, language: str | None) -> int | float | None:
    """Return the number that a text states in a language; None if it states none, or may state another one.

    Digits of all scripts are read, grouped by spaces of any width, by apostrophes, or by the mark of the language that
    is not the decimal one, in groups of three digits or as in India.

    Args:
        text: The text, such as `1.234,5`.
        language: A BCP 47 tag in its canonical form; None if it is unknown, and then a mark between digits is read only
            where there is one reading.
    """
    match = _NUMBER.fullmatch(ascii_digits(text.strip())) if len(text) <= _MAX_LENGTH else None
    if match is None:
        return None
    digits, sign = match["digits"], "-" if match["sign"] in ("-", "\u2212") else ""
    # the marks of Arabic, which have no other meaning
    digits = digits.replace("\u066c", "_").translate(dict.fromkeys(map(ord, _SPACES + _APOSTROPHES), "_"))
    if "\u066b" in digits:
        whole, _, fraction = digits.partition("\u066b")
        return _number(sign, whole, fraction) if fraction else None
    marks = {c for c in digits if c in ".,"}
    mark = decimal_mark(language)
    if len(marks) == 2:
        last = max(marks, key=digits.rfind)
        return _number(sign, *digits.rsplit(last, 1)) if mark in (None, last) else None
    if not marks:
        return _number(sign, digits, "")
    [only] = marks
    if digits.count(only) > 1 or "_" in digits[digits.index(only) :]:
        return _number(sign, digits, "") if mark != only else None
    whole, fraction = digits.split(only)
    if not fraction:
        return None
    may_be_group = len(fraction) == 3 and whole.isdecimal() and len(whole) <= 3 and whole[0] != "0"
    if mark is None and may_be_group:
        return None
    if only == mark or (mark is None and "_" not in fraction):
        return _number(sign, whole, fraction)
    return _number(sign, digits, "") if may_be_group else None


def _number(sign: str, whole: str, fraction: str) -> int | float | None:
    """Return a number of its parts; None if the digits before the decimal mark are grouped in no known way."""
    if not whole.isdecimal():
        if _GROUPED.fullmatch(whole) is None:
            return None
        whole = re.sub(r"\D", "", whole)
    if not fraction:
        return int(sign + whole)
    return float(f"{sign}{whole}.{fraction}") if fraction.isdecimal() else None
