"""A reviewer's layer as decisions about what passes differ in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ...schema import DataError, Document, Problem, Span
from .drafts import require_submitted
from .resolution import AdjudicationDecision, Conflict, find_conflicts

REVIEWED = "reviewed"
"""The reason where the reviewer gave none."""

_Key = tuple[int, int, str, object]


def review_decisions(
    passes: Mapping[str, Iterable[Document]], reviewed: Iterable[Document]
) -> list[AdjudicationDecision]:
    """What a reviewer decided: about each conflict, and against all passes where she changed what they agree on.

    Args:
        passes: Layers by name.
        reviewed: The reviewer's layer over some of the documents; one that she skipped decides nothing.

    Returns:
        Rulings for `adjudicate`, by the annotator that the layer states, with her note on the document as the reason.

    Raises:
        DataError: Another text, a draft, a document that no pass has, or that two layers have reviewed, a layer of
            nobody.
    """
    layers: dict[str, dict[str, Document]] = {}
    for name, documents in passes.items():
        for document in documents:
            layers.setdefault(document.id, {})[name] = document
    rulings: list[AdjudicationDecision] = []
    seen: set[str] = set()
    for document in reviewed:
        require_submitted("the review", document)
        read = layers.get(document.id)
        if read is None:
            fix = "review documents that the passes have"
            raise DataError(Problem("no pass has the reviewed document", fix, document=document.id))
        if document.id in seen:
            raise DataError(Problem("two reviews of one document", "keep one", document=document.id))
        seen.add(document.id)
        if any(one.with_hash().text_sha256 != document.with_hash().text_sha256 for one in read.values()):
            raise DataError(
                Problem("the reviewed text is not that of the passes", "review it again", document=document.id)
            )
        if document.layer is None or not document.layer.annotator:
            fix = "name the reviewer as the layer's annotator"
            raise DataError(Problem("the review states nobody who decided", fix, document=document.id))
        if not document.layer.skipped:
            working = {name: one for name, one in read.items() if not (one.layer and one.layer.skipped)} or read
            rulings += _of_document(working, document, document.layer.annotator)
    return rulings


def _of_document(layers: Mapping[str, Document], reviewed: Document, by: str) -> Iterator[AdjudicationDecision]:
    agreed, conflicts = find_conflicts(layers)
    reason = _reason(reviewed)
    stands = list(reviewed.spans)
    for conflict in conflicts:
        within = [span for span in stands if span.start < conflict.end and conflict.start < span.end]
        # what the passes agree on may lie beside a conflict's spans, and within its stretch
        within = [span for span in within if _key(span) not in {_key(one) for one in agreed}]
        stands = [span for span in stands if span not in within]
        yield _about(conflict, within, by, reason)
    yield from _against_all(reviewed.id, agreed, stands, by, reason)


def _about(conflict: Conflict, stands: list[Span], by: str, reason: str) -> AdjudicationDecision:
    keys = {_key(span) for span in stands}
    choose = next((name for name, had in conflict.readings.items() if {_key(s) for s in had} == keys), None)
    return AdjudicationDecision(
        document=conflict.document,
        start=conflict.start,
        end=conflict.end,
        by=by,
        reason=reason,
        choose=choose,
        spans=None if choose is not None else tuple(_bare(span) for span in stands),
        readings=conflict.readings,
    )


def _against_all(
    document: str, agreed: list[Span], stands: list[Span], by: str, reason: str
) -> Iterator[AdjudicationDecision]:
    """Where the reviewer has not what all passes have, or has what none of them has."""
    had, has = {_key(span) for span in agreed}, {_key(span) for span in stands}
    differing = sorted(
        [span for span in agreed if _key(span) not in has] + [span for span in stands if _key(span) not in had],
        key=lambda span: (span.start, span.end),
    )
    start = end = -1
    for span in [*differing, None]:
        if span is not None and start >= 0 and span.start < end:
            end = max(end, span.end)
            continue
        if start >= 0:
            kept = tuple(_bare(one) for one in stands if one.start < end and start < one.end)
            yield AdjudicationDecision(document, start, end, by, reason, spans=kept, override=True)
        if span is not None:
            start, end = span.start, span.end


def _reason(reviewed: Document) -> str:
    extra = reviewed.layer.extra if reviewed.layer else None
    studio = (extra or {}).get("studio")
    note = studio.get("note") if isinstance(studio, dict) else None
    return note if isinstance(note, str) and note.strip() else REVIEWED


def _bare(span: Span) -> Span:
    return Span(span.start, span.end, span.label, span.value)


def _key(span: Span) -> _Key:
    return span.start, span.end, span.label, span.value
