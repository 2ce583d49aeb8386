"""How to write a date that is outside the EDTF profile: what other tools and older drafts of EDTF write, and slips."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable

PROFILE = (
    "write YYYY, YYYY-MM or YYYY-MM-DD with X for unknown digits, or two of these joined by /, '..' for an open end"
)

_UNKNOWN = "leave it out if it is unknown"
_SIGN = re.compile(r"[~?%]")
_SEASON = re.compile(r"([0-9X]{4})-(2[1-9]|3[0-9]|4[01])")
_PADDED = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"([0-9X]{4}-[0-9X]{2}-[0-9X]{2})[T ][0-9:.,+Z-]+")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def edtf_fix(text: str, is_valid: Callable[[str], bool]) -> str:
    """Return how to fix an EDTF value that is not valid.

    Args:
        text: The value.
        is_valid: Returns whether a value is valid; only valid values are proposed.
    """
    for find in (_empty_end, _draft_words, _outer_dots, _signs, _season, _time, _digits, _reversed, _no_day, _spelling):
        proposal = find(text)
        if proposal is None:
            continue
        value, condition = proposal
        if not value:
            return condition
        if is_valid(value):
            return f"write {value!r}{condition}"
    return f"{PROFILE}; {_UNKNOWN}"


def _empty_end(text: str) -> tuple[str, str] | None:
    """Propose an open end for one that is empty, which means unknown in EDTF."""
    start, slash, end = text.partition("/")
    if not slash or (start and end):
        return None
    if not (start or end):
        return "", "leave out the value: both ends are unknown"
    known = start or end
    value = f"{start or '..'}/{end or '..'}"
    return value, f" only if it is open, without an end in time; if the other end is unknown, write {known!r}"


def _draft_words(text: str) -> tuple[str, str] | None:
    """Replace what the draft of 2012 wrote: `open`, `unknown`, and `u` for unknown digits."""
    if "unknown" in text:
        ends = [end for end in text.split("/") if end != "unknown"]
        if len(ends) == 1 and ends[0]:
            return _empty_end(text.replace("unknown", ""))
        return "", _UNKNOWN
    value = text.replace("open", "..")
    value = re.sub(r"[uUx]", "X", value)
    return (value, "") if value != text else None


def _outer_dots(text: str) -> tuple[str, str] | None:
    """Drop dots before or after a date, which ISO 8601-2 allows and the profile does not."""
    ends = [end if end == ".." else end.removeprefix("..").removesuffix("..") for end in text.split("/")]
    value = _SIGN.sub("", "/".join(ends))
    return (value, "; the profile has no dates of which only a part is open") if ends != text.split("/") else None


def _signs(text: str) -> tuple[str, str] | None:
    value = _SIGN.sub("", text)
    if value == text:
        return None
    return value, ", without the sign for approximate or uncertain dates; say that in the note of the span"


def _season(text: str) -> tuple[str, str] | None:
    found = next((part for part in text.split("/") if _SEASON.fullmatch(part)), None)
    if found is None:
        return None
    year = found[:4]
    return "", f"write the months of the season as an interval, such as '{year}-03/{year}-05'; {_UNKNOWN}"


def _time(text: str) -> tuple[str, str] | None:
    parts = text.split("/")
    days = [match[1] if (match := _TIME.fullmatch(part)) else part for part in parts]
    return ("/".join(days), ", without the time of day") if days != parts else None


def _digits(text: str) -> tuple[str, str] | None:
    """Write a day with its separators and two digits each, or refuse a year that has not four digits."""
    match = _PADDED.fullmatch(text.strip()) or _COMPACT.fullmatch(text.strip())
    if match:
        return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}", ""
    if re.fullmatch(r"[-+Y][0-9].*", text) or re.match(r"\d{5,}(-|$)", text):
        return "", f"only years from 0000 to 9999 can be written; {_UNKNOWN}"
    return None


def _reversed(text: str) -> tuple[str, str] | None:
    start, slash, end = text.partition("/")
    return (f"{end}/{start}", " if the ends were exchanged") if slash and ".." not in (start, end) else None


def _no_day(text: str) -> tuple[str, str] | None:
    """Say how many days the month has."""
    for part in text.split("/"):
        match = _DAY.fullmatch(part)
        if match and 1 <= int(match[2]) <= 12 and int(match[1]):
            days = monthrange(int(match[1]), int(match[2]))[1]
            if not 1 <= int(match[3]) <= days:
                month = part[:7]
                return "", f"correct the day, since {month} has {days}, or write {month!r} if the day is not known"
    return None


def _spelling(text: str) -> tuple[str, str] | None:
    value = re.sub(r"\s", "", text).translate({0x2013: "/", 0x2012: "-", 0x2010: "-", 0x2011: "-"})
    return (value, "") if value != text else None
