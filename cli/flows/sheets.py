"""Documents with the suggestions that they come with, read from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from ...annotate.studio.tasks import Task, make_task
from ...corpus import read_records
from ...corpus.check import check_spans
from ...corpus.order import reading_order
from ...schema import DataError, Document, Problem, Scheme, Span

UNNAMED = "suggestions"
"""What suggestions are called whose layer states no annotator."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document with the suggestions that it comes with.

    Attributes:
        document: With its text.
        suggestions: Spans by the extractor's name.
        about: What a layer should remember of how the document was chosen.
    """

    document: Document
    suggestions: dict[str, tuple[Span, ...]]
    about: dict[str, str] = field(default_factory=dict)


def read_sheets(path: str, suggestions: Sequence[str], scheme: Scheme) -> list[Sheet]:
    """The documents of a file, with its spans and those of further files as suggestions.

    Raises:
        DataError: A file is at fault; all spans that `corpus check` would name are.
    """
    documents = {document.id: document for document in read_records(path, scheme)}
    if not documents:
        raise DataError(Problem("no documents", "name a file that has some", path))
    found: dict[str, dict[str, tuple[Span, ...]]] = {name: {} for name in documents}
    faults: list[Problem] = []
    for document in documents.values():
        faults += [fault.at(path) for fault in check_spans(document, scheme)]
        if document.spans or (document.layer and document.layer.annotator):
            found[document.id][_annotator(document)] = document.spans
    for more in suggestions:
        for document in read_records(more, scheme):
            _beside(documents, document, more)
            name = _annotator(document)
            if name in found[document.id]:
                fix = "give each layer an annotator of its own"
                what = f"a second layer of suggestions by {name!r}"
                raise DataError(Problem(what, fix, more, document=document.id))
            found[document.id][name] = document.spans
            shown = msgspec.structs.replace(documents[document.id], spans=document.spans)
            faults += [fault.at(more) for fault in check_spans(shown, scheme)]
    if faults:
        raise DataError(faults)
    return [Sheet(document, found[document.id]) for document in documents.values()]


def in_order(sheets: Sequence[Sheet], strategy: str, *, random_share: float) -> list[Sheet]:
    """Sheets in the order in which they should be read, each with why it was chosen. As `reading_order`."""
    by_name = {sheet.document.id: sheet for sheet in sheets}
    order = reading_order([(s.document, s.suggestions) for s in sheets], strategy, random_share=random_share)
    return [replace(by_name[chosen.document.id], about={"chosen_by": chosen.by}) for chosen in order]


def make_tasks(sheets: Sequence[Sheet], scheme: Scheme, path: str) -> list[Task]:
    """The tasks of sheets; all that stands in the way is raised at once.

    Raises:
        DataError: Texts that nobody could annotate.
    """
    problems: list[Problem] = []
    tasks: list[Task] = []
    for sheet in sheets:
        try:
            tasks.append(make_task(sheet.document, sheet.suggestions, scheme, about=sheet.about))
        except DataError as error:
            problems += [problem.at(path) for problem in error.problems]
    if problems:
        raise DataError(problems)
    return tasks


def _annotator(document: Document) -> str:
    return (document.layer.annotator if document.layer else None) or UNNAMED


def _beside(documents: dict[str, Document], document: Document, path: str) -> None:
    base = documents.get(document.id)
    if base is None:
        raise DataError(
            Problem("suggestions for a document that is not pushed", "push it too", path, document=document.id)
        )
    if base.sealed().text_sha256 != document.sealed().text_sha256:
        fix = "annotate the text that is pushed: offsets mean nothing on another"
        raise DataError(Problem("suggestions for another text", fix, path, document=document.id))
