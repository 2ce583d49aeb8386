"""What the migration of a project did, or would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ....schema import Problem
from ....schema.migration.questions import MigrationQuestion
from ..client.projects import Project
from ..mapping.region_values import ResultProblem
from .task_changes import TaskChanges
from .task_work import TaskWork


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question about a span of a task.

    Attributes:
        question: The question.
        url: URL of the task.
        annotator: Name of whoever marked the span.
    """

    question: MigrationQuestion
    url: str
    annotator: str


@dataclass(slots=True)
class ProjectOutcome:
    """What the migration of a project did, or would do.

    Attributes:
        project: The project.
        tasks: Number of its tasks.
        annotations: Number of annotations that changed.
        drafts: Number of drafts that changed.
        suggestions: Number of predictions that changed.
        counts: Numbers of spans and values of people that changed, by what became of them.
        questions: What a person has to decide.
        unread: What does not make a span and stays as it is, with the URL of the task.
        held: URLs of tasks with annotations that have drafts, which a server other than goldspan's own would delete.
        busy: Number of items that somebody kept changing.
        left_out: Number of suggested spans that are left out, because a person would have to decide.
        problems: Tasks that cannot be migrated.
        remarks: What whoever migrates should know.
        already: Whether the project had the scheme before.
    """

    project: Project
    tasks: int = 0
    annotations: int = 0
    drafts: int = 0
    suggestions: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    questions: list[OpenQuestion] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    busy: int = 0
    left_out: int = 0
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    already: bool = False

    def add(self, task: TaskWork, found: TaskChanges, names: Mapping[int, str]) -> None:
        """Add what changes in a task.

        Args:
            task: The task.
            found: What changes in it.
            names: Names of the accounts, by the server's ids.
        """

        def name(user: int) -> str:
            return names.get(user, f"user-{user}")

        url = self.project.task_url(task.id)
        kinds = Counter(change.item.kind for change in found.changes)
        self.annotations += kinds["annotation"]
        self.drafts += kinds["draft"]
        self.suggestions += kinds["prediction"]
        self.counts.update(found.counts)
        self.left_out += found.left_out
        self.questions += [OpenQuestion(question, url, name(user)) for question, user in found.questions]
        place = f"{url}: document {task.document!r}"
        self.unread += [f"{place}: {name(user)}: {_shown(problem)}" for problem, user in found.unread]
        self.held += [place] if found.held else []
        self.problems += [problem.with_location(url) for problem in (*found.problems, *found.refused)]


def _shown(problem: ResultProblem) -> str:
    offsets = "" if problem.start is None or problem.end is None else f"[{problem.start}, {problem.end}) "
    return f"{offsets}{problem.message}"
