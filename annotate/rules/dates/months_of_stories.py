"""Months by the date before them in a story: "the following February", "that May"."""

from __future__ import annotations

import re

from ..passage import Passage
from ..word_lists import word_list
from .calendar_dates import month_number
from .reference_date import ReferenceDate

_BEFORE_THAT = word_list("before_that_month")


def month_of_story(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "following February", after the month of the date before, and "that May", of its year."""
    follows = match["story"].lower() == "following"
    before = reference.month or (None if follows or reference.stated is None else f"{reference.stated}-01")
    if before is None:
        return None
    year, earlier = before.split("-")
    month = month_number(match["m"])
    if not year.isdigit():
        return f"{year}-{month:02}"
    later = follows and month <= int(earlier)
    number = int(year) + later
    if reference.day is not None and (number, month) > (reference.day.year, reference.day.month):
        return None
    return f"{number:04}-{month:02}"


def is_month_of_story(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether the words before a month refer to a date: "the following May", unlike "said that May ended it"."""
    tokens = passage.tokens
    if not match["m"][0].isupper():
        return False
    if match["story"].lower() == "following":
        return tokens.lower(index - 1) == "the"
    return tokens.starts_sentence(index) or tokens.lower(index - 1) in _BEFORE_THAT
