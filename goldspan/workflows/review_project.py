"""A review: what passes differ in, decided by a person in Label Studio."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ..annotate.label_studio import StudioClient
from ..annotate.label_studio.mapping.tasks import make_task
from ..corpus.adjudication.conflicts import Conflict
from ..corpus.adjudication.decisions import read_conflicts
from ..schema import DataError, Document, Problem, Scheme, Span, value_text
from .push_project import PushSummary, prepare_push, push_prepared
from .suggestion_sheets import DocumentWithSuggestions


def push_review(
    api: StudioClient,
    sheets: Sequence[DocumentWithSuggestions],
    conflicts: str,
    scheme: Scheme,
    *,
    title: str,
    guidelines: str | None = None,
) -> PushSummary:
    """Brings the documents that have open conflicts to a review project.

    Each pass is a suggestion; what is to be decided stands beside the text.

    Args:
        api: The server.
        sheets: The passes' documents, each pass a suggestion.
        conflicts: A file as `adjudicate --conflicts` writes it.
        scheme: Theirs.
        title: Of the project.
        guidelines: As `push_files`.

    Raises:
        DataError: The file is at fault, no conflict is open, or one is about a document that is not pushed.
        StudioError: The server does not answer, or refuses.
    """
    open_ones: dict[str, list[Conflict]] = defaultdict(list)
    for conflict in read_conflicts(conflicts, scheme):
        open_ones[conflict.document].append(conflict)
    if not open_ones:
        raise DataError(Problem("no conflict is open", "there is nothing to review", conflicts))
    by_name = {sheet.document.id: sheet for sheet in sheets}
    if missing := sorted(open_ones.keys() - by_name.keys()):
        fix = "push the passes that the conflicts are between"
        raise DataError(Problem("a conflict about a document that is not pushed", fix, conflicts, document=missing[0]))
    tasks = [
        make_task(sheet.document, sheet.suggestions, scheme, conflicts=_told(sheet.document, open_ones[name]))
        for name, sheet in by_name.items()
        if name in open_ones
    ]
    prepared = prepare_push(api, tasks, scheme, title=title, guidelines=guidelines, review=True)
    return push_prepared(api, prepared)


def _told(document: Document, conflicts: Iterable[Conflict]) -> str:
    """The conflicts of a document, numbered, each pass's reading on a line."""
    parts = []
    for number, conflict in enumerate(sorted(conflicts, key=lambda c: (c.start, c.end)), 1):
        surface = " ".join((document.text or "")[conflict.start : conflict.end].split())
        lines = [f"{number}. {surface} ({conflict.kind})"]
        lines += [f"   {name}: {_reading(document, spans)}" for name, spans in conflict.readings.items()]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _reading(document: Document, spans: Sequence[Span]) -> str:
    told = (f'{span.label} "{document.surface(span)}" ({value_text(span.value)})' for span in spans)
    return "; ".join(told) or "nothing"
