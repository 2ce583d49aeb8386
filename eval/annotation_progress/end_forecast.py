"""Forecast of the day on which the last document is done.

The forecast is a simulation from what was done per day. Each course draws a sample of the past days with replacement,
which stands for how little those days tell about the pace, and then a day of that sample for each day to come, until
nothing remains. Days without work are days like others, so weekends and pauses count as often as they happened.
Nothing else is foreseen: the pace is taken to stay as it was, and days to be independent of each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from ...schema import sha256_hex
from ..metric_types.metric_groups import MetricGroup

WINDOW = 28
"""Number of past days that are looked at: four of each day of the week."""

LEAST_DAYS = 7
"""Number of past days below which nothing is forecast: a week, of which the weekend is a part."""

METHOD = (
    f"simulation of 2,000 courses from the documents per day of the last {WINDOW} days, days without work included; "
    "median, and 2.5th to 97.5th percentile"
)

_COURSES = 2000
_MOST_DAYS = 3660
_CHUNK = 60  # days that are drawn at a time

Courses = npt.NDArray[np.float64]
"""Number of days to the end in each course; infinity if it does not come within ten years. Shape `(2000,)`."""


@dataclass(frozen=True, slots=True)
class EndForecast(MetricGroup):
    """Forecast of the day on which the last document is done. Days are `YYYY-MM-DD`.

    Attributes:
        remaining: Number of documents to be done.
        day: Day by which half of the courses end; None if it cannot be told, or nothing remains.
        earliest: Day before which 2.5 % of the courses end; None likewise.
        latest: Day after which 2.5 % of the courses end; None likewise.
    """

    remaining: int
    day: str | None
    earliest: str | None
    latest: str | None


def simulate_end(counts: npt.NDArray[np.int64], remaining: int, name: str) -> Courses | None:
    """Return the number of days to the end in each course; None if too few days are known.

    Args:
        counts: Number of documents done on each past day, the newest last.
        remaining: Number of documents to be done, at least 1.
        name: Whose work it is, from which the seed is made: the same work always has the same forecast.
    """
    counts = counts[-WINDOW:]
    if len(counts) < LEAST_DAYS:
        return None
    generator = np.random.default_rng(int(sha256_hex(name)[:16], 16))
    samples = generator.choice(counts, (_COURSES, len(counts)))
    days = np.full(_COURSES, np.inf)
    left = np.full(_COURSES, remaining)
    under_way = np.flatnonzero(samples.any(axis=1))  # the others never end
    for first in range(0, _MOST_DAYS, _CHUNK):
        drawn = generator.integers(0, len(counts), (len(under_way), _CHUNK))
        done = np.take_along_axis(samples[under_way], drawn, axis=1).cumsum(axis=1)
        reached = done >= left[under_way, None]
        ends = reached.any(axis=1)
        days[under_way[ends]] = first + 1 + reached[ends].argmax(axis=1)
        left[under_way] -= done[:, -1]
        under_way = under_way[~ends]
        if not len(under_way):
            break
    return days


def forecast_end(courses: Sequence[Courses | None], remaining: int, last: date | None) -> EndForecast:
    """Return the forecast for work that ends when the last of its parts does.

    Args:
        courses: The courses of each part; None for a part of which nothing can be told.
        remaining: Number of documents to be done in all parts.
        last: Last of the past days; None if there is none.
    """
    known = [part for part in courses if part is not None]
    if remaining == 0 or last is None or len(known) < len(courses):
        return EndForecast(remaining, None, None, None)
    # not interpolated, because there is nothing between a number and infinity
    quantiles = np.quantile(np.max(known, axis=0), (0.025, 0.5, 0.975), method="inverted_cdf")
    low, median, high = (_day(last, days) for days in quantiles.tolist())
    return EndForecast(remaining, median, low, high)


def _day(last: date, days: float) -> str | None:
    return None if days == float("inf") else (last + timedelta(days=int(days))).isoformat()
