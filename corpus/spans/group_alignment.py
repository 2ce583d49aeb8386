"""Alignment of the spans of any number of layers of one document: what `align` does for two."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...schema import Span
from ...schema.overlap import overlaps
from .span_alignment import overlapping_pairs, pairing_order
from .span_keys import LabelledSpan, comparison_order, labelled_span

SpanGroup = Mapping[int, Span]
"""Spans of several layers in the same place: at most one of each layer, by the layer's number from 0."""


def align_layers(layers: Sequence[Iterable[Span]]) -> list[SpanGroup]:
    """Group the spans of several layers, in text order; each span is in one group.

    Spans with the same bounds and label are together. Such groups are joined as `align` pairs spans: those with the
    same bounds first, then those that overlap and have the same label, then others that overlap; within each step those
    with the longest overlap first, then the earliest. All spans of a group overlap each other, and no two are of one
    layer. The groups do not depend on the order of the spans or of the layers.

    Args:
        layers: The spans of each layer.
    """
    groups = list(_same_spans(layers))
    places = [labelled_span(next(iter(group.values()))) for group in groups]
    members = [[number] for number in range(len(groups))]
    joined = list(range(len(groups)))  # the number of the group that each has become a part of
    for left, right in _by_similarity(places):
        one, other = joined[left], joined[right]
        if groups[one].keys() & groups[other].keys() or not _all_overlap(places, members[one], members[other]):
            continue
        groups[one] |= groups[other]
        members[one] += members[other]
        for number in members[other]:
            joined[number] = one
    kept = [dict(sorted(groups[number].items())) for number in sorted(set(joined))]
    return sorted(kept, key=lambda group: min(map(comparison_order, group.values())))


def _same_spans(layers: Sequence[Iterable[Span]]) -> Iterator[dict[int, Span]]:
    """Yield groups of spans with the same bounds and label, in text order: the nth of each layer are together."""
    groups: dict[tuple[LabelledSpan, int], dict[int, Span]] = defaultdict(dict)
    for number, spans in enumerate(layers):
        seen: Counter[LabelledSpan] = Counter()
        for span in sorted(spans, key=comparison_order):
            key = labelled_span(span)
            groups[key, seen[key]][number] = span
            seen[key] += 1
    for _, group in sorted(groups.items()):
        yield group


def _by_similarity(places: Sequence[LabelledSpan]) -> list[tuple[int, int]]:
    """Return the pairs of places that overlap, in the order in which they are joined if that is possible."""
    spans = [Span(place.start, place.end, place.label) for place in places]
    pairs = {(i, j) for i, j in overlapping_pairs(spans, spans) if i < j}
    return sorted(pairs, key=lambda pair: (*pairing_order(spans[pair[0]], spans[pair[1]]), pair))


def _all_overlap(places: Sequence[LabelledSpan], ones: Iterable[int], others: Sequence[int]) -> bool:
    return all(overlaps(places[one], places[other]) for one in ones for other in others)
