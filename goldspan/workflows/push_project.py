"""Files to a project of Label Studio."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..annotate.label_studio import StudioClient
from ..annotate.label_studio.client.projects import Project, project_must_exist
from ..annotate.label_studio.mapping.tasks import Task
from ..annotate.label_studio.sync.project_setup import PUSH_AGAIN, ProjectSetup, open_project, plan_project
from ..annotate.label_studio.sync.push import PushCounts, check_push, push
from ..schema import Scheme
from .suggestion_sheets import DocumentWithSuggestions, make_tasks, read_sheets


@dataclass(frozen=True, slots=True)
class PushSummary:
    """A push.

    Attributes:
        project: Where to.
        interface: `made`, `updated` or nothing.
        pushed: What was done.
        extractors: Documents with suggestions of each.
        was: What the project was called before, where it was called after another version of the scheme.
    """

    project: Project
    interface: str
    pushed: PushCounts
    extractors: dict[str, int]
    was: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "project": {"id": self.project.id, "title": self.project.title, "url": self.project.url},
            "interface": self.interface or "unchanged",
            "was": self.was or None,
            **asdict(self.pushed),
            "suggestions": self.extractors,
        }

    def told(self) -> str:
        """In a line."""
        done = asdict(self.pushed)
        parts = [f"{number} {name.replace('_', ' ')}" for name, number in done.items() if number] or ["nothing to do"]
        names = ", ".join(f"{name} {number}" for name, number in self.extractors.items()) or "none"
        return f"documents: {', '.join(parts)}; suggestions: {names}"


def push_files(
    api: StudioClient,
    path: str,
    suggestions: Sequence[str],
    scheme: Scheme,
    *,
    title: str | None = None,
    guidelines: str | None = None,
) -> PushSummary:
    """Brings the documents of a file, with its spans and those of further files as suggestions, to a project.

    Args:
        api: The server.
        path: Records with texts.
        suggestions: Further records over the same texts.
        scheme: Of all of them.
        title: Of the project; the scheme's where none is given.
        guidelines: Markdown, in place of those of the scheme.

    Raises:
        DataError: A file is at fault, or a text changed that people have worked on; nothing was sent.
        StudioError: The server does not answer, or refuses.
    """
    return push_sheets(
        api, read_sheets(path, suggestions, scheme), scheme, title=title, guidelines=guidelines, path=path
    )


def push_sheets(
    api: StudioClient,
    sheets: Sequence[DocumentWithSuggestions],
    scheme: Scheme,
    *,
    title: str | None = None,
    guidelines: str | None = None,
    path: str = "",
) -> PushSummary:
    """Brings sheets to a project, in their order. Arguments and errors as `push_files`."""
    tasks = make_tasks(sheets, scheme, path)
    return push_prepared(api, prepare_push(api, tasks, scheme, title=title, guidelines=guidelines))


@dataclass(frozen=True, slots=True)
class PreparedPush:
    """A push that was checked; nothing of it has been sent.

    Attributes:
        opening: The project, as it is to become.
        tasks: What goes there.
        scheme: Theirs.
    """

    opening: ProjectSetup
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
    """Checks all of a push, and sends nothing. Arguments and errors as `push_files`."""
    opening = plan_project(api, title, scheme, guidelines=guidelines, review=review)
    if opening.project is not None:
        with project_must_exist(api, opening.project, PUSH_AGAIN):
            check_push(api, opening.project, tasks)
    return PreparedPush(opening, tasks, scheme)


def push_prepared(api: StudioClient, prepared: PreparedPush) -> PushSummary:
    """Brings tasks to a project, made where there is none. Errors as `push_files`."""
    from tqdm import tqdm

    tasks = prepared.tasks
    project, interface = open_project(api, prepared.opening, prepared.scheme)
    bar = tqdm(total=len(tasks), desc="pushing", unit="", delay=0.5, leave=False, disable=None)
    with bar, project_must_exist(api, project, PUSH_AGAIN):
        pushed = push(api, project, tasks, progress=lambda count: bar.update(count) and None)
    names: dict[str, int] = defaultdict(int)
    for task in tasks:
        for name in task.suggestions:
            names[name] += 1
    before = prepared.opening.project
    was = before.title if before and before.title != project.title else ""
    return PushSummary(project, interface, pushed, dict(sorted(names.items())), was)
