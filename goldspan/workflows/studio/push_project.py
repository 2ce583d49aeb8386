"""Push records to a Label Studio project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from html import escape
from typing import Any

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.client.projects import Project, project_must_exist
from ...annotate.label_studio.mapping.tasks import Task, TaskContents, TaskLists, make_task, task_contents, task_lists
from ...annotate.label_studio.mark_once.service_registration import register_service
from ...annotate.label_studio.sync.project_setup import PUSH_AGAIN, ProjectSetup, open_project, plan_project
from ...annotate.label_studio.sync.push import PushCounts, check_push, push_tasks
from ...annotate.label_studio.sync.work.stored_tasks import StoredTasks
from ...schema import DataError, Problem, Scheme, Span, pluralize
from ...schema.hashing import json_sha256
from ...schema.progress import Progress, ignore_progress
from .document_parts import cut_for_project
from .document_suggestions import DocumentWithSuggestions, read_suggestions
from .pulled_work import project_link


@dataclass(frozen=True, slots=True)
class PushSummary:
    """What a push did.

    Attributes:
        project: The project.
        interface: What happened to its labeling config: `made`, `updated` or empty.
        pushed: What happened to its tasks.
        extractors: Number of documents with suggestions, by extractor.
        was: The project's earlier title, if it was named after another version of the scheme.
        faint: Number of suggestions that are shown as faint.
        framed: Number of those that are only framed.
        documents: Number of documents that were pushed in parts, of which the counts are then; None for whole ones.
    """

    project: Project
    interface: str
    pushed: PushCounts
    extractors: dict[str, int]
    was: str = ""
    faint: int = 0
    framed: int = 0
    documents: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        return {
            "project": {"id": self.project.id, "title": self.project.title, "url": self.project.url},
            "interface": self.interface or "unchanged",
            "was": self.was or None,
            **asdict(self.pushed),
            "suggestions": self.extractors,
            "faint": self.faint,
            "framed": self.framed,
            "documents_in_parts": self.documents,
        }

    def summary(self) -> str:
        """Return the summary as a line."""
        counts = asdict(self.pushed)
        counted = "documents" if self.documents is None else f"parts of {pluralize(self.documents, 'document')}"
        parts = [f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count] or ["nothing to do"]
        names = ", ".join(f"{name} {count}" for name, count in self.extractors.items()) or "none"
        faint = f"; faint: {self.faint}" if self.faint else ""
        framed = f"; framed: {self.framed}" if self.framed else ""
        return f"{counted}: {', '.join(parts)}; suggestions: {names}{faint}{framed}"

    def __str__(self) -> str:
        config = f"labeling config {self.interface}\n" if self.interface == "updated" else ""
        return f"{self.summary()}\n{config}annotate: {self.project.url}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary())}</p><p>{project_link(self.project)}</p>"


def push_files(
    api: StudioClient,
    path: str,
    suggestions: Sequence[str],
    scheme: Scheme,
    *,
    title: str | None = None,
    guidelines: str | None = None,
    cut: int | None = None,
    progress: Progress = ignore_progress,
) -> PushSummary:
    """Push the documents of a file to a project, with its spans and those of further files as suggestions.

    Args:
        api: The server.
        path: Records with texts.
        suggestions: Further records over the same texts.
        scheme: Their scheme.
        title: Title of the project; the scheme's reference by default.
        guidelines: Markdown to show instead of the scheme's guidelines.
        cut: Largest length of a part, in characters, of documents that annotators get in parts; None for whole ones.
        progress: Called after each batch of tasks.

    Raises:
        DataError: A file is invalid, or the text of a document or its cut changed that has been annotated; nothing was
            sent.
        StudioError: The server does not answer, or refuses.
        UsageError: The project has whole documents, and these are to be cut, or the other way round.
    """
    return push_documents(
        api,
        read_suggestions(path, suggestions, scheme),
        scheme,
        title=title,
        guidelines=guidelines,
        path=path,
        cut=cut,
        progress=progress,
    )


def push_documents(
    api: StudioClient,
    documents: Sequence[DocumentWithSuggestions],
    scheme: Scheme,
    *,
    title: str | None = None,
    guidelines: str | None = None,
    path: str = "",
    cut: int | None = None,
    progress: Progress = ignore_progress,
) -> PushSummary:
    """Push documents to a project, in their order. Arguments and errors are those of `push_files`."""
    tasks = make_tasks(cut_for_project(api, documents, cut, scheme, title=title), scheme, path)
    prepared = prepare_push(api, tasks, scheme, title=title, guidelines=guidelines)
    return push_prepared(api, prepared, progress=progress)


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


@dataclass(frozen=True, slots=True)
class PreparedPush:
    """A push that has been checked; nothing of it has been sent.

    Attributes:
        setup: The project as it will be.
        tasks: The tasks to push.
        scheme: Their scheme.
    """

    setup: ProjectSetup
    tasks: Sequence[Task]
    scheme: Scheme


def prepare_push(
    api: StudioClient,
    tasks: Sequence[Task],
    scheme: Scheme,
    *,
    title: str | None,
    guidelines: str | None = None,
    review: bool = False,
) -> PreparedPush:
    """Check a push without sending anything. Arguments and errors are those of `push_files`."""
    parts = any(task.part for task in tasks)
    framed = any(task.low_scores[1] for task in tasks)
    setup = plan_project(api, title, scheme, guidelines=guidelines, review=review, parts=parts, framed=framed)
    if setup.project is not None:
        with project_must_exist(api, setup.project, PUSH_AGAIN):
            check_push(api, setup.project, tasks)
    return PreparedPush(setup, tasks, scheme)


def push_prepared(api: StudioClient, prepared: PreparedPush, *, progress: Progress = ignore_progress) -> PushSummary:
    """Push tasks to a project, and create the project if there is none. Errors are those of `push_files`."""
    tasks = prepared.tasks
    pushed_count = 0

    def batch_done(count: int) -> None:
        nonlocal pushed_count
        pushed_count += count
        progress("pushing", pushed_count, len(tasks))

    project, interface = open_project(api, prepared.setup, prepared.scheme)
    with project_must_exist(api, project, PUSH_AGAIN):
        pushed = push_tasks(api, project, tasks, progress=batch_done)
        register_service(api, project)
    extractors = Counter(name for task in tasks for name in task.extractors)
    before = prepared.setup.project
    was = before.title if before and before.title != project.title else ""
    faint, framed = (sum(task.low_scores[kind] for task in tasks) for kind in (0, 1))
    documents = {task.part.place.document for task in tasks if task.part}
    suggested = dict(sorted(extractors.items()))
    return PushSummary(project, interface, pushed, suggested, was, faint, framed, len(documents) or None)
