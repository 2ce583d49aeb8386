"""Conversion of a reviewer's layer to decisions about conflicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ...schema import DataError, Document, Problem, Span
from ...schema.overlap import overlaps
from ..spans.span_keys import span_key
from .conflicts import AdjudicationDecision, Conflict, find_conflicts, merged_ranges, read_documents
from .drafts import layers_by_document, require_submitted

REVIEWED = "reviewed"
"""The reason of a decision if the reviewer gave none."""


def review_decisions(
    passes: Mapping[str, Iterable[Document]], reviewed: Iterable[Document]
) -> list[AdjudicationDecision]:
    """Derive decisions from a reviewer's layer.

    There is a decision for each conflict, and one wherever the reviewer changed what all passes agree on.

    Args:
        passes: The passes by name.
        reviewed: The reviewer's layer of some of the documents; skipped documents yield no decisions.

    Returns:
        Decisions for `adjudicate`, made by the annotator of the reviewed layer. The reason is the reviewer's note on
        the document.

    Raises:
        DataError: A pass or the review contains a draft; a reviewed document is in none of the passes, was reviewed
            twice, has another text than in the passes, or states no annotator.
    """
    layers_of = layers_by_document(passes)
    decisions: list[AdjudicationDecision] = []
    seen: set[str] = set()
    for document in reviewed:
        require_submitted("the review", document)
        layers = layers_of.get(document.id)
        if layers is None:
            fix = "review documents that the passes have"
            raise DataError(Problem("no pass has the reviewed document", fix, document=document.id))
        if document.id in seen:
            raise DataError(Problem("the document was reviewed twice", "keep one review", document=document.id))
        seen.add(document.id)
        if any(layer.with_hash().text_sha256 != document.with_hash().text_sha256 for layer in layers.values()):
            what = "the reviewed text differs from that of the passes"
            raise DataError(Problem(what, "review the document again", document=document.id))
        if document.layer is None or not document.layer.annotator:
            fix = "state the reviewer as the annotator of the layer"
            raise DataError(Problem("the review has no annotator", fix, document=document.id))
        if not document.layer.skipped:
            decisions += _decisions(read_documents(layers), document, document.layer.annotator)
    return decisions


def _decisions(layers: Mapping[str, Document], reviewed: Document, by: str) -> Iterator[AdjudicationDecision]:
    agreed, conflicts = find_conflicts(layers)
    agreed_keys = {span_key(span) for span in agreed}
    reason = _reason(reviewed)
    remaining = list(reviewed.spans)
    for conflict in conflicts:
        # spans on which the passes agree may overlap the range of a conflict without being part of it
        within = [span for span in remaining if overlaps(span, conflict) and span_key(span) not in agreed_keys]
        remaining = [span for span in remaining if span not in within]
        yield _conflict_decision(conflict, within, by, reason)
    yield from _overriding_decisions(reviewed.id, agreed, remaining, by, reason)


def _conflict_decision(conflict: Conflict, spans: list[Span], by: str, reason: str) -> AdjudicationDecision:
    keys = {span_key(span) for span in spans}
    matching = (name for name, reading in conflict.readings.items() if {span_key(span) for span in reading} == keys)
    choose = next(matching, None)
    return AdjudicationDecision(
        document=conflict.document,
        start=conflict.start,
        end=conflict.end,
        by=by,
        reason=reason,
        choose=choose,
        spans=None if choose is not None else tuple(map(_without_notes, spans)),
        readings=conflict.readings,
    )


def _overriding_decisions(
    document: str, agreed: list[Span], reviewed: list[Span], by: str, reason: str
) -> Iterator[AdjudicationDecision]:
    """Yield a decision wherever the reviewer removed what all passes have, or added what none of them has."""
    agreed_keys, reviewed_keys = {span_key(span) for span in agreed}, {span_key(span) for span in reviewed}
    removed = [span for span in agreed if span_key(span) not in reviewed_keys]
    added = [span for span in reviewed if span_key(span) not in agreed_keys]
    for start, end in merged_ranges([*removed, *added]):
        decision = AdjudicationDecision(document, start, end, by, reason, override=True)
        yield replace(decision, spans=tuple(_without_notes(span) for span in reviewed if overlaps(span, decision)))


def _reason(reviewed: Document) -> str:
    note = (reviewed.layer.note if reviewed.layer else None) or ""
    return note if note.strip() else REVIEWED


def _without_notes(span: Span) -> Span:
    return Span(span.start, span.end, span.label, span.value)
