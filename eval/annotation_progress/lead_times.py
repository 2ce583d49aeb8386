"""Lead times: how long the page of a document was open before its annotation was submitted.

A page that stays open over lunch counts as work, and one that was reopened for a second may count as next to none.
Figures are therefore medians, and times out of proportion are excluded and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...schema import Document
from ..metric_types.metric_groups import Metric, MetricGroup
from ..suggestion_bias import known_seconds

LEAST_FOR_FENCES = 8
"""Number of times in a group below which none is excluded: quartiles of fewer say little."""

_FENCE = 1.5  # interquartile ranges beyond the quartiles; J. W. Tukey, Exploratory Data Analysis, 1977, section 2C

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LeadTimes(MetricGroup):
    """Lead times of annotated documents.

    Attributes:
        documents: Number of annotated documents.
        timed: Number of these whose time counts.
        untimed: Number of these without a known time: none, or one that is not above zero or not finite.
        outliers: Number of these whose time is out of proportion.
        seconds_per_document: Median time of a document, in seconds; None if none counts.
        seconds_per_span: Median over documents with spans of the time divided by the number of spans, in seconds; None
            if there are none.
    """

    documents: int
    timed: int
    untimed: int
    outliers: int
    seconds_per_document: Metric
    seconds_per_span: Metric


def measure_lead_times(groups: Iterable[Sequence[Document]]) -> LeadTimes:
    """Return the lead times of groups of annotated documents together.

    Times are excluded by Tukey's fences within each group, which should be of one annotator and one way of working: on
    the logarithms of seconds per character, those more than 1.5 interquartile ranges beyond the quartiles. In a group
    of fewer than `LEAST_FOR_FENCES` times none is excluded.

    Args:
        groups: The documents of each group.
    """
    documents = untimed = outliers = 0
    kept_seconds: list[_Floats] = []
    kept_spans: list[_Floats] = []
    for group in groups:
        known = [(document, time) for document in group if (time := known_seconds(document)) is not None]
        timed = [document for document, _ in known]
        seconds = np.array([time for _, time in known], dtype=np.float64)
        lengths = np.array([max(1, document.length) for document in timed], dtype=np.float64)
        spans = np.array([len(document.spans) for document in timed], dtype=np.float64)
        kept = _within_fences(np.log(seconds / lengths))
        documents += len(group)
        untimed += len(group) - len(timed)
        outliers += int(np.sum(~kept))
        kept_seconds.append(seconds[kept])
        kept_spans.append(spans[kept])
    all_seconds, all_spans = (np.concatenate([np.empty(0), *parts]) for parts in (kept_seconds, kept_spans))
    has_spans = all_spans > 0
    return LeadTimes(
        documents=documents,
        timed=len(all_seconds),
        untimed=untimed,
        outliers=outliers,
        seconds_per_document=_median(all_seconds),
        seconds_per_span=_median(all_seconds[has_spans] / all_spans[has_spans]),
    )


def _within_fences(values: _Floats) -> npt.NDArray[np.bool_]:
    if len(values) < LEAST_FOR_FENCES:
        return np.ones(len(values), dtype=np.bool_)
    low, high = np.quantile(values, (0.25, 0.75))
    margin = _FENCE * (high - low)
    within: npt.NDArray[np.bool_] = (values >= low - margin) & (values <= high + margin)
    return within


def _median(values: _Floats) -> Metric:
    return float(np.median(values)) if len(values) else None
