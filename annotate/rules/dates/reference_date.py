"""The reference date of a text, and the type of functions that resolve dates against it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class ReferenceDate:
    """The date that incomplete and relative dates are resolved against.

    Attributes:
        day: The day of publication; None if unknown.
        ahead: Whether the text around the date refers to the future.
        told: The year of a day or month without one, if the text tells of a time that it states.
        stated: The year that the text stated last: "in May of that year".
        month: The month, with its year, of the date before: "May 5 and 7".
        days: The years of the days that the text has stated with their year, by month and day.
    """

    day: date | None
    ahead: bool
    told: str | None = None
    stated: str | None = None
    month: str | None = None
    days: Mapping[tuple[int, int | None], str] = field(default_factory=dict)


Resolver = Callable[["re.Match[str]", ReferenceDate], str | None]
"""A function that returns the EDTF value of a matched date; None if it is not known."""


def unresolved(match: re.Match[str], reference: ReferenceDate) -> None:
    """Return no value: for "recent weeks", holidays and seasons, whose extent or year is not known."""


def day_interval(first: date, last: date) -> str:
    """Return the EDTF interval from one day to another."""
    return f"{first.isoformat()}/{last.isoformat()}"


def shift_months(day: date, months: int) -> str:
    """Return the month that lies a number of months after that of a day."""
    total = day.year * 12 + day.month - 1 + months
    return f"{total // 12:04}-{total % 12 + 1:02}"
