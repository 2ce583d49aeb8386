"""Figures of agreement as pilots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...schema import DataError, Document, Problem, Scheme, UsageError, did_you_mean
from ...schema.extras import require_extras
from ..agreement_results import Agreement
from ..coefficients.agreement_coefficients import TOKEN_FIGURES, token_sums
from ..coefficients.pair_agreement import ComparedPair, in_all_documents, kappa_counts, mean_of_kappas
from ..coefficients.pass_columns import PassColumns
from ..coefficients.resampling import DocumentResampling
from ..coefficients.token_agreement import rate_tokens
from ..coefficients.unit_agreement import UnitDisagreement, units_of
from ..metric_types.metric_groups import leaves
from ..pass_agreement import agreement_of
from ..shared_documents import group_by_document
from ..statistics.compared_metrics import ComparedMetric, MetricOfSums, quotient
from ..statistics.interval_coverage import MIN_DOCUMENTS
from .planned_scores import bootstrapped_figure
from .power_plan import PilotFigure

_OF_PAIR = ("strict_f1", "partial_f1", "labels.")


def check_figure(figure: str) -> None:
    """Check that what a figure is computed with is installed.

    Raises:
        DependencyError: It is not.
    """
    if figure in TOKEN_FIGURES:
        require_extras(figure, "rules")


def plan_agreement(
    passes: Mapping[str, Sequence[Document]], scheme: Scheme, figure: str, *, resamples: int, seed: int
) -> PilotFigure:
    """Return the interval of a figure of agreement as a pilot.

    Args:
        passes: The passes, as in `agreement_of`.
        scheme: Their scheme.
        figure: Path of the figure in the JSON of `goldspan agree`, such as `alpha_u` or `values.DATE.value_accuracy`;
            of two passes also those of the pair, such as `strict_f1`.
        resamples: Number of bootstrap resamples of the interval.
        seed: Random seed of these.

    Raises:
        DataError: The figure is undefined, or errors as in `agreement_of`.
        DependencyError: As in `check_figure`.
        UsageError: There is no such figure, or it has no interval.
    """
    check_figure(figure)
    agreed = agreement_of(passes, scheme, resamples=resamples, seed=seed)
    intervals = _intervals(agreed)
    if figure not in intervals:
        if len(passes) > 2 and figure.startswith(_OF_PAIR):
            raise UsageError(
                f"`figure` {figure} is of a pair, and there are {len(passes)} passes. Fix: give two of them"
            )
        if figure == "gamma":
            raise UsageError("`figure` gamma cannot be planned: it is no function of sums over documents. Fix: alpha_u")
        raise UsageError(f"`figure` {figure}: there is no such figure. Fix: {did_you_mean(figure, list(intervals))}")
    if intervals[figure] is None and agreed.documents >= MIN_DOCUMENTS:
        reasons = [note for note in agreed.notes if note.startswith(figure.partition(".")[0])]
        raise DataError(Problem(f"{figure} is undefined for these passes", "; ".join(reasons) or "plan another figure"))
    metric = _metric(passes, scheme, figure)
    settings = {"passes": ",".join(passes), "scheme": scheme.ref, "seed": str(seed)}
    return bootstrapped_figure(figure, metric, intervals[figure], resamples, settings)


def _intervals(agreed: Agreement) -> dict[str, Any]:
    groups = [agreed.intervals, *(pair.intervals for pair in agreed.pairwise if len(agreed.pairwise) == 1)]
    found = {".".join(path): interval for group in groups for path, interval in leaves(group)}
    return {path: interval for path, interval in found.items() if not path.startswith("coverage")}


def _metric(passes: Mapping[str, Sequence[Document]], scheme: Scheme, figure: str) -> ComparedMetric:
    """Return the counts of a figure, and the function of their sums that it is."""
    columns = PassColumns(list(passes), group_by_document(passes), scheme)
    sets = [columns.shared(*pair) for pair in combinations(passes, 2)]
    shared = sets[0] if len(sets) == 1 else columns.shared()
    labels = list(scheme.labels)
    if figure.startswith("alpha_u"):
        disagreement = UnitDisagreement(units_of(shared, labels)[0])
        label = figure.removeprefix("alpha_u_labels.")
        place = labels.index(label) if label in labels else -1
        return _summed(disagreement.columns, lambda sums: disagreement.resampled(sums)[:, place])
    rated = rate_tokens([shared, *sets], labels) if figure in TOKEN_FIGURES else [None] * (len(sets) + 1)
    if rated[0] is not None and (figure != "token_kappa" or len(sets) == 1):
        table, metrics = token_sums(rated[0])
        return _summed(table, lambda sums: metrics(sums)[:, TOKEN_FIGURES.index(figure)])
    none = partial(DocumentResampling, 0, 0, False)
    pairs = [
        ComparedPair(documents, rating, scheme, none(len(documents)))
        for documents, rating in zip(sets, rated[1:], strict=True)
    ]
    if figure == "token_kappa":
        return _summed(kappa_counts(pairs, shared), mean_of_kappas)
    if len(pairs) == 1:
        return pairs[0].summed[figure]
    label = figure.removeprefix("values.").removesuffix(".value_accuracy")
    return _summed(in_all_documents(pairs, shared, [pair.values[label] for pair in pairs]).sum(axis=1), quotient)


def _summed(counts: NDArray[Any], of_sums: MetricOfSums) -> ComparedMetric:
    return ComparedMetric(counts, of_sums, np.empty(0))
