"""Tasks made from documents with suggestions."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from ...annotate.label_studio.mapping.tasks import (
    Task,
    TaskContents,
    TaskLists,
    make_task,
    task_contents,
    task_lists,
)
from ...annotate.label_studio.sync.work.stored_tasks import StoredTasks
from ...schema import DataError, Problem, Scheme, Span
from ...schema.hashing import json_sha256
from .document_suggestions import DocumentWithSuggestions


def make_tasks(
    documents: Sequence[DocumentWithSuggestions],
    scheme: Scheme,
    path: str = "",
    *,
    blind: Container[str] = (),
) -> StoredTasks:
    """Make the task of each document; all problems are raised at once.

    Args:
        documents: The documents. They are read again when their tasks are sent.
        scheme: Their scheme.
        path: Where they come from, for messages; empty if they come from no file.
        blind: Ids of the whole documents that are to be shown without their suggestions.

    Raises:
        DataError: Texts that cannot be annotated.
        DependencyError: A temporary file cannot be written.
    """

    def suggestions_of(item: DocumentWithSuggestions) -> Mapping[str, tuple[Span, ...]]:
        return {} if item.source in blind else item.suggestions

    def contents(position: int) -> TaskContents:
        item = documents[position]
        return task_contents(item.document, suggestions_of(item), scheme, prefix=item.prefix)

    def context(position: int) -> tuple[str, str]:
        part = documents[position].part
        return part.context() if part else ("", "")

    lists = task_lists(scheme)
    problems: list[Problem] = []
    tasks = StoredTasks(contents, context, lists)
    for item in documents:
        try:
            tasks.append(_task_of(item, suggestions_of(item), scheme, lists))
        except DataError as error:
            problems += [problem.with_location(path) for problem in error.problems]
    if problems:
        raise DataError(problems)
    return tasks


def _task_of(
    item: DocumentWithSuggestions,
    suggestions: Mapping[str, tuple[Span, ...]],
    scheme: Scheme,
    lists: TaskLists | None,
) -> Task:
    """Return the task of a document or a part of one, with suggestions; errors are as in `make_task`."""
    task = make_task(item.document, suggestions, scheme, about=item.about, prefix=item.prefix, lists=lists)
    if item.part is None:
        return task
    content = json_sha256([task.content, item.part.in_record(), *item.part.context()])[:16]
    return replace(task, part=item.part, content=content)
