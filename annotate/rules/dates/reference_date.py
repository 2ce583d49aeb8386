"""The reference date of a text, and the type of functions that resolve dates against it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ReferenceDate:
    """The date that incomplete and relative dates are resolved against.

    Attributes:
        day: The day of publication; None if unknown.
        ahead: Whether the text around the date refers to the future.
    """

    day: date | None
    ahead: bool


Resolver = Callable[["re.Match[str]", ReferenceDate], str | None]
"""A function that returns the EDTF value of a matched date; None if it is not known."""


def unresolved(match: re.Match[str], reference: ReferenceDate) -> None:
    """Return no value: for "recent weeks", holidays and seasons, whose extent or year is not known."""


def day_interval(first: date, last: date) -> str:
    """Return the EDTF interval from one day to another."""
    return f"{first.isoformat()}/{last.isoformat()}"
