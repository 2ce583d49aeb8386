"""The surest of the spans that overlap, for schemes whose spans may not."""

from __future__ import annotations

from collections.abc import Sequence

from ...spans.offsets import Fragments
from ...storage.label_map import CATCH_ALL, LabelMap
from .stated_documents import StatedDocument


def surer_spans(stated: StatedDocument, fragments: Sequence[Fragments], labels: LabelMap | None) -> dict[int, str]:
    """Return the spans that overlap a surer one, by index, each with the words of that one.

    The spans are gone through by falling score, the longer and the earlier first where scores are equal; a span
    without a score comes last. Spans whose label the map drops take no part.

    Args:
        stated: The document.
        fragments: The fragments of its spans in code points.
        labels: The label map of the call, if there is one.
    """
    places = [(own[0][0], own[-1][1]) for own in fragments]
    by_label = {} if labels is None else labels.labels
    dropped = {span.label for span in stated.spans if by_label.get(span.label, by_label.get(CATCH_ALL)) == ""}
    order = sorted(
        (number for number, span in enumerate(stated.spans) if span.label not in dropped),
        key=lambda n: (-_score(stated.spans[n].score), places[n][0] - places[n][1], places[n]),
    )
    kept: list[int] = []
    surer: dict[int, str] = {}
    for number in order:
        start, end = places[number]
        rivals = (other for other in kept if start < places[other][1] and places[other][0] < end)
        winner = next(rivals, None)
        if winner is None or _is_double(stated, places, number, winner):
            kept.append(number)
        else:
            surer[number] = stated.text[places[winner][0] : places[winner][1]]
    return surer


def _score(score: float | None) -> float:
    return -1.0 if score is None else score


def _is_double(stated: StatedDocument, places: Sequence[tuple[int, int]], number: int, other: int) -> bool:
    """Return whether two spans are one that is stated twice, which is counted as that."""
    return places[number] == places[other] and stated.spans[number].label == stated.spans[other].label
