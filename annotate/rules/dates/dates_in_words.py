"""Dates as people write them in a field, such as "5 May" or "last Friday", read as the rules read those of texts."""

from __future__ import annotations

import re
from datetime import date

from ....schema.edtf import edtf_error
from .calendar_dates import is_ambiguous
from .date_forms import date_forms
from .reference_date import ReferenceDate

_FIRST_WORD = re.compile(r"[^\s,]+")


def read_written_date(words: str, published: date | None) -> str | None:
    """Return the EDTF value of words that are a date as a whole; None if they are not, or may mean several dates.

    Args:
        words: The words: a date of any form that the rules find in texts, in upper or lower case.
        published: The day of publication, against which incomplete and relative dates are resolved. Without it, these
            have no value, or one with an unknown year.
    """
    words = " ".join(words.split()).rstrip(".")
    first = _FIRST_WORD.match(words)
    for form in date_forms(first[0].lower()) if first else ():
        match = form.pattern.fullmatch(words)
        if match is None or is_ambiguous(match):
            continue
        try:
            edtf = form.resolve(match, ReferenceDate(published, ahead=False))
        except (OverflowError, ValueError):  # the day does not exist
            continue
        if edtf is not None and edtf_error(edtf) is None:
            return edtf
    return None
