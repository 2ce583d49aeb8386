"""How often answers are as expected after a change: counts per document, and rates with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ...corpus.probing.expectations import Expectation
from ...corpus.probing.name_changes import names_entity
from ...schema import Scheme, Span, Value, canonical_value
from ..metric_types.metric_groups import MetricInterval
from ..statistics.bootstrap import percentile_interval, resampled_sums
from ..statistics.interval_coverage import MIN_DOCUMENTS
from ..statistics.metrics import ratio

_TOUCHED, _FOLLOWED, _TOLD, _KEPT, _VALUES, _VALUES_FOLLOWED, _VALUES_TOLD, _VALUES_KEPT, _OTHERS, _SAME = range(10)
_COLUMNS = 10

_Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class FollowedRate:
    """A share of spans.

    Attributes:
        value: The share; None if there are no spans of which it could be one.
        interval: Its 95 % interval by resampling documents; None without one.
        of: The number of spans.
    """

    value: float | None
    interval: MetricInterval
    of: int

    def to_dict(self) -> dict[str, object]:
        """Return the share as plain data."""
        return {"value": self.value, "interval": None if self.interval is None else list(self.interval), "of": self.of}


@dataclass(frozen=True, slots=True)
class FollowedRates:
    """How often answers are as expected after a change.

    Attributes:
        spans: Share of the spans that the change concerns that are as it asks.
        spans_as_before: Share of them that are as if there were no change, where that differs.
        values: Share of values that are as the change asks, of spans that are.
        values_as_before: Share of values that are as if there were no change, where that differs.
        others: Share of the other spans that are as before, with their values.
    """

    spans: FollowedRate
    spans_as_before: FollowedRate
    values: FollowedRate
    values_as_before: FollowedRate
    others: FollowedRate


def followed_rates(
    expected: Sequence[Sequence[Expectation]],
    answers: Sequence[Sequence[Span]],
    scheme: Scheme,
    *,
    resamples: int,
    seed: int,
) -> FollowedRates:
    """Return how often answers are as expected.

    Args:
        expected: The expectations for each document.
        answers: The answer to each changed document.
        scheme: The changed scheme.
        resamples: Number of resamples of documents; intervals need at least 10 documents.
        seed: Seed of the resampling.
    """
    rows = [_counts(each, answer, scheme) for each, answer in zip(expected, answers, strict=True)]
    table = np.array(rows, dtype=np.int64).reshape(-1, _COLUMNS)
    has_intervals = resamples > 0 and len(table) >= MIN_DOCUMENTS
    sums = resampled_sums(table, resamples=resamples, seed=seed)[0] if has_intervals else None

    def rate(part: int, whole: int) -> FollowedRate:
        of = int(table[:, whole].sum())
        if not of:
            return FollowedRate(None, None, 0)
        interval = None if sums is None else percentile_interval(ratio(sums[:, part], sums[:, whole]))[0]
        return FollowedRate(int(table[:, part].sum()) / of, interval, of)

    return FollowedRates(
        spans=rate(_FOLLOWED, _TOUCHED),
        spans_as_before=rate(_KEPT, _TOLD),
        values=rate(_VALUES_FOLLOWED, _VALUES),
        values_as_before=rate(_VALUES_KEPT, _VALUES_TOLD),
        others=rate(_SAME, _OTHERS),
    )


@dataclass(frozen=True, slots=True)
class JudgedSpan:
    """How an answer relates to one expectation. What cannot be told is None.

    Attributes:
        follows: Whether the span is as the change asks, or gone if it asks for that.
        as_before: Whether it is as if there were no change; None where the two do not differ.
        value_follows: Whether its value is as the change asks; None for a span without one that is known.
        value_as_before: Whether its value is as if there were no change; None where the two do not differ.
    """

    follows: bool
    as_before: bool | None = None
    value_follows: bool | None = None
    value_as_before: bool | None = None


def judge_answer(expected: Iterable[Expectation], answer: Iterable[Span], scheme: Scheme) -> list[JudgedSpan]:
    """Return how an answer relates to each expectation.

    Args:
        expected: The expectations.
        answer: The spans of the answer.
        scheme: The changed scheme.
    """
    found: dict[_Key, Value | None] = {_key(span): span.value for span in answer}

    def has_value(span: Span, value: Value | None) -> bool:
        label = scheme.labels[span.label]
        return label.same(canonical_value(value, label, scheme), canonical_value(found[_key(span)], label, scheme))

    def judged(expectation: Expectation) -> JudgedSpan:
        span, before = expectation.span, expectation.ignoring
        if span is None:
            assert before is not None
            is_left = _key(before) in found
            return JudgedSpan(not is_left, is_left)
        moved = before is not None and _key(before) != _key(span)
        as_before = _key(before) in found if before is not None and moved else None
        if _key(span) not in found or not _tells_value(expectation, found[_key(span)]):
            return JudgedSpan(_key(span) in found, as_before)
        told = before is not None and not moved and before.value != span.value
        return JudgedSpan(
            True,
            as_before,
            has_value(span, span.value),
            has_value(span, before.value) if before is not None and told else None,
        )

    return [judged(expectation) for expectation in expected]


def unknown_ids(expected: Sequence[Sequence[Expectation]], answers: Sequence[Sequence[Span]]) -> int:
    """Return the number of answered spans whose value is not judged because no authority knows its id, or it has none.

    Args:
        expected: The expectations for each document.
        answers: The answer to each changed document.
    """
    return sum(
        each.span is not None
        and _key(each.span) in found
        and each.has_value
        and not _tells_value(each, found[_key(each.span)])
        for expectations, answer in zip(expected, answers, strict=True)
        for found in [{_key(span): span.value for span in answer}]
        for each in expectations
    )


def _tells_value(expectation: Expectation, value: Value | None) -> bool:
    """Return whether the value of an answered span can be judged."""
    identifier = expectation.identifier
    return expectation.has_value and (identifier is None or names_entity(value, *identifier))


def _counts(expected: Sequence[Expectation], answer: Iterable[Span], scheme: Scheme) -> list[int]:
    counts = [0] * _COLUMNS
    for each, judged in zip(expected, judge_answer(expected, answer, scheme), strict=True):
        if not each.touched:
            counts[_OTHERS] += 1
            counts[_SAME] += judged.follows and judged.value_follows is not False
            continue
        counts[_TOUCHED] += 1
        counts[_FOLLOWED] += judged.follows
        counts[_TOLD] += judged.as_before is not None
        counts[_KEPT] += judged.as_before is True
        # that a span has no value is judged only of those that must stay as they are
        if judged.value_follows is not None and each.span is not None and each.span.value is not None:
            counts[_VALUES] += 1
            counts[_VALUES_FOLLOWED] += judged.value_follows
            counts[_VALUES_TOLD] += judged.value_as_before is not None
            counts[_VALUES_KEPT] += judged.value_as_before is True
    return counts


def _key(span: Span) -> _Key:
    return span.start, span.end, span.label
