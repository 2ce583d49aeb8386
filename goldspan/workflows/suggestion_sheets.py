"""Documents with the suggestions that they come with, read from files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from ..annotate.label_studio.mapping.tasks import Task, make_task
from ..corpus import read_records
from ..corpus.inspection.check import check_spans
from ..corpus.release.prioritise import reading_order
from ..schema import DataError, Document, Problem, Scheme, Span

UNNAMED = "suggestions"
"""What suggestions are called whose layer states no annotator."""


@dataclass(frozen=True, slots=True)
class DocumentWithSuggestions:
    """A document with the suggestions that it comes with.

    Attributes:
        document: With its text.
        suggestions: Spans by the extractor's name.
        about: What a layer should remember of how the document was chosen.
    """

    document: Document
    suggestions: dict[str, tuple[Span, ...]]
    about: dict[str, str] = field(default_factory=dict)


def read_sheets(
    path: str, suggestions: Sequence[str], scheme: Scheme, *, review: bool = False
) -> list[DocumentWithSuggestions]:
    """The documents of a file, with its spans and those of further files as suggestions.

    Args:
        path: Records.
        suggestions: Further records over the same texts.
        scheme: Of all of them.
        review: The files are passes, which need not have read the same documents: all that any of them has are given,
            each with the spans of those who have read it.

    Raises:
        DataError: A file is at fault; all spans that `corpus check` would name are.
    """
    documents: dict[str, Document] = {}
    found: dict[str, dict[str, tuple[Span, ...]]] = defaultdict(dict)
    faults: list[Problem] = []
    for number, file in enumerate((path, *suggestions)):
        for document in read_records(file, scheme):
            if not number or review:
                documents.setdefault(document.id, document)
            _beside(documents, document, file, review=review)
            if documents[document.id].text is None and review:
                documents[document.id] = document
            shown = msgspec.structs.replace(documents[document.id], spans=document.spans)
            faults += [fault.with_location(file) for fault in check_spans(shown, scheme)]
            unmarked = not number and not document.spans and _annotator(document) == UNNAMED
            if unmarked or (review and document.layer and document.layer.skipped):
                continue
            name = _annotator(document)
            if name in found[document.id]:
                fix = "give each layer an annotator of its own"
                what = f"a second layer of suggestions by {name!r}"
                raise DataError(Problem(what, fix, file, document=document.id))
            found[document.id][name] = document.spans
        if not documents and not review:
            raise DataError(Problem("no documents", "name a file that has some", file))
    if faults:
        raise DataError(faults)
    return [DocumentWithSuggestions(document, found[document.id]) for document in documents.values()]


def in_order(
    sheets: Sequence[DocumentWithSuggestions], strategy: str, *, random_share: float
) -> list[DocumentWithSuggestions]:
    """Sheets in the order in which they should be read, each with why it was chosen. As `reading_order`."""
    by_name = {sheet.document.id: sheet for sheet in sheets}
    order = reading_order([(s.document, s.suggestions) for s in sheets], strategy, random_share=random_share)
    return [replace(by_name[chosen.document.id], about={"chosen_by": chosen.by}) for chosen in order]


def make_tasks(sheets: Sequence[DocumentWithSuggestions], scheme: Scheme, path: str) -> list[Task]:
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
            problems += [problem.with_location(path) for problem in error.problems]
    if problems:
        raise DataError(problems)
    return tasks


def _annotator(document: Document) -> str:
    return (document.layer.annotator if document.layer else None) or UNNAMED


def _beside(documents: dict[str, Document], document: Document, path: str, *, review: bool) -> None:
    base = documents.get(document.id)
    if base is None:
        raise DataError(
            Problem("suggestions for a document that is not pushed", "push it too", path, document=document.id)
        )
    if base.with_hash().text_sha256 != document.with_hash().text_sha256:
        what, fix = "suggestions for another text", "annotate the text that is pushed: offsets mean nothing on another"
        if review:
            what, fix = "the text is not the same in all passes", "review passes over the same texts"
        raise DataError(Problem(what, fix, path, document=document.id))
