"""Migrate projects of Label Studio to another scheme: one, or those of a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.client.projects import Project, find_project, project_must_exist
from ...annotate.label_studio.mark_once.service_registration import register_service
from ...annotate.label_studio.migration.project_migration import ProjectMigration
from ...annotate.label_studio.migration.project_outcome import OpenQuestion, ProjectOutcome
from ...annotate.label_studio.sync.annotated_tasks import annotator_names
from ...annotate.label_studio.sync.assignment import Plan
from ...corpus.migration.question_file import question_record, read_answers, write_questions
from ...schema import Migration, Problem, UsageError
from ...schema.progress import Progress, ignore_progress
from .pull_project import require_project_titled
from .pulled_work import file_name, make_folder
from .studio_servers import Connect

_AGAIN = "Fix: run the same goldspan studio migrate again"


@dataclass(slots=True)
class StudioMigration:
    """What a migration of projects did, or would do.

    Attributes:
        migration: The migration.
        outcomes: What became of each project.
        backups: Files with all that was changed, as it was; empty in a dry run.
        dry_run: Whether nothing was changed.
        asked: Number of questions that were written to the file for them.
    """

    migration: Migration
    outcomes: list[ProjectOutcome] = field(default_factory=list)
    backups: list[Path] = field(default_factory=list)
    dry_run: bool = False
    asked: int = 0

    @property
    def counts(self) -> Counter[str]:
        """Numbers of spans and values of people that change, by what happens to them."""
        return sum((outcome.counts for outcome in self.outcomes), Counter())

    @property
    def questions(self) -> list[OpenQuestion]:
        """What a person has to decide, each once, with the first place."""
        found = {item.question.key: item for outcome in reversed(self.outcomes) for item in reversed(outcome.questions)}
        return [*reversed(found.values())]

    @property
    def problems(self) -> list[Problem]:
        """Why tasks cannot be migrated."""
        return [problem for outcome in self.outcomes for problem in outcome.problems]

    @property
    def complete(self) -> bool:
        """Whether nothing is left of the earlier scheme that has a place in the new one."""
        return not any(o.questions or o.held or o.busy or o.problems for o in self.outcomes)

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        return {
            "old": self.migration.old.ref,
            "new": self.migration.new.ref,
            "migration": self.migration.id,
            "reverse": self.migration.is_reverse,
            "dry_run": self.dry_run,
            "projects": [_as_data(outcome) for outcome in self.outcomes],
            "changes": dict(sorted(self.counts.items())),
            "questions": [
                {**question_record(item.question), "task": item.url, "annotator": item.annotator}
                for item in self.questions
            ],
            "problems": [str(problem) for problem in self.problems],
            "backups": [str(path) for path in self.backups],
            "complete": self.complete,
        }


def migrate_project(
    api: StudioClient,
    migration: Migration,
    map_text: str,
    *,
    title: str | None,
    backup: Path,
    questions: str | None = None,
    dry_run: bool = False,
    progress: Progress = ignore_progress,
) -> StudioMigration:
    """Migrate a project to another scheme with all that people did in it.

    Args:
        api: The server.
        migration: The migration.
        map_text: The text of its map, which the project remembers.
        title: Title of the project; by default the reference of the old scheme, which becomes that of the new one.
        backup: Folder for the file with all that is changed, as it was before.
        questions: A file of questions: answers in it are used, and open questions are written to it.
        dry_run: Whether nothing is changed.
        progress: Called after each task.

    Raises:
        DataError: The map gives a name another meaning, another migration was cut off, or a file is invalid.
        DependencyError: The server does not answer or refuses, or a file cannot be written; the same call continues.
        UsageError: There is no project of that title, or it has another scheme.
    """
    found = _find(api, (title,) if title else (migration.old.ref, migration.new.ref))
    after = title or migration.new.ref
    return _migrate(migration, map_text, [_Target(api, found, after, "")], backup, questions, dry_run, progress)


def migrate_planned(
    connect: Connect,
    plan: Plan,
    migration: Migration,
    map_text: str,
    save_plan: Callable[[Plan], None],
    *,
    backup: Path,
    questions: str | None = None,
    dry_run: bool = False,
    progress: Progress = ignore_progress,
) -> StudioMigration:
    """Migrate the projects of a plan; where they are named after the old scheme, they and the plan get the new name.

    Args:
        connect: Connects to the server of an annotator.
        plan: The plan.
        migration: As in `migrate_project`.
        map_text: As in `migrate_project`.
        save_plan: Saves the plan.
        backup: As in `migrate_project`.
        questions: As in `migrate_project`.
        dry_run: As in `migrate_project`.
        progress: As in `migrate_project`.

    Raises:
        DataError: As in `migrate_project`; nothing was changed in any project.
        DependencyError: As in `migrate_project`.
        UsageError: No annotator has a project, or one has another scheme.
    """
    new_plan = replace(plan, title=migration.new.ref) if plan.title == migration.old.ref else plan
    with ExitStack() as stack:
        targets = []
        for annotator in plan.annotators:
            api = stack.enter_context(connect(annotator))
            after = new_plan.project(annotator)
            found = find_project(api, plan.project(annotator)) or find_project(api, after)
            if found is not None:
                targets.append(_Target(api, found, after, annotator))
        if not targets:
            raise UsageError("no annotator of the plan has a project. Fix: goldspan studio push --plan makes them")
        summary = _migrate(migration, map_text, targets, backup, questions, dry_run, progress)
    if not dry_run and new_plan != plan:
        save_plan(new_plan)
    return summary


@dataclass(frozen=True, slots=True)
class _Target:
    """A project to migrate.

    Attributes:
        api: Its server.
        project: The project.
        title: Title that it gets.
        annotator: The annotator that it is planned for; empty without a plan.
    """

    api: StudioClient
    project: Project
    title: str
    annotator: str


def _find(api: StudioClient, titles: Sequence[str]) -> Project:
    for title in titles:
        if (found := find_project(api, title)) is not None:
            return found
    return require_project_titled(api, titles[0])


def _migrate(
    migration: Migration,
    map_text: str,
    targets: Sequence[_Target],
    backup: Path,
    questions: str | None,
    dry_run: bool,
    progress: Progress,
) -> StudioMigration:
    """Migrate projects, all of which are checked first."""
    answers = read_answers(questions) if questions else {}
    prepared = [
        ProjectMigration(target.api, target.project, migration, map_text, answers, annotator_names(target.api))
        for target in targets
    ]
    for target in targets:
        if target.title != target.project.title and find_project(target.api, target.title) is not None:
            raise UsageError(
                f"the server has another project {target.title!r}, which is the new name of {target.project.title!r}. "
                "Fix: rename one of them in Label Studio, and name yours as `title`"
            )
    summary = StudioMigration(migration, dry_run=dry_run)
    for target, project in zip(targets, prepared, strict=True):
        with project_must_exist(target.api, target.project, _AGAIN):
            if dry_run:
                summary.outcomes.append(project.plan(progress))
                continue
            path = make_folder(backup, "backup") / _backup_name(target, project)
            summary.outcomes.append(project.run(path, target.title, progress))
            summary.backups.append(path)
            register_service(target.api, target.project)
    if questions and not dry_run and summary.questions:
        summary.asked = write_questions(questions, [item.question for item in summary.questions])
    return summary


def _backup_name(target: _Target, project: ProjectMigration) -> str:
    owner = f"{file_name(target.annotator)}-" if target.annotator else ""
    return f"{owner}project-{target.project.id}-{project.number}-{project.migration.id[:8]}.jsonl"


def _as_data(outcome: ProjectOutcome) -> dict[str, Any]:
    return {
        "id": outcome.project.id,
        "title": outcome.project.title,
        "url": outcome.project.url,
        "tasks": outcome.tasks,
        "annotations": outcome.annotations,
        "drafts": outcome.drafts,
        "suggestions": outcome.suggestions,
        "suggestions_left_out": outcome.left_out,
        "unread": outcome.unread,
        "held": outcome.held,
        "busy": outcome.busy,
        "remarks": outcome.remarks,
        "already": outcome.already,
    }
