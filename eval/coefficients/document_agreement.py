"""Agreement on single documents and how it varies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..metric_types.agreement_metrics import DocumentAgreement, DocumentSpread, MetricSpread
from ..statistics.metrics import Floats, nan_to_none


def document_spread(
    ids: Sequence[str], passes: Sequence[int], strict_f1: Floats, alpha_u: Floats, token_alpha: Floats
) -> DocumentSpread:
    """Return the agreement on documents, the worst first, and its spread.

    Args:
        ids: Ids of the documents.
        passes: Number of passes that have read each.
        strict_f1: Strict F1 of each; NaN where it is undefined. Shape `(n_documents,)`.
        alpha_u: Alpha for unitising, likewise.
        token_alpha: Alpha over tokens, likewise.
    """
    order = np.lexsort((np.arange(len(ids)), alpha_u, strict_f1))  # which puts NaN last
    columns = [[nan_to_none(value) for value in column[order]] for column in (strict_f1, alpha_u, token_alpha)]
    documents = [
        DocumentAgreement(ids[place], passes[place], *metrics)
        for place, *metrics in zip(order.tolist(), *columns, strict=True)
    ]
    return DocumentSpread(metric_spread(strict_f1), metric_spread(alpha_u), metric_spread(token_alpha), documents)


def metric_spread(values: Floats) -> MetricSpread:
    """Return how a metric varies over documents, leaving out NaN."""
    defined = values[~np.isnan(values)]
    if not len(defined):
        return MetricSpread(0, None, None, None, None, None, None, None)
    deviation = float(defined.std(ddof=1)) if len(defined) > 1 else None
    minimum, lower, median, upper, maximum = np.quantile(defined, [0, 0.25, 0.5, 0.75, 1]).tolist()
    return MetricSpread(len(defined), float(defined.mean()), deviation, minimum, lower, median, upper, maximum)
