"""What changed between two layers of the same documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ...schema import DataError, Document, Problem, Span
from ..spans.span_alignment import align

Change = Literal["added", "removed", "boundary", "label", "value", "details"]


@dataclass(frozen=True, slots=True)
class SpanChange:
    """One span that differs.

    Attributes:
        document: Id of the document.
        kind: `boundary` where the bounds moved (the label may have changed too), `label` or `value` where bounds or
            bounds and label stayed, `details` where only notes and the like differ.
        before: None for an added span.
        after: None for a removed one.
    """

    document: str
    kind: Change
    before: Span | None
    after: Span | None


@dataclass(slots=True)
class LayerDiff:
    """What two layers do not share.

    Attributes:
        removed_documents: Ids that only the first has.
        added_documents: Ids that only the second has.
        metadata: Ids of documents whose metadata or zones differ.
        changes: Spans that differ, by document and place.
        same: Spans that do not.
    """

    removed_documents: list[str] = field(default_factory=list)
    added_documents: list[str] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    changes: list[SpanChange] = field(default_factory=list)
    same: int = 0

    def counts(self) -> dict[str, dict[str, int]]:
        """Changes by label and kind."""
        table: dict[str, Counter[str]] = {}
        for change in self.changes:
            span = change.after or change.before
            table.setdefault(span.label if span else "", Counter())[change.kind] += 1
        return {label: dict(sorted(kinds.items())) for label, kinds in sorted(table.items())}

    def __bool__(self) -> bool:
        return bool(self.removed_documents or self.added_documents or self.metadata or self.changes)


def diff_layers(before: Iterable[Document], after: Iterable[Document]) -> LayerDiff:
    """Compares two layers document by document; order of documents and spans does not matter.

    Raises:
        DataError: A document's text is not the same in both: its offsets cannot be compared.
    """
    diff = LayerDiff()
    old = {document.id: document for document in before}
    for document in after:
        former = old.pop(document.id, None)
        if former is None:
            diff.added_documents.append(document.id)
            continue
        if former.with_hash().text_sha256 != document.with_hash().text_sha256:
            fix = "compare layers over the same texts"
            raise DataError(Problem("the text is not the same in both layers", fix, document=document.id))
        if (former.meta, sorted(former.zones, key=repr)) != (document.meta, sorted(document.zones, key=repr)):
            diff.metadata.append(document.id)
        for pair in align(former.spans, document.spans):
            kind = _kind(pair.a, pair.b)
            if kind is None:
                diff.same += 1
            else:
                diff.changes.append(SpanChange(document.id, kind, pair.a, pair.b))
    diff.removed_documents = sorted(old)
    diff.added_documents.sort()
    diff.metadata.sort()
    diff.changes.sort(key=lambda change: change.document)  # stable: the order of places within a document stays
    return diff


def _kind(before: Span | None, after: Span | None) -> Change | None:
    if before is None or after is None:
        return "added" if before is None else "removed"
    if (before.start, before.end) != (after.start, after.end):
        return "boundary"
    if before.label != after.label:
        return "label"
    if before.value != after.value:
        return "value"
    return None if before == after else "details"
