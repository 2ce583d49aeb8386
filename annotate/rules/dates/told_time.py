"""The time that a text tells of: that of its publication, as in news, or one that it states, as in a history.

A day or month without a year is of the year that the text stated last, if the text tells of such a time. That it does
is seen by its dates as a whole: a report has days that count from its publication ("on Friday", "last week", a date of
the present year), and mentions other years in passing; a history has none or few of these, and many dates with years.
A short one may have a single date with its year; it tells of that time if it opens with it, and nothing counts from
publication. If it opens with a year alone, the year of its days is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import NamedTuple

_RECENT_YEARS = 1
_WEIGHT_OF_YEAR = 0.5
_WEIGHT_OF_RELATIVE = 2.0
_LEAST_FAR = 3.0
"""Weight of dates of another time below which a text is not a history: a report may mention two, and no other date."""
_DISTANT = 4.0
"""How many times more dates of another time make it improbable that "today" is the day of publication."""
_UNKNOWN = "XXXX"
_DAY = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})")


class DateInText(NamedTuple):
    """A date in the text.

    Attributes:
        match: Its match.
        relative: Whether it counts from the day of publication.
        telling: Whether its clause tells what happened then, rather than mentions it: "the accord of 5 July 1999".
    """

    match: re.Match[str]
    relative: bool
    telling: bool


class Opening(Enum):
    """What the first day, month or year of a text is."""

    FAR = auto()
    """A day or month of another time."""
    FAR_YEAR = auto()
    """A year of another time, alone."""
    OTHER = auto()
    """A date without a year, of the time of publication, or mentioned in passing."""


@dataclass(slots=True)
class ToldTime:
    """What the dates of a text so far say of the time that it tells of.

    Attributes:
        published: The day of publication.
        stated: The year that the text stated last, "XXXX" if it is one before our era.
        month: The month, with its year, of the last date that has one.
        days: The years of the days that it has stated with their year, by month and day.
        near: The weight of the dates that count from publication.
        far: The weight of the dates that state another time.
        years: The years of its months and days.
        opening: What its first date is; None before it has one.
    """

    published: date | None
    stated: str | None = None
    month: str | None = None
    days: dict[tuple[int, int | None], str] = field(default_factory=dict)
    near: float = 0.0
    far: float = 0.0
    years: set[int] = field(default_factory=set)
    opening: Opening | None = None

    def weigh(self, dates: Iterable[DateInText]) -> None:
        """Add the dates of a passage."""
        for date_in_text in dates:
            year = last_year(date_in_text.match)
            of_month = bool(date_in_text.match.groupdict().get("m"))
            if date_in_text.relative:
                self.near += _WEIGHT_OF_RELATIVE
                continue
            if self.opening in (None, Opening.FAR_YEAR) and (of_month or date_in_text.telling):
                self._open(year, of_month=of_month, telling=date_in_text.telling)
            if year is not None:
                self._weigh_year(year, of_month=of_month)

    def _open(self, year: str | None, *, of_month: bool, telling: bool) -> None:
        """Note what the first date is; a date with its year replaces a year alone."""
        if telling and year is not None and self._is_far(year):
            self.opening = Opening.FAR if of_month else Opening.FAR_YEAR
        elif self.opening is None:
            self.opening = Opening.OTHER

    def _is_far(self, year: str) -> bool:
        return self.published is None or not year.isdigit() or int(year) < self.published.year - _RECENT_YEARS

    def _weigh_year(self, year: str, *, of_month: bool) -> None:
        weight = 1.0 if of_month else _WEIGHT_OF_YEAR
        if of_month:
            self.years.add(int(year))
        if self._is_far(year):
            self.far += weight
        else:
            self.near += weight

    @property
    def year(self) -> str | None:
        """The year of a day or month without one; None if that is counted from the day of publication."""
        if self.stated is None:
            return None
        if self.far < _LEAST_FAR or self.far <= self.near:
            return self._year_of_opening()
        present = self.published is not None and self.stated.isdigit() and int(self.stated) >= self.published.year
        return None if present else self.stated

    def _year_of_opening(self) -> str | None:
        """Return the year of a short history, unknown digits if it opens with a year alone; None in other texts."""
        if self.published is None or self.near or self.opening in (None, Opening.OTHER):
            return None
        return self.stated if self.opening is Opening.FAR else _UNKNOWN

    @property
    def distant(self) -> bool:
        """Whether the text hardly tells of the time of its publication."""
        return self.far >= _LEAST_FAR and self.far >= _DISTANT * self.near

    def follow(self, match: re.Match[str], edtf: str | None) -> None:
        """Note the year and month of a date that has been resolved."""
        year = last_year(match)
        has_month = bool(match.groupdict().get("m"))
        if year is not None and (has_month or self._is_of_story(year)):
            self.stated = year
        if edtf is None or not has_month:
            return
        last = edtf.split("/")[-1]
        self.month = last[:7] if len(last) >= 7 else self.month
        if "story" in match.groupdict():
            self.stated = last[:4]
        if year is not None and (day := _DAY.fullmatch(edtf)):
            self.days[int(day["m"]), int(day["d"])] = year

    def _is_of_story(self, year: str) -> bool:
        """Check whether the text tells of a year alone, rather than mentions it: it has months near that year."""
        return not self.years or not year.isdigit() or any(abs(int(year) - told) <= 1 for told in self.years)


def last_year(match: re.Match[str]) -> str | None:
    """Return the year that a date states, the last one of several; None if it states none, "XXXX" before our era."""
    groups = match.groupdict()
    if (groups.get("era") or "A").strip().upper().startswith("B"):
        return "XXXX"
    year: str | None = groups.get("y2") or groups.get("y") or groups.get("yy") or groups.get("y1")
    return year if year is None or len(year) == 4 else groups["y"][:2] + year
