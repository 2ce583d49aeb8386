"""The time that a text tells of: that of its publication, as in news, or one that it states, as in a history.

A day or month without a year is of the year that the text stated last, if the text tells of such a time. That it does
is seen by its dates as a whole: a report has days that count from its publication ("on Friday", "last week", a date of
the present year), and mentions other years in passing; a history has none or few of these, and many dates with years.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

_RECENT_YEARS = 1
_WEIGHT_OF_YEAR = 0.5
_WEIGHT_OF_RELATIVE = 2.0
_LEAST_FAR = 3.0
"""Weight of dates of another time below which a text is not a history: a report may mention two, and no other date."""
_DISTANT = 4.0
"""How many times more dates of another time make it improbable that "today" is the day of publication."""
_DAY = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})")


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
    """

    published: date | None
    stated: str | None = None
    month: str | None = None
    days: dict[tuple[int, int | None], str] = field(default_factory=dict)
    near: float = 0.0
    far: float = 0.0
    years: set[int] = field(default_factory=set)

    def weigh(self, matches: Iterable[tuple[re.Match[str], bool]]) -> None:
        """Add the dates of a passage, each with whether it counts from the day of publication."""
        for match, relative in matches:
            year = last_year(match)
            if relative:
                self.near += _WEIGHT_OF_RELATIVE
            elif year is None:
                continue
            else:
                self._weigh_year(year, of_month=bool(match.groupdict().get("m")))

    def _weigh_year(self, year: str, *, of_month: bool) -> None:
        weight = 1.0 if of_month else _WEIGHT_OF_YEAR
        if of_month:
            self.years.add(int(year))
        if self.published is not None and year.isdigit() and int(year) >= self.published.year - _RECENT_YEARS:
            self.near += weight
        else:
            self.far += weight

    @property
    def year(self) -> str | None:
        """The year of a day or month without one; None if that is counted from the day of publication."""
        if self.stated is None or self.far < _LEAST_FAR or self.far <= self.near:
            return None
        present = self.published is not None and self.stated.isdigit() and int(self.stated) >= self.published.year
        return None if present else self.stated

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
