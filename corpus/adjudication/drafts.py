"""The layers that annotators have submitted; drafts are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ...schema import DataError, Document, Problem, Scheme
from ..storage.checked import CheckedDocuments
from ..storage.records import read_records


def read_gold(path: str | Path, scheme: Scheme) -> CheckedDocuments:
    """Return an iterator over the documents of a gold file. Arguments and errors as in `read_records`.

    Raises:
        DataError: A document is a draft.
    """
    documents = (require_submitted(str(path), document) for document in read_records(path, scheme))
    return CheckedDocuments(documents, scheme)


def layers_by_document(passes: Mapping[str, Iterable[Document]]) -> dict[str, dict[str, Document]]:
    """Group the documents of passes: by id, in the order of their first mention, the document of each pass that has it.

    Raises:
        DataError: A document is a draft.
    """
    grouped: dict[str, dict[str, Document]] = {}
    for name, documents in passes.items():
        for document in documents:
            grouped.setdefault(document.id, {})[name] = require_submitted(name, document)
    return grouped


def require_submitted(name: str, document: Document) -> Document:
    """Return a document of a pass if it is not a draft.

    Args:
        name: Name of the pass, for the message.
        document: A document of the pass.

    Raises:
        DataError: The document is a draft.
    """
    if document.draft:
        raise DataError(draft_problem(name, document.id))
    return document


def draft_problem(name: str, document: str) -> Problem:
    """Return the problem to report for a draft, by the name of its pass and its id."""
    fix = "leave out the file of drafts; `goldspan studio pull` writes submitted annotations separately"
    return Problem(f"{name} has a draft, which nobody submitted", fix, document=document)
