"""Push the conflicts between passes to a Label Studio project for review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.mapping.region_prefixes import UNDECIDED, conflict_prefixes
from ...annotate.label_studio.mapping.tasks import Task, TaskLists, make_task, task_lists
from ...corpus.adjudication.conflicts import Conflict, Readings
from ...corpus.adjudication.decisions import read_conflicts
from ...corpus.privacy.annotator_names import NameSurvey
from ...corpus.privacy.name_key import key_path
from ...corpus.withdrawal.withdrawn_documents import find_withdrawn
from ...schema import DataError, Document, Problem, Scheme, Span, value_text
from ...schema.overlap import overlaps
from ...schema.progress import Progress, ignore_progress
from ..privacy.published_names import PublishedNames
from .document_suggestions import DocumentWithSuggestions
from .push_project import PushSummary, prepare_push, push_prepared

_CONTEXT = 40  # characters on each side of a conflict


def push_conflicts(
    api: StudioClient,
    documents: Sequence[DocumentWithSuggestions],
    conflicts: str | Iterable[Conflict],
    scheme: Scheme,
    *,
    title: str,
    guidelines: str | None = None,
    names: bool = False,
    progress: Progress = ignore_progress,
) -> PushSummary:
    """Push the documents that have open conflicts to a review project.

    Each pass is shown as a suggestion, under a pseudonym of its annotator, and the conflicts beside the text.

    Args:
        api: The server.
        documents: The documents of the passes, each pass as a suggestion.
        conflicts: Conflicts, or a file of them, as `goldspan adjudicate --conflicts` writes it.
        scheme: Their scheme.
        title: Title of the project.
        guidelines: As in `push_files`.
        names: Whether reviewers see the annotators' names.
        progress: As in `push_files`.

    Raises:
        DataError: The file is invalid, no conflict is open, or one is about a document that is not pushed.
        StudioError: The server does not answer, or refuses.
    """
    path = conflicts if isinstance(conflicts, str) else ""
    withdrawn = find_withdrawn(path)
    read = read_conflicts(conflicts, scheme) if isinstance(conflicts, str) else conflicts
    remaining = [conflict for conflict in read if withdrawn.by_id(conflict.document) is None]
    tasks = review_tasks(documents, remaining, scheme, names=names, path=path)
    prepared = prepare_push(api, tasks, scheme, title=title, guidelines=guidelines, review=True)
    return push_prepared(api, prepared, progress=progress)


def review_tasks(
    documents: Iterable[DocumentWithSuggestions],
    conflicts: Iterable[Conflict],
    scheme: Scheme,
    *,
    names: bool = False,
    path: str = "",
) -> list[Task]:
    """Return the tasks of a review, one for each document with open conflicts. Other arguments as in `push_conflicts`.

    Args:
        documents: As in `push_conflicts`.
        conflicts: The open conflicts.
        scheme: As in `push_conflicts`.
        names: As in `push_conflicts`.
        path: The file that has the conflicts, for errors.

    Raises:
        DataError: As in `push_conflicts`.
    """
    open_conflicts: dict[str, list[Conflict]] = defaultdict(list)
    for conflict in conflicts:
        open_conflicts[conflict.document].append(conflict)
    if not open_conflicts:
        raise DataError(Problem("no conflict is open", "there is nothing to review", path))
    by_id = {item.document.id: item for item in documents}
    if missing := sorted(open_conflicts.keys() - by_id.keys()):
        fix = "push the passes that the conflicts are between"
        raise DataError(Problem("a conflict about a document that is not pushed", fix, path, document=missing[0]))
    reviewed = [
        (item, sorted(open_conflicts[name], key=lambda c: (c.start, c.end)))
        for name, item in by_id.items()
        if name in open_conflicts
    ]
    lists = task_lists(scheme)
    return [
        _review_task(item, of_item, scheme, lists)
        for item, of_item in (reviewed if names else _under_pseudonyms(reviewed, path))
    ]


def _under_pseudonyms(
    reviewed: Sequence[tuple[DocumentWithSuggestions, list[Conflict]]], path: str
) -> list[tuple[DocumentWithSuggestions, list[Conflict]]]:
    """Return documents and their conflicts with pseudonyms for the names of passes."""
    survey = NameSurvey()
    for item, conflicts in reviewed:
        survey.add(item.document)
        survey.add_names((*item.suggestions, *(name for conflict in conflicts for name in conflict.readings)))
    published = PublishedNames.of(survey, key_path(path))

    def renamed(readings: Readings) -> dict[str, tuple[Span, ...]]:
        names = published.by_name(readings)
        return {names[name]: tuple(map(published.pseudonyms.span, spans)) for name, spans in readings.items()}

    return [
        (
            replace(
                item,
                document=published.pseudonyms.document(item.document),
                suggestions=renamed(item.suggestions),
            ),
            [replace(conflict, readings=renamed(conflict.readings)) for conflict in conflicts],
        )
        for item, conflicts in reviewed
    ]


def _review_task(
    item: DocumentWithSuggestions, conflicts: Sequence[Conflict], scheme: Scheme, lists: TaskLists | None
) -> Task:
    """Make the task of a document; spans in conflicts come first, so that the editor's key leads from one to the next.

    Args:
        item: The document with its passes.
        conflicts: Its open conflicts, in the order of the text.
        scheme: Their scheme.
        lists: The lists that pickers choose from.
    """
    prefix = conflict_prefixes(conflicts)
    passes = {
        name: sorted((*spans, *_undecided(spans, conflicts)), key=lambda span: (not prefix(span), span.start))
        for name, spans in item.suggestions.items()
    }
    described = _describe(item.document, conflicts)
    return make_task(item.document, passes, scheme, conflicts=described, prefix=prefix, lists=lists)


def _undecided(spans: Sequence[Span], conflicts: Iterable[Conflict]) -> Iterator[Span]:
    """Yield what stands for each conflict in which a pass has nothing, so that the editor's key leads there too."""
    for conflict in conflicts:
        if not any(overlaps(conflict, span) for span in spans):
            found = [span for reading in conflict.readings.values() for span in reading]
            longest = max(found, key=lambda span: span.end - span.start)
            yield Span(longest.start, longest.end, UNDECIDED)


def _describe(document: Document, conflicts: Iterable[Conflict]) -> str:
    """Describe the conflicts of a document: numbered, each with its context and each pass's spans on a line."""
    parts = []
    for number, conflict in enumerate(conflicts, 1):
        lines = [f"{number}. {_in_context(document.text or '', conflict)} ({conflict.kind})"]
        lines += [f"• {name}: {_describe_spans(document, spans)}" for name, spans in conflict.readings.items()]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _in_context(text: str, conflict: Conflict) -> str:
    """Return the words of a conflict in brackets, between the whole words beside them."""
    before, after = text[max(0, conflict.start - _CONTEXT) : conflict.start], text[conflict.end :][:_CONTEXT]
    if len(before) == _CONTEXT:
        before = f"…{before[before.find(' ') + 1 :]}"
    if len(after) == _CONTEXT:
        after = f"{after[: after.rfind(' ')]}…" if " " in after else "…"
    return " ".join(f"{before}[{text[conflict.start : conflict.end]}]{after}".split())


def _describe_spans(document: Document, spans: Sequence[Span]) -> str:
    described = (f'{span.label} "{document.surface(span)}" ({value_text(span.value)})' for span in spans)
    return "; ".join(described) or "nothing"
