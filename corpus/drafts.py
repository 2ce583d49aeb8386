"""Drafts: layers that their annotator has not submitted, which decide nothing yet."""

from __future__ import annotations

from ..schema import DataError, Document, Problem


def submitted(name: str, document: Document) -> Document:
    """The document of a pass, unless it is a draft.

    Args:
        name: Of the pass.
        document: One of its.

    Raises:
        DataError: It is a draft.
    """
    if document.draft:
        fix = "leave out the file of drafts; submitted work comes with `goldspan studio pull`"
        raise DataError(Problem(f"{name} has a draft, which nobody submitted", fix, document=document.id))
    return document
