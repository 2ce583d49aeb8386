"""Agreement of passes: of pairs, of documents, of single passes with the others, and intervals of the coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .metric_groups import Metric, MetricGroup, MetricInterval, NamedMetrics
from .score_intervals import IntervalCoverage


@dataclass(frozen=True, slots=True)
class ValueAgreement(MetricGroup):
    """How often the values of a label agree.

    Attributes:
        value_accuracy: Share of strictly matched spans whose values agree; None if a pass fills in no values.
        support: Number of strictly matched spans whose values were compared.
    """

    value_accuracy: Metric
    support: int


@dataclass(frozen=True, slots=True)
class ValueAgreementInterval(MetricGroup):
    """Interval of the agreement of values.

    Attributes:
        value_accuracy: Interval of the share of values that agree.
    """

    value_accuracy: MetricInterval


@dataclass(frozen=True, slots=True)
class AgreementIntervals(MetricGroup):
    """Intervals of agreement over documents, under the names of the metrics; None where they were not computed.

    Attributes:
        coverage: How often such intervals contain the true value; None without resamples.
        alpha_u: Interval of `alpha_u`.
        alpha_u_labels: Intervals of `alpha_u_labels`.
        token_alpha: Interval of `token_alpha`.
        token_kappa: Interval of `token_kappa`.
        token_ac1: Interval of `token_ac1`.
        values: Intervals of `values`.
    """

    coverage: IntervalCoverage | None
    alpha_u: MetricInterval
    alpha_u_labels: NamedMetrics[MetricInterval]
    token_alpha: MetricInterval
    token_kappa: MetricInterval
    token_ac1: MetricInterval
    values: NamedMetrics[ValueAgreementInterval]


@dataclass(frozen=True, slots=True)
class PairIntervals(AgreementIntervals):
    """Intervals of the agreement of a pair of passes, as in `AgreementIntervals`.

    Attributes:
        strict_f1: Interval of `strict_f1`.
        partial_f1: Interval of `partial_f1`.
        labels: Intervals of `labels`.
    """

    strict_f1: MetricInterval
    partial_f1: MetricInterval
    labels: NamedMetrics[MetricInterval]


@dataclass(frozen=True, slots=True)
class PairAgreement(MetricGroup):
    """Agreement of two passes over the documents that both have read; metrics are None if there are none.

    The metrics equal the agreement of these two passes alone.

    Attributes:
        a: Name of the first pass.
        b: Name of the second pass.
        documents: Number of documents that both have read.
        strict_f1: Strict micro F1. F1 is symmetric, so either pass may be the gold.
        partial_f1: Partial micro F1.
        labels: Strict F1 by label.
        alpha_u: Krippendorff's alpha for unitising, labels as categories.
        alpha_u_labels: The same for each label on its own.
        token_alpha: Krippendorff's alpha over tokens and their labels.
        token_kappa: Cohen's kappa over tokens and their labels.
        token_ac1: Gwet's AC1 over tokens and their labels.
        values: Agreement of values by label.
        intervals: 95 % bootstrap intervals of these metrics; `interval` in plain data.
    """

    a: str
    b: str
    documents: int
    strict_f1: Metric
    partial_f1: Metric
    labels: NamedMetrics[Metric]
    alpha_u: Metric
    alpha_u_labels: NamedMetrics[Metric]
    token_alpha: Metric
    token_kappa: Metric
    token_ac1: Metric
    values: NamedMetrics[ValueAgreement]
    intervals: PairIntervals

    def parts(self) -> Mapping[str, Any]:
        """Return what the group contains, by the next word of a path."""
        return {"interval" if f.name == "intervals" else f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class GammaCoefficient(MetricGroup):
    """Gamma (Mathet, Widlöcher and Métivier 2015) of some passes.

    Attributes:
        passes: Names of the passes.
        value: The coefficient; None if it is undefined.
        interval: Its 95 % bootstrap interval over documents.
        samples: Number of random annotations of each document; 0 if it is undefined.
    """

    passes: tuple[str, ...]
    value: Metric
    interval: MetricInterval
    samples: int

    def parts(self) -> Mapping[str, Any]:
        """Return the parts, the passes as a list."""
        return {f.name: getattr(self, f.name) for f in fields(self)} | {"passes": list(self.passes)}


@dataclass(frozen=True, slots=True)
class PassAgreement(MetricGroup):
    """How a pass agrees with the others, compared with how the others agree among themselves.

    Attributes:
        name: Name of the pass.
        with_others: Mean strict F1 of the pass with each of the others; None if it shares no document with any.
        among_others: Mean strict F1 of all pairs of the others; None if they share no document.
        difference: `with_others` minus `among_others`.
        interval: 95 % bootstrap interval of the difference, from the same documents for all pairs.
        is_outlier: Whether the interval lies below 0, and the pass and two of the others have each read at least 10 of
            the documents.
    """

    name: str
    with_others: Metric
    among_others: Metric
    difference: Metric
    interval: MetricInterval
    is_outlier: bool


@dataclass(frozen=True, slots=True)
class DocumentAgreement(MetricGroup):
    """Agreement on a document, over all passes that have read it.

    Attributes:
        document: Id of the document.
        passes: Number of passes that have read it.
        strict_f1: Strict F1 over all pairs of passes, whose counts are added up; None if there are no spans.
        alpha_u: Krippendorff's alpha for unitising of the document on its own; None if there are no spans.
        token_alpha: Krippendorff's alpha over its tokens; None if all have the same label.
    """

    document: str
    passes: int
    strict_f1: Metric
    alpha_u: Metric
    token_alpha: Metric


@dataclass(frozen=True, slots=True)
class MetricSpread(MetricGroup):
    """How a metric varies over documents; None where there are too few.

    Attributes:
        documents: Number of documents for which the metric is defined, all of which count the same.
        mean: Their mean.
        deviation: Their standard deviation, with n - 1.
        minimum: The lowest.
        lower_quartile: First quartile, interpolated linearly.
        median: Second quartile.
        upper_quartile: Third quartile.
        maximum: The highest.
    """

    documents: int
    mean: Metric
    deviation: Metric
    minimum: Metric
    lower_quartile: Metric
    median: Metric
    upper_quartile: Metric
    maximum: Metric


@dataclass(frozen=True, slots=True)
class DocumentSpread(MetricGroup):
    """Agreement by document.

    Attributes:
        strict_f1: Spread of strict F1.
        alpha_u: Spread of alpha-u.
        token_alpha: Spread of alpha over tokens.
        documents: The documents, those with the lowest strict F1 first, those without any last.
    """

    strict_f1: MetricSpread
    alpha_u: MetricSpread
    token_alpha: MetricSpread
    documents: list[DocumentAgreement]

    def parts(self) -> Mapping[str, Any]:
        """Return the spreads by the names of the metrics."""
        return {name: getattr(self, name) for name in DOCUMENT_METRICS}


DOCUMENT_METRICS = ("strict_f1", "alpha_u", "token_alpha")
"""Names of the metrics of single documents."""
