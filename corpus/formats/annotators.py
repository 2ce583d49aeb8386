"""The work of several annotators in one file, by annotator."""

from __future__ import annotations

from collections.abc import Iterable

from ...schema import Document, UsageError
from .transfer_reports import ReadReport


def group_by_annotator(documents: Iterable[Document], report: ReadReport) -> dict[str, list[Document]]:
    """Return the documents by the annotator in their layer, sorted by name.

    Args:
        documents: The documents.
        report: Receives those that have none.

    Raises:
        UsageError: No document has an annotator.
    """
    passes: dict[str, list[Document]] = {}
    for document in documents:
        if document.layer is not None and document.layer.annotator:
            passes.setdefault(document.layer.annotator, []).append(document)
        elif document.layer is None and not document.spans:
            report.left_out.add("documents that nobody annotated, which are in no pass", document.id)
        else:
            report.left_out.add("documents whose annotator is not named, which are in no pass", document.id)
    if not passes:
        raise UsageError("no document has an annotator. Fix: leave out `passes`")
    return dict(sorted(passes.items()))
