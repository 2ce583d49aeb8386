"""Agreement of two passes over the documents that both have read: F1, values, and coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...schema import Scheme
from ..matching.span_measures import SEMEVAL
from ..metric_types.agreement_metrics import PairAgreement, PairIntervals, ValueAgreement, ValueAgreementInterval
from ..metric_types.metric_groups import Metric, MetricInterval, NamedMetrics
from ..metric_types.value_metrics import ValueMetrics
from ..statistics.metrics import Floats, ratio
from ..statistics.part_counts import Counted, count_parts
from ..system_scorer import SystemScorer
from ..value_comparison import ValueRules
from .agreement_coefficients import TokenCoefficients, UnitCoefficients, token_coefficients, unit_coefficients
from .pass_columns import SharedDocuments
from .resampling import DocumentResampling
from .token_agreement import TokenRatings, cohen_kappa

_STRICT = "spans.strict.micro.f1"


class ComparedPair:
    """A pair of passes with what figures over all passes need of it.

    Attributes:
        a: Name of the first pass.
        b: Name of the second pass.
        shared: The documents that both have read.
        ratings: Their labels of tokens, if there are any.
        units: Coefficients over units.
        tokens: Coefficients over tokens.
        rules: When values of the two passes agree.
        without_values: Labels of which a pass has spans without any value, by pass.
        field_notes: Notes on fields that a pass does not fill in.
        spans: Strictly matched spans, and the spans of both passes. Shape `(n_documents, 2)`.
        values: By label, spans whose values agree, and those whose values were compared. Shape `(n_documents, 2)` each.
        summed: The figures that are functions of counts that are summed over documents, by their paths in an agreement.
        result: The agreement of the pair.
    """

    def __init__(
        self, shared: SharedDocuments, ratings: TokenRatings | None, scheme: Scheme, resampling: DocumentResampling
    ) -> None:
        self.a, self.b = shared.names
        self.shared, self.ratings = shared, ratings
        self._resampling = resampling
        labels = list(scheme.labels)
        with_values = {label: f"values.{label}.value_accuracy" for label in labels if scheme.labels[label].fields}
        what = Counted(scheme, labels, SEMEVAL)
        gold, [system] = count_parts(lambda: [shared.layers], what)
        figures = _shown(labels, with_values)
        scorer = SystemScorer(
            what, gold, resampling.drawn, resampling.seed, lambda _: None, "none", False, resampling.requested,
            unchecked=False, reading=(), tests=list(figures),
        )  # fmt: skip
        scores = scorer.score(system, self.b)
        resampling.undefined.update({figures[path]: n for path, n in scorer.undefined.items() if path in figures})
        [compared] = scorer.compared
        self.summed = {figures[path]: metric for path, metric in compared.items()}
        strict = compared[_STRICT].counts
        self.spans: NDArray[Any] = np.column_stack([strict[:, 0], strict[:, 2:].sum(axis=1)])
        self.values = {label: compared[path].counts for label, path in with_values.items()}
        self.rules = ValueRules(scheme, gold.fields, system.fields)
        self.without_values = self.rules.without_values(self.a, self.b, *system.used)
        self.field_notes = self.rules.field_notes(self.a, self.b)
        self.units: UnitCoefficients = unit_coefficients(shared, labels, resampling)
        self.tokens: TokenCoefficients = token_coefficients(ratings, resampling)
        spans, intervals = scores.spans, scores.intervals
        self.result = PairAgreement(
            a=self.a,
            b=self.b,
            documents=len(shared),
            strict_f1=spans.strict.f1,
            partial_f1=spans.partial.f1,
            labels=NamedMetrics({label: metrics.f1 for label, metrics in spans.strict.labels.items()}),
            alpha_u=self.units.alpha_u,
            alpha_u_labels=self.units.alpha_u_labels,
            token_alpha=self.tokens.alpha,
            token_kappa=self.tokens.kappa,
            token_ac1=self.tokens.ac1,
            values=NamedMetrics({label: _value_agreement(scores.values.get(label)) for label in labels}),
            intervals=PairIntervals(
                resampling.coverage,
                self.units.interval,
                self.units.label_intervals,
                *self.tokens.intervals,
                NamedMetrics(
                    {
                        label: ValueAgreementInterval(
                            intervals.values[label].value_accuracy if label in with_values else None
                        )
                        for label in labels
                    }
                ),
                strict_f1=intervals.spans.strict.f1,
                partial_f1=intervals.spans.partial.f1,
                labels=NamedMetrics({label: of_label.f1 for label, of_label in intervals.spans.strict.labels.items()}),
            ),
        )

    def notes(self, *, tokenized: bool) -> list[str]:
        """Return why coefficients of the pair are null.

        Args:
            tokenized: Whether there are tokens; if not, the caller says so.
        """
        if not len(self.shared):  # every metric is null, and a single note of the caller says so
            return []
        return [*self.units.notes, *(self.tokens.notes if tokenized else ())]

    @property
    def undefined(self) -> Mapping[str, int]:
        """Number of resamples in which a figure of the pair is undefined, by its path; 0 is omitted."""
        return self._resampling.undefined


def _shown(labels: Sequence[str], with_values: Mapping[str, str]) -> dict[str, str]:
    """Return the paths that figures have in an agreement, by those that they have in scores."""
    return {
        _STRICT: "strict_f1",
        "spans.partial.micro.f1": "partial_f1",
        **{f"spans.strict.labels.{label}.f1": f"labels.{label}" for label in labels},
        **{path: path for path in with_values.values()},
    }


def _value_agreement(metrics: ValueMetrics | None) -> ValueAgreement:
    if metrics is None or metrics.value_accuracy is None:
        return ValueAgreement(None, 0)
    return ValueAgreement(metrics.value_accuracy, metrics.support)


def in_all_documents(
    pairs: Sequence[ComparedPair], shared: SharedDocuments, counts: Sequence[NDArray[Any]]
) -> NDArray[Any]:
    """Return counts of pairs by the documents of all passes, 0 where one of a pair has not read a document.

    Args:
        pairs: The pairs.
        shared: The documents of all passes.
        counts: Counts of each pair. Shape `(n_documents_of_the_pair, n)`, with the same n.

    Returns:
        Shape `(n_documents, n_pairs, n)`.
    """
    table = np.zeros((len(shared), len(pairs), counts[0].shape[1]), dtype=counts[0].dtype)
    for number, (pair, own) in enumerate(zip(pairs, counts, strict=True)):
        table[np.searchsorted(shared.rows, pair.shared.rows), number] = own
    return table


def pooled_values(
    pairs: Sequence[ComparedPair], shared: SharedDocuments, resampling: DocumentResampling
) -> tuple[NamedMetrics[ValueAgreement], NamedMetrics[ValueAgreementInterval]]:
    """Return the agreement of values by label, pooled over pairs by their numbers of matched spans, with intervals."""
    pooled, intervals = {}, {}
    for label in pairs[0].result.values:
        agreements = [pair.result.values[label] for pair in pairs]
        support = sum(item.support for item in agreements)
        correct = sum(item.value_accuracy * item.support for item in agreements if item.value_accuracy is not None)
        pooled[label] = ValueAgreement(correct / support if support else None, support)
        interval = None
        if support:
            sums = resampling.sums(in_all_documents(pairs, shared, [pair.values[label] for pair in pairs]).sum(axis=1))
            interval = resampling.interval(ratio(sums[:, 0], sums[:, 1]), f"values.{label}.value_accuracy")
        intervals[label] = ValueAgreementInterval(interval)
    return NamedMetrics(pooled), NamedMetrics(intervals)


def mean_kappa(
    pairs: Sequence[ComparedPair], shared: SharedDocuments, resampling: DocumentResampling
) -> tuple[Metric, MetricInterval]:
    """Return the mean of Cohen's kappa over the pairs for which it is defined (Light 1971), and its interval."""
    defined = [kappa for pair in pairs if (kappa := pair.tokens.kappa) is not None]
    if not defined:
        return None, None
    resampled = mean_of_kappas(resampling.sums(kappa_counts(pairs, shared)))
    return float(np.mean(defined)), resampling.interval(resampled, "token_kappa")


def kappa_counts(pairs: Sequence[ComparedPair], shared: SharedDocuments) -> NDArray[Any]:
    """Return what the kappas of the pairs for which it is defined are computed from; there must be one.

    Returns:
        Columns as in `TokenRatings.pair_columns`. Shape `(n_documents, n_pairs, n_columns)`.
    """
    defined = [(pair, pair.ratings) for pair in pairs if pair.ratings is not None and pair.tokens.kappa is not None]
    counts = [ratings.pair_columns() for _, ratings in defined]
    return in_all_documents([pair for pair, _ in defined], shared, counts)


def mean_of_kappas(sums: Floats) -> Floats:
    """Return the mean of Cohen's kappa over pairs, from sums of `kappa_counts`. Shape `(n, n_pairs, n_columns)`."""
    by_pair = np.stack([cohen_kappa(sums[:, number]) for number in range(sums.shape[1])], axis=1)
    mean: Floats = by_pair.mean(axis=1)
    return mean
