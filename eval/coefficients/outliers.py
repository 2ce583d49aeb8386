"""How each pass agrees with the others, compared with how the others agree among themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..metric_types.agreement_metrics import PassAgreement
from ..statistics.interval_coverage import MIN_DOCUMENTS
from ..statistics.metrics import Floats, nan_to_none, ratio
from .resampling import DocumentResampling


def pass_agreement(
    names: Sequence[str],
    pairs: Sequence[tuple[str, str]],
    counts: NDArray[Any],
    read: NDArray[np.bool_],
    resampling: DocumentResampling,
) -> list[PassAgreement]:
    """Compare each pass with the others; empty for fewer than three passes.

    Means are over pairs of passes that share documents. All pairs are resampled together.

    Args:
        names: Names of the passes.
        pairs: Pairs of the passes.
        counts: Strictly matched spans and all spans of both passes, by document and pair.
            Shape `(n_documents, n_pairs, 2)`.
        read: Whether a pass has read a document. Shape `(n_passes, n_documents)`.
        resampling: Resampling of the documents.
    """
    if len(names) < 3:
        return []
    sums = np.concatenate([counts.sum(axis=0, dtype=np.float64)[None], resampling.sums(counts)])
    f1 = ratio(2 * sums[..., 0], sums[..., 1])  # of all documents, then of the resamples
    compared = []
    for number, name in enumerate(names):
        own = np.array([name in pair for pair in pairs])
        with_others, among_others = _mean(f1[:, own], f1[0, own]), _mean(f1[:, ~own], f1[0, ~own])
        difference = with_others - among_others
        interval = resampling.interval(difference[1:], f"by_pass.{name}.difference")
        own_mean, mean_of_others, between = (nan_to_none(f[0]) for f in (with_others, among_others, difference))
        others = read.sum(axis=0) - read[number]
        documents = min(int(read[number].sum()), int((others >= 2).sum()))
        is_outlier = interval is not None and interval.high < 0 and documents >= MIN_DOCUMENTS
        compared.append(PassAgreement(name, own_mean, mean_of_others, between, interval, is_outlier))
    return compared


def _mean(f1: Floats, whole: Floats) -> Floats:
    """Return the mean over the pairs for which F1 over all documents is defined; NaN if there are none."""
    defined = f1[:, ~np.isnan(whole)]
    return defined.mean(axis=1) if defined.shape[1] else np.full(len(f1), np.nan)
