"""Dates whose clause tells what happened then, unlike those that are mentioned in passing."""

from __future__ import annotations

import re

from ..passage import Passage
from ..word_lists import word_list
from .told_time import last_year

_BEFORE_TOLD = word_list("before_told_dates")
_SUBORDINATORS = word_list("before_dates_in_passing")


def tells(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether a date with its year is an adverb of a main clause: "It began on 7 April 1994".

    Mentioned in passing are "the accord of 5 July 1999", "since 2014" and "the war, which began in March 2015".
    """
    tokens = passage.tokens
    if last_year(match) is None:
        return False
    if not tokens.starts_sentence(index) and tokens.lower(index - 1) not in _BEFORE_TOLD:
        return False
    while index > 0 and tokens.same_sentence(index - 1, index):
        index -= 1
        if tokens.lower(index) in _SUBORDINATORS:
            return False
    return True
