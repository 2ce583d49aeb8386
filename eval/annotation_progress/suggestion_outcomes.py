"""Outcomes of suggestions by label: accepted, changed or rejected, and what annotators added.

Annotations state which of their spans were suggested (`origin`). What was rejected is only known by comparison with the
suggestions themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...schema import Document, Scheme, Span, pluralize
from ..metric_types.metric_groups import Metric, MetricGroup, NamedMetrics

OUTCOMES = ("accepted", "changed", "rejected", "added")
_NAMES = {"prediction": "accepted", "prediction-changed": "changed", "manual": "added"}

Suggestions = Mapping[str, Sequence[Span]]
"""The suggestions that annotators saw, by document id."""

_Place = tuple[int, int, str]
"""Start, end and label of a span."""

_Counts = Counter[tuple[str, str]]
"""Number of spans by outcome and label."""


@dataclass(frozen=True, slots=True)
class LabelOutcomes(MetricGroup):
    """Outcomes of the suggestions of a label; of a changed suggestion, the label that was suggested counts.

    Attributes:
        suggested: Number of suggestions; None if the suggestions are not known.
        accepted: Number of these that were left as they are.
        changed: Number of these that were changed.
        rejected: Number of these that were removed; None if the suggestions are not known.
        added: Number of spans that were not suggested.
        accepted_share: Share of the suggestions; None if there are none or they are not known.
        changed_share: Likewise.
        rejected_share: Likewise.
        added_share: Share of the accepted, changed and added spans; None if there are none.
    """

    suggested: int | None
    accepted: int
    changed: int
    rejected: int | None
    added: int
    accepted_share: Metric
    changed_share: Metric
    rejected_share: Metric
    added_share: Metric


@dataclass(frozen=True, slots=True)
class SuggestionOutcomes(MetricGroup):
    """Outcomes of suggestions.

    Attributes:
        documents: Number of documents, each counted for every annotator who saw suggestions on it.
        all: Outcomes over all labels.
        labels: Outcomes by label.
    """

    documents: int
    all: LabelOutcomes
    labels: NamedMetrics[LabelOutcomes]


def measure_outcomes(
    documents: Iterable[Document], scheme: Scheme, suggestions: Suggestions | None
) -> tuple[SuggestionOutcomes | None, list[str]]:
    """Return the outcomes of suggestions, and notes on documents that are excluded.

    Args:
        documents: Documents whose annotators saw suggestions, each for every annotator.
        scheme: Scheme of the documents.
        suggestions: The suggestions; None if they are not known.

    Returns:
        The outcomes are None if no document counts.
    """
    counts: _Counts = Counter()
    excluded: Counter[str] = Counter()
    included = 0
    for document in documents:
        if any(span.origin is None for span in document.spans):
            excluded["with spans of unknown origin"] += 1
        elif suggestions is None:
            included += 1
            counts.update((_NAMES[span.origin or ""], span.label) for span in document.spans)
        elif document.id not in suggestions:
            excluded["whose suggestions are not known"] += 1
        elif (outcome := _compare(document.spans, suggestions[document.id])) is None:
            excluded["whose suggestions have changed since"] += 1
        else:
            included += 1
            counts.update(outcome)
    notes = [
        f"suggestions: {pluralize(number, 'annotated document')} {why} not counted"
        for why, number in sorted(excluded.items())
    ]
    if not included:
        return None, notes
    if suggestions is None:
        notes.append("suggestions: how many were rejected is not known without the suggestions themselves")
    is_known = suggestions is not None
    labels = {label: _outcomes(counts, [label], is_known=is_known) for label in scheme.labels}
    return SuggestionOutcomes(
        included, _outcomes(counts, list(scheme.labels), is_known=is_known), NamedMetrics(labels)
    ), notes


def _outcomes(counts: _Counts, labels: Sequence[str], *, is_known: bool) -> LabelOutcomes:
    accepted, changed, rejected, added = (sum(counts[name, label] for label in labels) for name in OUTCOMES)
    suggested = accepted + changed + rejected if is_known else 0
    spans = accepted + changed + added
    return LabelOutcomes(
        suggested=suggested if is_known else None,
        accepted=accepted,
        changed=changed,
        rejected=rejected if is_known else None,
        added=added,
        accepted_share=accepted / suggested if suggested else None,
        changed_share=changed / suggested if suggested else None,
        rejected_share=rejected / suggested if suggested else None,
        added_share=added / spans if spans else None,
    )


def _compare(spans: Sequence[Span], suggested: Sequence[Span]) -> _Counts | None:
    """Return the outcomes in a document; None if a span comes from a suggestion that is not among those given."""
    rest = Counter(map(_place, suggested))
    counts: _Counts = Counter()
    for span in spans:
        if span.origin == "prediction":
            if not rest[_place(span)]:
                return None
            rest[_place(span)] -= 1
            counts["accepted", span.label] += 1
    for span in spans:
        if span.origin == "prediction-changed":
            place = _place(span)
            touched = [other for other, left in rest.items() if left and other[0] < span.end and span.start < other[1]]
            if not touched:
                return None
            best = max(touched, key=lambda other: (_shared(place, other), other[2] == place[2]))
            rest[best] -= 1
            counts["changed", best[2]] += 1
    counts.update(("rejected", label) for _, _, label in rest.elements())
    counts.update(("added", span.label) for span in spans if span.origin == "manual")
    return counts


def _place(span: Span) -> _Place:
    return span.start, span.end, span.label


def _shared(a: _Place, b: _Place) -> float:
    """Return the share of characters that two overlapping places have in common, of those that either has."""
    return (min(a[1], b[1]) - max(a[0], b[0])) / (max(a[1], b[1]) - min(a[0], b[0]))
