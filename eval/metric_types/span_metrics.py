"""Metrics and intervals of span measures and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ...schema import UsageError, did_you_mean
from .metric_groups import Metric, MetricGroup, MetricInterval, NamedMetrics

T = TypeVar("T")
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class PrecisionRecallF1(MetricGroup, Generic[T]):
    """Precision, recall and F1, from 0 to 1, or the intervals of these.

    Attributes:
        precision: Credit of the pairs by the number of system spans.
        recall: Credit of the pairs by the number of gold spans.
        f1: Harmonic mean of precision and recall.
    """

    precision: T
    recall: T
    f1: T

    @property
    def rates(self) -> tuple[T, T, T]:
        """Precision, recall and F1."""
        return self.precision, self.recall, self.f1


@dataclass(frozen=True, slots=True)
class CountedMetrics(PrecisionRecallF1[Metric]):
    """Precision, recall and F1 with the counts from which they are computed.

    Attributes:
        matched: Number of pairs with full credit.
        partial: Number of pairs with half credit.
        missed: Number of gold spans without a partner.
        spurious: Number of system spans without a partner.
        support: Number of gold spans.
    """

    matched: int
    partial: int
    missed: int
    spurious: int
    support: int

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """Matched, partial, missed, spurious and support."""
        return self.matched, self.partial, self.missed, self.spurious, self.support


class _MicroShown(Generic[T]):
    """Access to the micro average without its name, since it is what is usually meant."""

    __slots__ = ()
    micro: PrecisionRecallF1[T]

    @property
    def precision(self) -> T:
        """Precision of `micro`."""
        return self.micro.precision

    @property
    def recall(self) -> T:
        """Recall of `micro`."""
        return self.micro.recall

    @property
    def f1(self) -> T:
        """F1 of `micro`."""
        return self.micro.f1


@dataclass(frozen=True, slots=True)
class MeasureMetrics(_MicroShown[Metric], MetricGroup):
    """Metrics of a span measure; `precision`, `recall` and `f1` are those of `micro`.

    Attributes:
        micro: Metrics over the spans of all labels.
        macro: Means over the labels with gold spans.
        weighted: Means over the labels, weighted by their numbers of gold spans.
        labels: Metrics by label.
    """

    micro: CountedMetrics
    macro: PrecisionRecallF1[Metric]
    weighted: PrecisionRecallF1[Metric]
    labels: NamedMetrics[CountedMetrics]


@dataclass(frozen=True, slots=True)
class MeasureIntervals(_MicroShown[MetricInterval], MetricGroup):
    """Intervals of a span measure; `precision`, `recall` and `f1` are those of `micro`.

    Attributes:
        micro: Intervals over the spans of all labels.
        macro: Intervals of the means over labels.
        weighted: Intervals of the weighted means over labels.
        labels: Intervals by label.
    """

    micro: PrecisionRecallF1[MetricInterval]
    macro: PrecisionRecallF1[MetricInterval]
    weighted: PrecisionRecallF1[MetricInterval]
    labels: NamedMetrics[PrecisionRecallF1[MetricInterval]]


@dataclass(frozen=True, slots=True)
class ByMeasure(MetricGroup, Generic[M]):
    """Metrics or intervals of span measures, by name in brackets: `spans["iou@0.5"]`.

    The four measures of SemEval-2013 task 9, which are always computed, are attributes too.

    Attributes:
        strict: Equal bounds and label.
        exact: Equal bounds.
        partial: Equal bounds, or overlap for half credit.
        type: Overlap and equal label.
        further: Further measures that were requested, by name.
    """

    strict: M
    exact: M
    partial: M
    type: M
    further: Mapping[str, M] = field(default_factory=dict)

    @classmethod
    def of(cls, by_name: Mapping[str, M]) -> ByMeasure[M]:
        """Return the metrics or intervals of measures that are given by name, the four among them."""
        others = dict(by_name)
        four = [others.pop(name) for name in ("strict", "exact", "partial", "type")]
        return cls(four[0], four[1], four[2], four[3], others)

    def parts(self) -> Mapping[str, M]:
        """Return what the group contains, by the next word of a path."""
        four = {"strict": self.strict, "exact": self.exact, "partial": self.partial, "type": self.type}
        return {**four, **self.further}

    def __getitem__(self, measure: str) -> M:
        parts = self.parts()
        if measure not in parts:
            raise UsageError(f"unknown measure {measure!r}: {did_you_mean(str(measure), list(parts))}")
        return parts[measure]


@dataclass(frozen=True, slots=True)
class UntaggedSpans(MetricGroup):
    """Numbers of spans that IOB2 tags cannot express.

    Attributes:
        gold: Gold spans.
        system: System spans.
    """

    gold: int
    system: int


@dataclass(frozen=True, slots=True)
class TokenMetrics(_MicroShown[Metric], MetricGroup):
    """Token metrics; `precision`, `recall` and `f1` are those of `micro`.

    Attributes:
        micro: Metrics over the entities of all labels.
        labels: Metrics by label.
        untagged: Spans that tags cannot express, which count as missed or spurious.
    """

    micro: CountedMetrics
    labels: NamedMetrics[CountedMetrics]
    untagged: UntaggedSpans


@dataclass(frozen=True, slots=True)
class TokenIntervals(_MicroShown[MetricInterval], MetricGroup):
    """Intervals of token metrics; `precision`, `recall` and `f1` are those of `micro`.

    Attributes:
        micro: Intervals over the entities of all labels.
        labels: Intervals by label.
    """

    micro: PrecisionRecallF1[MetricInterval]
    labels: NamedMetrics[PrecisionRecallF1[MetricInterval]]
