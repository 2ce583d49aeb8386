"""Estimates over a corpus as pilots, and the best split of readings between second readings and more documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from math import exp, log, sqrt
from typing import Any

import numpy as np

from ...schema import DataError, Problem, UsageError, pluralize
from ..estimation.corrected_mean import EstimatedMean, SampledValues, corrected_mean
from ..result_display import note_count, text_table
from .pilot_spread import LEAST_VALUES, PilotSpread, tail_factor
from .power_plan import WIDTH, PilotFigure, check_pilot, pilot_notes

_STEPS = 60
"""Splits that are tried."""

_SHOWN = 9

_MOST_MADE_UP = 200_000
"""Documents with gold up to which samples are made up, which takes seconds."""

_MOST_READINGS = 10**12

_ROUNDING = 1e-7
"""Part of a reading that rounding may take from a whole number of them."""


def plan_estimate(
    sample: SampledValues, quantity: str, design: str, notes: Sequence[str] = (), *, is_sum: bool
) -> PilotFigure:
    """Return the corrected mean of a quantity over a corpus as a pilot.

    A follow-up is drawn as the pilot was, each stratum growing in proportion, from the same corpus.

    Args:
        sample: The pilot, of the whole corpus.
        quantity: The quantity.
        design: How the pilot was drawn.
        notes: What a reader of the estimate must know.
        is_sum: Whether the quantity is a sum of values, which a few documents may have very much of.

    Raises:
        DataError: Too few documents of the pilot have a sum to tell how uneven sums are.
    """
    mean = corrected_mean(sample)

    @cache
    def width(times: int) -> float:
        return _width(_repeated(sample, times, sample.population))

    settings = {"design": design, "corpus": str(sample.population)}
    expected = _between(len(sample.gold), width)
    spread = _spread(sample, mean)
    if is_sum:
        tail = tail_factor(sample.gold[sample.inside])
        if tail is None:
            few = np.count_nonzero(sample.gold[sample.inside])
            what = f"{pluralize(few, 'document')} of the pilot {'has' if few == 1 else 'have'} a sum other than 0"
            why = f"{what}, too few to tell how uneven sums are, which decides how wide the interval becomes"
            fix = f"annotate until {LEAST_VALUES} have one, or plan for the share of documents, documents(…)"
            raise DataError(Problem(why, fix))
        spread = replace(spread, tail=tail)
    return PilotFigure(
        quantity, WIDTH, mean.value, mean.interval, spread, expected, 0.0, settings, sample.population, notes
    )


def _between(size: int, width: Callable[[int], float]) -> Callable[[int], float]:
    """Return the width for any number of documents, from those of whole multiples of the pilot."""

    def expected(documents: int) -> float:
        times, rest = divmod(documents, size)
        low = width(times)
        if not rest:
            return low
        share = log(documents / (times * size)) / log((times + 1) / times)
        return exp((1 - share) * log(low) + share * log(width(times + 1)))

    return expected


def _repeated(sample: SampledValues, times: int, population: int) -> SampledValues:
    """Return a sample of the same spread with so many times the documents, from a corpus of so many."""
    mean = float(np.average(sample.predicted, weights=sample.weight))
    return replace(
        sample,
        gold=np.tile(sample.gold, times),
        predicted=np.tile(sample.predicted, times),
        weight=np.tile(sample.weight, times),
        probability=np.minimum(1.0, np.tile(sample.probability * (times * sample.population / population), times)),
        stratum=np.tile(sample.stratum, times),
        inside=np.tile(sample.inside, times),
        population=population,
        # a larger sample is as much nearer to the corpus
        population_mean=mean + (sample.population_mean - mean) / sqrt(times),
    )


def _width(sample: SampledValues) -> float:
    interval = corrected_mean(sample).interval
    if interval is None:
        what = "the pilot shows no spread, so that its estimate has no interval"
        raise DataError(Problem(what, "annotate more documents first"))
    return interval.high - interval.low


def _spread(sample: SampledValues, mean: EstimatedMean) -> PilotSpread:
    """Return the spread of what the documents add to the error of the mean, and of the quantity itself.

    The quantity counts because the corpus is a draw of its own. The more uneven of the two decides.
    """
    errors = sample.gold - (mean.weight or 0.0) * sample.predicted
    spreads = []
    for values in (errors, sample.gold):
        parts = sample.weight * (values - np.average(values, weights=sample.weight))
        sizes = np.bincount(sample.stratum)
        within = parts - (np.bincount(sample.stratum, parts) / sizes)[sample.stratum]
        spreads.append(PilotSpread.of(within))
    return PilotSpread(
        len(errors), max(spread.deviation for spread in spreads), max(spread.kurtosis for spread in spreads)
    )


@dataclass(frozen=True, slots=True)
class ReadingSplit:
    """The best split of readings between second readings and more documents.

    Attributes:
        quantity: The quantity that is estimated.
        pilot: Number of documents of the pilot.
        readings: Number of readings to spend, the pilot's included.
        cost: What the gold of a document costs beyond its first reading, in readings.
        assurance: Share of follow-ups that are at least as narrow.
        curve: Splits: numbers of documents with gold and of documents in all, and the width that they assure.
        expected: The width that is to be expected of each, without the margin of the assurance, which the pilot's own
            documents do not need.
        notes: What a reader must know.
    """

    quantity: str
    pilot: int
    readings: int
    cost: float
    assurance: float
    curve: Sequence[tuple[int, int, float]]
    expected: Sequence[float]
    notes: Sequence[str]

    @property
    def best(self) -> tuple[int, int, float]:
        """The split with the narrowest interval to be expected; of several, that with the least gold."""
        return min(zip(self.expected, self.curve, strict=True))[1]

    @property
    def headline(self) -> str:
        """What is spent on what."""
        cost = f"of which a document takes 1 and its gold {self.cost:g} more"
        return f"{self.quantity}: {self.readings:,} readings, {cost}"

    @property
    def table(self) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
        """Header and rows of some of the splits, the best one and both ends among them."""
        places = np.linspace(0, len(self.curve) - 1, min(_SHOWN, len(self.curve))).round().astype(int)
        shown = sorted({*(self.curve[place] for place in places), self.best})
        rows = [
            (f"{split[0]:,}", f"{split[1]:,}", f"{split[2]:.4g}", "best" if split == self.best else "")
            for split in shown
        ]
        return ("with gold", "documents", f"width at {self.assurance:.0%}", ""), rows

    def __str__(self) -> str:
        return "\n".join([self.headline, text_table(*self.table), *note_count(self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return the split as plain data, as printed by `goldspan power split --json`."""
        gold, documents, width = self.best
        settings = (
            f"target:{self.quantity}|kind:split|pilot:{self.pilot}|readings:{self.readings}|cost:{self.cost:g}|"
            f"assurance:{self.assurance:g}|goldspan:{version('goldspan')}"
        )
        return {
            "target": self.quantity,
            "documents": self.pilot,
            "readings": self.readings,
            "cost": self.cost,
            "assurance": self.assurance,
            "best": {"gold": gold, "documents": documents, "width": width},
            "curve": [[gold, width] for gold, _, width in self.curve],
            "signature": settings,
            "notes": list(self.notes),
        }


def split_readings(
    sample: SampledValues, quantity: str, *, readings: int, cost: float, assurance: float, is_sum: bool
) -> ReadingSplit:
    """Return the best split of readings between documents that are read once and those that get gold.

    All documents are read once, and some of them get gold by further readings, which corrects the mean of the first
    readings as gold corrects predictions (two-phase sampling, Neyman 1938).

    Args:
        sample: The pilot: the first reading as `predicted`, a simple random sample.
        quantity: The quantity.
        readings: Number of readings to spend, the pilot's included.
        cost: What the gold of a document costs beyond its first reading, in readings.
        assurance: Share of follow-ups that are to be at least as narrow.
        is_sum: Whether the quantity is a sum of values.

    Raises:
        DataError: The pilot shows no spread, or is too small.
        UsageError: There are too few or too many readings, or `cost` is not above 0.
    """
    size = len(sample.gold)
    if not 0 < cost < float("inf"):
        raise UsageError(
            f"`cost` {cost:g} is not a cost. Fix: the readings that gold takes beyond the first, such as 1"
        )
    if readings > _MOST_READINGS:
        raise UsageError(f"`readings` {readings:,} are too many to plan. Fix: at most {_MOST_READINGS:,}")
    most = int(readings / (1 + cost) + _ROUNDING)
    if most < size:
        needed = int(np.ceil(size * (1 + cost) - _ROUNDING))
        what = f"`readings` {readings:,}: the pilot alone took {needed:,}, for {pluralize(size, 'document')} with gold"
        raise UsageError(f"{what}. Fix: more readings, those of the pilot included")

    def population(gold: int) -> int:
        return int(readings - cost * gold + _ROUNDING)

    largest = max(size, _MOST_MADE_UP)

    def width(documents: int) -> float:
        # of so many documents, quantiles are normal, and the width falls with the root of their number
        scale = max(1.0, documents / largest)
        whole = round(population(documents) / scale)
        made_up = _between(size, lambda times: _width(_repeated(sample, times, whole)))
        return made_up(min(documents, largest)) / sqrt(scale)

    # the pilot's own interval is that of a corpus of its documents alone
    pilot = replace(plan_estimate(sample, quantity, "simple", is_sum=is_sum), expected=width, interval=None, most=None)
    check_pilot(pilot)
    steps = np.unique(np.geomspace(size, most, _STEPS).round().astype(int)).tolist()
    curve = [(gold, population(gold), pilot.assured(gold, assurance)) for gold in steps]
    expected = [width(gold) for gold in steps]
    notes = pilot_notes(pilot, assurance)
    if most > largest:
        notes.append(
            f"of more than {largest:,} documents with gold, the width is that of {largest:,}, narrower by the root of "
            "how many times as many they are"
        )
    return ReadingSplit(quantity, size, readings, cost, assurance, curve, expected, notes)
