"""Dates as people write them in a field, such as "5 May" or "last Friday", read as the rules read those of texts."""

from __future__ import annotations

import re
from datetime import date

from ....schema.edtf import edtf_error
from ....schema.writing.written_numbers import ascii_digits
from .calendar_dates import is_ambiguous
from .date_forms import date_forms
from .reference_date import ReferenceDate

_FIRST_WORD = re.compile(r"[^\s,]+")


def read_written_date(words: str, published: date | None, *, day_first: bool = False) -> str | None:
    """Return the EDTF value of words that are a date as a whole; None if they are not, or may mean several dates.

    Args:
        words: The words: a date of any form that the rules find in texts, in upper or lower case and in digits of any
            script, or an EDTF value in these.
        published: The day of publication, against which incomplete and relative dates are resolved. Without it, these
            have no value, or one with an unknown year.
        day_first: Whether 05/10/2023 is 5 October, as in most languages; else it may mean two dates.
    """
    words = ascii_digits(" ".join(words.split()).rstrip("."))
    if edtf_error(words) is None:
        return words
    first = _FIRST_WORD.match(words)
    for form in date_forms(first[0].lower(), "ago" in words.lower()) if first else ():
        match = form.pattern.fullmatch(words)
        if match is None or (is_ambiguous(match) and not day_first):
            continue
        try:
            if is_ambiguous(match):
                edtf: str | None = date(int(match["y"]), int(match["b"]), int(match["a"])).isoformat()
            else:
                edtf = form.resolve(match, ReferenceDate(published, ahead=False))
        except (OverflowError, ValueError):  # the day does not exist
            continue
        if edtf is not None and edtf_error(edtf) is None:
            return edtf
    return None
