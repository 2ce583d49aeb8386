"""Agreement coefficients over documents that not all passes have read, for units and tokens, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..columns.layer_columns import UNKNOWN_LENGTH
from ..columns.span_columns import Ints
from ..metric_types.metric_groups import Metric, MetricInterval, NamedMetrics
from ..statistics.metrics import Floats, nan_to_none
from .pass_columns import SharedDocuments
from .resampling import DocumentResampling
from .token_agreement import TokenRatings, cohen_kappa, gwet_ac1, nominal_alpha
from .unit_agreement import UnitDisagreement, units_of


@dataclass(frozen=True, slots=True)
class UnitCoefficients:
    """Krippendorff's alpha for unitising.

    Attributes:
        alpha_u: Over all labels.
        alpha_u_labels: Of each label on its own.
        interval: Interval of `alpha_u`.
        label_intervals: Intervals of `alpha_u_labels`.
        by_document: Of each document on its own, over all labels; NaN where undefined. Shape `(n_documents,)`.
        notes: Reasons why coefficients are null.
    """

    alpha_u: Metric
    alpha_u_labels: NamedMetrics[Metric]
    interval: MetricInterval
    label_intervals: NamedMetrics[MetricInterval]
    by_document: Floats
    notes: list[str]


@dataclass(frozen=True, slots=True)
class TokenCoefficients:
    """Coefficients over tokens and their labels.

    Attributes:
        alpha: Krippendorff's alpha.
        kappa: Cohen's kappa of two passes; None for more.
        ac1: Gwet's AC1.
        intervals: Intervals of the three, in this order.
        by_document: Alpha of each document; NaN where undefined. Shape `(n_documents,)`.
        notes: Reasons why coefficients are null.
    """

    alpha: Metric
    kappa: Metric
    ac1: Metric
    intervals: tuple[MetricInterval, MetricInterval, MetricInterval]
    by_document: Floats
    notes: list[str]


def unit_coefficients(
    shared: SharedDocuments, labels: Sequence[str], resampling: DocumentResampling
) -> UnitCoefficients:
    """Compute alpha for unitising over documents that two or more passes have read.

    A label of which spans overlap in a document has no alpha, and neither has this document on its own.
    """
    units, faults = units_of(shared, labels)
    disagreement = UnitDisagreement(units)
    alpha, by_document = disagreement.alpha(), disagreement.by_document()
    unknown = np.flatnonzero(shared.lengths == UNKNOWN_LENGTH)
    notes = _unit_notes(shared, labels, alpha, faults, unknown)
    by_document[[*unknown, *(document for document, _ in faults)]] = np.nan
    if len(unknown):
        alpha[:] = np.nan
    elif faults:
        alpha[[*(label for _, label in faults), -1]] = np.nan
    resampled = disagreement.resampled(resampling.sums(disagreement.columns))
    resampled[:, np.isnan(alpha)] = np.nan
    paths = [*(f"alpha_u_labels.{label}" for label in labels), "alpha_u"]
    *intervals, interval = (resampling.interval(*item) for item in zip(resampled.T, paths, strict=True))
    *by_label, overall = map(nan_to_none, alpha)
    return UnitCoefficients(
        overall,
        NamedMetrics(dict(zip(labels, by_label, strict=True))),
        interval,
        NamedMetrics(dict(zip(labels, intervals, strict=True))),
        by_document,
        notes,
    )


def _unit_notes(
    shared: SharedDocuments, labels: Sequence[str], alpha: Floats, faults: Sequence[tuple[int, int]], unknown: Ints
) -> list[str]:
    """Return why alpha is null, for all labels and for each.

    Args:
        shared: The documents.
        labels: Names of the labels.
        alpha: Alpha of each label without the spans that overlap, then of all; NaN where nothing is left.
        faults: Documents and labels of which spans overlap, in order.
        unknown: Documents whose lengths are unknown, in order.
    """
    if len(unknown):
        return ["alpha_u is null: the lengths of the texts are unknown"]
    notes = []
    if faults:
        document, label = faults[0]
        notes.append(f"alpha_u is null: spans of {labels[label]} overlap in {shared.ids[document]}")
        others = dict.fromkeys(labels[other] for _, other in faults if other != label)
        if others:
            notes.append(f"alpha_u is null for further labels whose spans overlap: {', '.join(others)}")
    elif np.isnan(alpha[-1]):
        return ["alpha_u is null: there are no spans"]
    overlapping = {label for _, label in faults}
    empty = [name for i, name in enumerate(labels) if np.isnan(alpha[i]) and i not in overlapping]
    return [*notes, f"alpha_u is null for labels without spans: {', '.join(empty)}"] if empty else notes


def token_coefficients(ratings: TokenRatings | None, resampling: DocumentResampling) -> TokenCoefficients:
    """Compute the coefficients over tokens; all are None if there are no ratings, as without texts."""
    if ratings is None:
        nothing = np.full(resampling.documents, np.nan)
        return TokenCoefficients(None, None, None, (None,) * 3, nothing, [_TEXT_FREE])
    raters, categories = ratings.chosen.shape[1:]
    columns, metrics = token_sums(ratings)
    values = metrics(columns.sum(axis=0)[None])[0]
    resampled = metrics(resampling.sums(columns))
    names = TOKEN_FIGURES
    alpha, kappa, ac1 = map(nan_to_none, values)
    one, two, three = (
        resampling.interval(column, name) if not np.isnan(value) else None
        for column, name, value in zip(resampled.T, names, values, strict=True)
    )
    undefined = [name for name, value in zip(names[:2], (alpha, kappa), strict=True) if value is None]
    same = [f"{name} is null: every token has the same label" for name in undefined if raters == 2 or name != names[1]]
    notes = same if ratings.tokens.any() else ["token_alpha, token_kappa and token_ac1 are null: there are no tokens"]
    by_document = nominal_alpha(columns[:, 0], columns[:, 3 : 3 + categories])
    return TokenCoefficients(alpha, kappa, ac1, (one, two, three), by_document, notes)


def token_sums(ratings: TokenRatings) -> tuple[Floats, Callable[[Floats], Floats]]:
    """Return what the coefficients over tokens are computed from.

    Returns:
        Columns by document, and the function from sums of these, shape `(n, n_columns)`, to the coefficients of
        `TOKEN_FIGURES`, shape `(n, 3)`; kappa is NaN for more than two raters.
    """
    raters, categories = ratings.chosen.shape[1:]

    def metrics(sums: Floats) -> Floats:
        chosen, shares, pair = np.split(sums[:, 3:], [categories, 2 * categories], axis=1)
        kappa = cohen_kappa(pair) if raters == 2 else np.full(len(sums), np.nan)
        return np.stack([nominal_alpha(sums[:, 0], chosen), kappa, gwet_ac1(sums[:, 1], sums[:, 2], shares)], axis=1)

    return np.column_stack([ratings.columns(), *([ratings.pair_columns()] if raters == 2 else [])]), metrics


TOKEN_FIGURES = ("token_alpha", "token_kappa", "token_ac1")
_TEXT_FREE = "token_alpha, token_kappa and token_ac1 are null: the documents are text-free"
