"""Durations as ISO 8601 writes them, compared by their length where that is exact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from .value_type import Key, ValueType

_NUMBER = r"([0-9]{1,15}(?:[.,][0-9]{1,15})?)"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?P<time>T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_PATTERN = f"^(?!.*[PT]$|.*[.,][0-9]+[A-Z].*[0-9]){re.sub(r'[?]P<[a-z]+>', '', _DURATION.pattern)}$"
_MONTHS = (12, 1)
_SECONDS = (604_800, 86_400, 3600, 60, 1)
_LETTERS = {"year": "Y", "month": "M", "week": "W", "day": "D", "hour": "TH", "minute": "TM", "second": "TS"}
_WORDS = re.compile(r"(\d{1,15}) (year|month|week|day|hour|minute|second)s?")


@lru_cache(maxsize=1 << 12)
def duration_length(text: str) -> tuple[Fraction, Fraction] | None:
    """Return the length of a duration as months and seconds; None if it is not a duration of ISO 8601.

    A year has 12 months, a week 7 days, a day 24 hours. No number of days is exactly a month, so both are kept apart.
    """
    match = _DURATION.fullmatch(text)
    if match is None or match["time"] == "T":
        return None
    numbers = [part for name, part in enumerate(match.groups()) if name != _TIME_GROUP]
    stated = [number for number in numbers if number is not None]
    if not stated or any("." in number or "," in number for number in stated[:-1]):
        return None  # only the last number may have decimals
    amounts = [Fraction((number or "0").replace(",", ".")) for number in numbers]
    months = sum((factor * amount for factor, amount in zip(_MONTHS, amounts, strict=False)), Fraction())
    return months, sum((f * amount for f, amount in zip(_SECONDS, amounts[2:], strict=True)), Fraction())


_TIME_GROUP = 4
"""Index of the group of the match that holds all of the time, rather than a number."""


@dataclass(frozen=True, slots=True)
class Duration(ValueType):
    """A length of time in the notation of ISO 8601: `P3D`, `P1Y6M`, `PT2H30M`."""

    name: ClassVar[str] = "duration"

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return one key, whose value is a duration."""
        return (Key(field, str, Annotated[str, Meta(extra_json_schema={"pattern": _PATTERN})] | None),)

    @property
    def examples(self) -> tuple[str, ...]:
        """Three days."""
        return ('"P3D"',)

    def error(self, *parts: Any) -> str | None:
        """Reject what is not a duration of ISO 8601."""
        text = parts[0]
        return None if text is None or duration_length(text) else f"{text[:100]!r} is not a duration of ISO 8601"

    def fix(self, *parts: Any) -> str:
        """Return a duration that may be meant, or how durations are written."""
        return _meant(parts[0]) or "write PnYnMnDTnHnMnS, such as P3D (3 days), P1Y6M, P2W or PT2H30M"

    def same(self, a: Sequence[Any], b: Sequence[Any]) -> bool:
        """Check whether two durations have the same months and the same seconds: P7D and P1W, but not P30D and P1M."""
        if a[0] is None or b[0] is None or a[0] == b[0]:
            return bool(a[0] == b[0])
        return duration_length(a[0]) == duration_length(b[0])

    def amount(self, *parts: Any) -> tuple[str, float] | None:
        """Return the seconds, or the months on a scale of their own; None if the duration has both."""
        length = None if parts[0] is None else duration_length(parts[0])
        if length is None or all(length):
            return None
        months, seconds = map(float, length)
        return ("months", months) if months else ("", seconds)

    @property
    def error_unit(self) -> str | None:
        """Seconds."""
        return "s"

    @property
    def instruction(self) -> str:
        """How durations are written."""
        return "a duration of ISO 8601, such as P3D, P1Y6M or PT2H30M"

    @property
    def description(self) -> str:
        """A duration."""
        return "a duration"

    def hint(self, key: Key) -> str:
        """Return examples."""
        return "as P3D, P1Y6M, PT2H30M"


def _meant(text: str) -> str:
    """Return a proposal: capitals, the T before hours, or a number of units in words."""
    words = _WORDS.fullmatch(text.strip().lower())
    number, unit = words.groups() if words else ("", "")
    proposals = (
        text.strip().upper(),
        f"P{'T' * (len(_LETTERS[unit]) > 1)}{number}{_LETTERS[unit][-1]}" if unit else "",
        re.sub(r"^P(?=\d+[HS])", "PT", text.strip().upper()),
        re.sub(r"^PT(?=\d+[YWD]$)", "P", text.strip().upper()),
    )
    found = next((proposal for proposal in proposals if proposal != text and duration_length(proposal)), "")
    return f"write {found!r}" if found else ""
