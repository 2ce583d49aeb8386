"""The audit of a file that is refused because spans do not fit their text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from ....schema import DataError
from ...spans.span_fit import misfit
from ..transfer_reports import AuditRow
from .stated_documents import StatedDocument


def audit_refused(documents: Iterable[StatedDocument], audit: Callable[[AuditRow], None] | None) -> None:
    """Record for each span of a refused file why it does not fit, or that it was not converted because others do not.

    Args:
        documents: The documents of the file. A document that cannot be read ends them.
        audit: Called with each row; None if no audit is wanted.
    """
    if audit is None:
        return
    with suppress(DataError):  # raised by the caller
        for stated in documents:
            marks = stated.marked_text().spans
            for span, mark in zip(stated.spans, marks, strict=True):
                why = misfit(stated.text, mark)
                action = f"refused: {why}" if why else "not converted: the file was refused"
                shown = " ".join(f"{start}-{end}" for start, end in span.fragments)
                line = span.line or stated.line
                row = AuditRow(stated.id, mark.name, line, span.label, shown, span.words, action)
                audit(row._replace(annotator=stated.annotator))
