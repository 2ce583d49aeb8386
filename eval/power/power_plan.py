"""The number of documents that a wanted width needs, and the curve of widths by number of documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import isfinite
from typing import Any

from ...schema import DataError, Problem, UsageError, pluralize
from ..metric_types.metric_groups import MetricInterval, metrics_as_dict
from ..result_display import note_count, text_table
from ..statistics.interval_coverage import MIN_DOCUMENTS
from .pilot_spread import HEAVY, PilotSpread

_MULTIPLES = (1, 1.5, 2, 3, 4, 6, 8, 12, 16)
"""Sizes of the curve, as multiples of the pilot."""

_MOST = 10_000_000
_FEW = 20
"""Documents of a pilot below which the assurance was not simulated."""

WIDTH, DIFFERENCE = "interval width", "detectable difference"


@dataclass(frozen=True, slots=True)
class PilotFigure:
    """A figure of a pilot, and what is to be expected of it with more documents.

    Attributes:
        target: What is planned, in the words of the command that prints it.
        kind: What gets smaller with more documents: `WIDTH` or `DIFFERENCE`.
        value: The figure in the pilot.
        interval: Its interval there, as printed.
        spread: The spread of the pilot's documents.
        expected: Returns the width that this spread gives for a number of documents.
        chance: Relative standard deviation of a width that random numbers of the interval leave.
        settings: What the plan depends on besides the pilot's counts, for its signature.
        most: Number of documents that there are; None for any.
        notes: What a reader must know.
    """

    target: str
    kind: str
    value: float | None
    interval: MetricInterval
    spread: PilotSpread
    expected: Callable[[int], float]
    chance: float
    settings: Mapping[str, str]
    most: int | None = None
    notes: Sequence[str] = ()

    @property
    def width(self) -> float:
        """The width of the pilot itself, as printed; without an interval, what its spread gives."""
        size = self.spread.documents
        return self.expected(size) if self.interval is None else self.interval.high - self.interval.low

    def assured(self, documents: int, assurance: float) -> float:
        """Return the width that a share of follow-ups of so many documents, the pilot's included, stays below."""
        if documents == self.spread.documents:
            return self.width
        return self.expected(documents) * self.spread.excess(documents, assurance, self.chance)


@dataclass(frozen=True, slots=True)
class PowerPlan:
    """How many documents a wanted width needs.

    Attributes:
        pilot: The figure of the pilot.
        wanted: The wanted width or difference; None for the curve alone.
        assurance: Share of follow-ups that are at least as narrow.
        needed: Number of documents, the pilot's included; None if nothing is wanted, or all that there are do not do.
        curve: Numbers of documents, each with the width that it assures.
        notes: What a reader must know.
    """

    pilot: PilotFigure
    wanted: float | None
    assurance: float
    needed: int | None
    curve: Sequence[tuple[int, float]]
    notes: Sequence[str]

    @property
    def more(self) -> int | None:
        """Number of documents that the pilot lacks."""
        return None if self.needed is None else self.needed - self.pilot.spread.documents

    @property
    def headline(self) -> str:
        """The figure of the pilot, with its interval."""
        pilot = self.pilot
        value = "-" if pilot.value is None else f"{pilot.value:.4g}"
        interval = (
            "" if pilot.interval is None else f", 95 % from {pilot.interval.low:.4g} to {pilot.interval.high:.4g}"
        )
        return f"{pilot.target}: {value}{interval}; pilot: {pluralize(pilot.spread.documents, 'document')}"

    @property
    def table(self) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
        """Header and rows of the curve."""
        size = self.pilot.spread.documents
        rows = [
            (f"{count:,}", f"{count - size:,}", f"{width:.4g}", "wanted" if count == self.needed else "")
            for count, width in self.curve
        ]
        return ("documents", "more", f"{self.pilot.kind} at {self.assurance:.0%}", ""), rows

    @property
    def answer(self) -> str:
        """How many documents give what is wanted; empty if nothing is wanted, or not even all do."""
        kind, wanted = self.pilot.kind, self.wanted
        if self.needed is None or self.more is None or wanted is None:
            return ""
        if not self.more:
            return f"no more documents: the pilot's {kind} is at most {wanted:g} already"
        more = f"{pluralize(self.more, 'document')} more, {self.needed:,} in all"
        return f"{more}: with {self.assurance:.0%} assurance, the {kind} is at most {wanted:g}"

    def __str__(self) -> str:
        answer = [self.answer] if self.answer else []
        return "\n".join([self.headline, text_table(*self.table), *answer, *note_count(self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain data, as printed by `goldspan power … --json`."""
        pilot = self.pilot
        return {
            "target": pilot.target,
            "kind": pilot.kind,
            "documents": pilot.spread.documents,
            "value": pilot.value,
            "interval": metrics_as_dict(pilot.interval),
            "wanted": self.wanted,
            "assurance": self.assurance,
            "needed": self.needed,
            "more": self.more,
            "curve": [list(point) for point in self.curve],
            "signature": self.signature,
            "notes": list(self.notes),
        }

    @property
    def signature(self) -> str:
        """What the plan depends on."""
        settings = {
            "target": self.pilot.target,
            "kind": self.pilot.kind,
            "pilot": str(self.pilot.spread.documents),
            **self.pilot.settings,
            "assurance": f"{self.assurance:g}",
            "goldspan": version("goldspan"),
        }
        return "|".join(f"{name}:{text}" for name, text in settings.items())


def check_wanted(wanted: float | None, assurance: float, name: str) -> None:
    """Check what is wanted.

    Raises:
        UsageError: It is not above 0, or the assurance is not from 0.5 to below 1.
    """
    if wanted is not None and not (isfinite(wanted) and wanted > 0):
        raise UsageError(f"`{name}` {wanted:g} is not a width. Fix: a number above 0, such as 0.05")
    if not 0.5 <= assurance < 1:
        raise UsageError(f"`assurance` {assurance:g} is not a share. Fix: from 0.5 to below 1, such as 0.95")


def check_pilot(pilot: PilotFigure) -> None:
    """Check that a pilot can be planned with.

    Raises:
        DataError: It shows no spread, or is too small for an interval.
    """
    size = pilot.spread.documents
    if size < MIN_DOCUMENTS:
        what = f"the pilot has {pluralize(size, 'document')}, and intervals require at least {MIN_DOCUMENTS}"
        raise DataError(Problem(what, "annotate more documents first"))
    if pilot.spread.deviation == 0:
        what = "all documents of the pilot add the same to the figure, which shows no spread to plan with"
        raise DataError(Problem(what, "annotate more documents first, or plan another figure"))


def plan_documents(pilot: PilotFigure, wanted: float | None, assurance: float) -> PowerPlan:
    """Return how many documents a wanted width needs.

    Args:
        pilot: The figure of the pilot.
        wanted: The width; None for the curve alone.
        assurance: Share of follow-ups that are to be at least as narrow.

    Raises:
        DataError: As in `check_pilot`.
        UsageError: The width needs more documents than anyone has.
    """
    check_pilot(pilot)
    size = pilot.spread.documents
    needed = None if wanted is None else _needed(pilot, wanted, assurance)
    most = pilot.most or _MOST
    sizes = {min(most, round(size * multiple)) for multiple in _MULTIPLES} | ({needed} if needed else set())
    curve = [(number, pilot.assured(number, assurance)) for number in sorted(sizes)]
    notes = pilot_notes(pilot, assurance)
    if wanted is not None and needed is None:
        notes.append(f"not even all {most:,} documents give {wanted:g} with this assurance")
    return PowerPlan(pilot, wanted, assurance, needed, curve, notes)


def _needed(pilot: PilotFigure, wanted: float, assurance: float) -> int | None:
    """Return the smallest number of documents; None if all that there are do not do."""
    size, most = pilot.spread.documents, pilot.most or _MOST
    if pilot.width <= wanted:
        return size
    low = high = size
    while pilot.assured(high, assurance) > wanted:
        if high == most:
            if pilot.most is not None:
                return None
            what = f"{wanted:g} needs more than {most:,} documents"
            raise UsageError(f"{what}. Fix: a larger one; the curve without it shows what can be reached")
        low, high = high, min(2 * high, most)
    # a few documents more may widen the interval; from where it narrows on, it does so for good
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if pilot.assured(middle, assurance) > wanted else (low, middle)
    return high


def pilot_notes(pilot: PilotFigure, assurance: float) -> list[str]:
    """Return what a reader of a plan must know of its pilot."""
    notes = list(pilot.notes)
    if pilot.spread.documents < _FEW:
        notes.append(
            f"the pilot has {pluralize(pilot.spread.documents, 'document')}: below {_FEW}, fewer follow-ups than "
            f"{assurance:.0%} may be as narrow"
        )
    if pilot.spread.tail > 1:
        notes.append(
            f"a few large sums decide the width, of which a pilot may lack some: the plan allows for a width that is "
            f"{pilot.spread.tail:.2g} times as large, which held in simulations of log-normal sums; plan again when "
            "twice as many documents are annotated"
        )
    elif pilot.spread.kurtosis > HEAVY:
        notes.append(
            f"a few documents decide the pilot's spread (kurtosis {pilot.spread.kurtosis:.1f}): fewer follow-ups than "
            f"{assurance:.0%} may be as narrow"
        )
    return notes
