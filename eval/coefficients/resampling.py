"""Resamples of shared documents, and what to say of the intervals that they give."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from numpy.typing import NDArray

from ..metric_types.metric_groups import MetricInterval
from ..metric_types.score_intervals import IntervalCoverage
from ..statistics.bootstrap import percentile_interval, resampled_sums
from ..statistics.interval_coverage import MIN_DOCUMENTS, NOMINAL, sample_size_notes, simulated_coverage
from ..statistics.metrics import Floats


@dataclass(frozen=True, slots=True)
class DocumentResampling:
    """Bootstrap over documents, the same draws for all figures of the same documents.

    Attributes:
        resamples: Number of resamples; 0 leaves every interval None.
        seed: Random seed.
        requested: Whether intervals are computed for fewer than `MIN_DOCUMENTS` documents.
        documents: Number of documents.
        undefined: Number of resamples in which a metric is undefined, by its path; 0 is omitted.
    """

    resamples: int
    seed: int
    requested: bool
    documents: int = 0
    undefined: dict[str, int] = field(default_factory=dict)

    def of(self, documents: int) -> DocumentResampling:
        """Return the resampling of a number of documents."""
        return replace(self, documents=documents, undefined={})

    @property
    def drawn(self) -> int:
        """Number of resamples of so many documents; 0 if there are too few."""
        return self.resamples if self.documents >= (2 if self.requested else MIN_DOCUMENTS) else 0

    @property
    def coverage(self) -> IntervalCoverage | None:
        """How often such intervals contain the true value; None without resamples."""
        return IntervalCoverage(NOMINAL, simulated_coverage(self.documents)) if self.drawn else None

    def sums(self, counts: NDArray[Any]) -> Floats:
        """Return sums over resampled documents; see `resampled_sums`."""
        [sums] = resampled_sums(counts, resamples=self.drawn, seed=self.seed)
        return sums

    def interval(self, values: Floats, path: str) -> MetricInterval:
        """Return the interval of a metric from its values in the resamples, and count those in which it is undefined.

        Args:
            values: Shape `(n_resamples,)`.
            path: Path of the metric, for notes.
        """
        interval, undefined = percentile_interval(values)
        if undefined and interval is not None:  # a metric without an interval needs no note
            self.undefined[path] = undefined
        return interval

    def size_notes(self) -> list[str]:
        """Return notes on the number of documents; none if no intervals are asked for."""
        return sample_size_notes(self.documents, requested=self.requested, tests=False) if self.resamples else []
