"""Drafts: layers that their annotator has not submitted, which decide nothing yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...schema import DataError, Document, Problem, Scheme
from ..storage.records import read_records


def read_gold(path: str | Path, scheme: Scheme) -> Iterator[Document]:
    """The documents of a file that is taken for the truth. Arguments and errors as `read_records`.

    Raises:
        DataError: One of them is a draft.
    """
    for document in read_records(path, scheme):
        yield require_submitted(str(path), document)


def require_submitted(name: str, document: Document) -> Document:
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
