"""Differences between two layers of the same documents."""

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
    """A span that differs between two layers.

    Attributes:
        document: Id of the document.
        kind: `added`, `removed`, or the first of these that differs: `boundary`, `label`, `value`, `details` (notes and
            the like).
        before: The span in the first layer; None if it was added.
        after: The span in the second layer; None if it was removed.
    """

    document: str
    kind: Change
    before: Span | None
    after: Span | None


@dataclass(slots=True)
class LayerDiff:
    """The differences between two layers.

    Attributes:
        removed_documents: Ids of documents that only the first layer has.
        added_documents: Ids of documents that only the second layer has.
        metadata: Ids of documents whose metadata or zones differ.
        changes: The spans that differ, by document and position.
        same: Number of spans that are equal.
    """

    removed_documents: list[str] = field(default_factory=list)
    added_documents: list[str] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    changes: list[SpanChange] = field(default_factory=list)
    same: int = 0

    def counts(self) -> dict[str, dict[str, int]]:
        """Count the changes by label and kind."""
        table: dict[str, Counter[str]] = {}
        for change in self.changes:
            span = change.after or change.before
            table.setdefault(span.label if span else "", Counter())[change.kind] += 1
        return {label: dict(sorted(kinds.items())) for label, kinds in sorted(table.items())}

    def __bool__(self) -> bool:
        return bool(self.removed_documents or self.added_documents or self.metadata or self.changes)


def diff_layers(before: Iterable[Document], after: Iterable[Document]) -> LayerDiff:
    """Compare two layers document by document, regardless of the order of documents and spans.

    Raises:
        DataError: The text of a document differs between the layers, so that offsets cannot be compared.
    """
    diff = LayerDiff()
    old_documents = {document.id: document for document in before}
    for document in after:
        old_document = old_documents.pop(document.id, None)
        if old_document is None:
            diff.added_documents.append(document.id)
            continue
        if old_document.with_hash().text_sha256 != document.with_hash().text_sha256:
            fix = "compare layers of the same texts"
            raise DataError(Problem("the text differs between the layers", fix, document=document.id))
        if (old_document.meta, sorted(old_document.zones, key=repr)) != (
            document.meta,
            sorted(document.zones, key=repr),
        ):
            diff.metadata.append(document.id)
        for pair in align(old_document.spans, document.spans):
            kind = _kind(pair.a, pair.b)
            if kind is None:
                diff.same += 1
            else:
                diff.changes.append(SpanChange(document.id, kind, pair.a, pair.b))
    diff.removed_documents = sorted(old_documents)
    diff.added_documents.sort()
    diff.metadata.sort()
    diff.changes.sort(key=lambda change: change.document)  # a stable sort: keeps the order of spans within a document
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
