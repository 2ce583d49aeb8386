from __future__ import annotations

import re
import warnings
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.schema import DataError, parse_edtf

DAYS = {
    "2023-10-17": ((2023, 10, 17), (2023, 10, 17)),
    "2023-02": ((2023, 2, 1), (2023, 2, 28)),
    "2024-02": ((2024, 2, 1), (2024, 2, 29)),
    "2023": ((2023, 1, 1), (2023, 12, 31)),
    "202X": ((2020, 1, 1), (2029, 12, 31)),
    "XXXX-10-17": ((0, 10, 17), (9999, 10, 17)),
    "XXXX-02-29": ((0, 2, 29), (9996, 2, 29)),  # only leap years have that day, and the year 0 was one
    "2023-1X": ((2023, 10, 1), (2023, 12, 31)),
    "2023-XX-31": ((2023, 1, 31), (2023, 12, 31)),
    "2023-10-3X": ((2023, 10, 30), (2023, 10, 31)),
    "2023-10-01/2023-10-10": ((2023, 10, 1), (2023, 10, 10)),
    "2023-10/2023-11": ((2023, 10, 1), (2023, 11, 30)),
    "2023-10-17/..": ((2023, 10, 17), None),
    "../2023-10": (None, (2023, 10, 31)),
}


@pytest.mark.parametrize("text", DAYS)
def test_a_value_covers_these_days(text: str) -> None:
    parsed = parse_edtf(text)
    assert (parsed.earliest, parsed.latest) == DAYS[text]


OUTSIDE = ["", "today", "2023-13-45", "2023-02-29", "2023-1", "23-10-17", "2023/10/17", "2023-10-17T12:00", "2023-21"]
OUTSIDE += ["2023-10-17~", "-0044", "2023-10-10/2023-10-01", "../..", "2023-10-17/", "/2023", "2023-3X", "2023-06-31"]
OUTSIDE += ["2023-10-01/2023-10-05/2023-10-10", "２０２３", "2023-10-17 ", "XXXX-02-30", "2023-xx"]


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_is_outside_the_profile_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="EDTF"):
        parse_edtf(text)


OVERLAPS = [
    ("2023-10", "2023-10-17", True),
    ("2023-10-01/2023-10-10", "2023-10-10/2023-10-20", True),
    ("2023-10-01/2023-10-10", "2023-10-11", False),
    ("2023-10-17/..", "2030", True),
    ("../2023", "2024-01-01", False),
]


@pytest.mark.parametrize(("a", "b", "expected"), OVERLAPS)
def test_overlap_is_symmetric_and_counts_shared_days(a: str, b: str, expected: bool) -> None:
    assert parse_edtf(a).overlaps(parse_edtf(b)) is expected
    assert parse_edtf(b).overlaps(parse_edtf(a)) is expected


@given(st.dates(min_value=date(1000, 1, 1)), st.integers(0, 4000))
def test_an_interval_of_days_has_those_bounds(start: date, length: int) -> None:
    end = min(start.toordinal() + length, date.max.toordinal())
    last = date.fromordinal(end)
    parsed = parse_edtf(f"{start.isoformat()}/{last.isoformat()}")
    assert parsed.earliest == (start.year, start.month, start.day)
    assert parsed.latest == (last.year, last.month, last.day)
    if start < last:
        with pytest.raises(DataError):
            parse_edtf(f"{last.isoformat()}/{start.isoformat()}")


PEER = [
    "2023",
    "2023-10",
    "2023-10-17",
    "2024-02-29",
    "202X",
    "20XX",
    "2023-10-01/2023-10-10",
    "2019/2021-06",
    "1985-04-XX",
]


@pytest.mark.parametrize("text", PEER)
def test_bounds_agree_with_the_edtf_package(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its parser's own deprecations
        from edtf import parse_edtf as peer

        other = peer(text)
    ours = parse_edtf(text)
    assert ours.earliest == tuple(other.lower_strict()[:3])
    assert ours.latest == tuple(other.upper_strict()[:3])


FIXES = {
    "1985-04-12/": ("'1985-04-12/..' only if it is open", "if the other end is unknown, write '1985-04-12'"),
    "/1985": ("'../1985' only if it is open",),
    "unknown/2006": ("'../2006' only if it is open",),
    "/": ("leave out the value",),
    "2004-01-01/open": ("write '2004-01-01/..'",),
    "uuuu-06-07/1916-07-14": ("write 'XXXX-06-07/1916-07-14'",),
    "199x": ("write '199X'",),
    "1984~": ("write '1984', without the sign",),
    "2004-06-01/?2004-06-20": ("write '2004-06-01/2004-06-20', without the sign",),
    "..2004-06-01/~2004-06-20": ("write '2004-06-01/2004-06-20'; the profile has no dates",),
    "2001-21": ("the months of the season", "'2001-03/2001-05'"),
    "2017-24/2018-21": ("the months of the season",),
    "2023-02-30": ("2023-02 has 28", "or write '2023-02'"),
    "2023-10-17/2023-10-01": ("write '2023-10-01/2023-10-17' if the ends were exchanged",),
    "2023-10-17T05:00": ("write '2023-10-17', without the time",),
    "2023-10-17T05:00:00Z/2023-10-18T05:00:00Z": ("write '2023-10-17/2023-10-18', without the time",),
    "20231017": ("write '2023-10-17'",),
    "2023/10/7": ("write '2023-10-07'",),
    "-0044-03-15": ("years from 0000 to 9999",),
    "Y170000": ("years from 0000 to 9999",),
    " 2023-10 ": ("write '2023-10'",),
    "soon": ("write YYYY, YYYY-MM or YYYY-MM-DD",),
    "2023-02-30/": ("2023-02 has 28",),
    "2023-19-30/": ("write YYYY, YYYY-MM or YYYY-MM-DD",),
}


@pytest.mark.parametrize("text", FIXES)
def test_a_wrong_date_is_told_with_what_may_be_meant(text: str) -> None:
    with pytest.raises(DataError) as refusal:
        parse_edtf(text)
    [problem] = refusal.value.problems
    assert repr(text) in problem.what
    assert all(part in problem.fix for part in FIXES[text]), problem.fix


@given(
    st.text("0123456789X/.-~?u ", max_size=12)
    | st.from_regex(r"\d{4}(-\d\d?){0,2}[~?/T]?(\d{4}-\d\d)?", fullmatch=True)
)
def test_whatever_is_proposed_is_valid(text: str) -> None:
    try:
        parse_edtf(text)
    except DataError as error:
        proposal = re.match(r"write '([^']*)'", error.problems[0].fix)
        if proposal:
            parse_edtf(proposal[1])
