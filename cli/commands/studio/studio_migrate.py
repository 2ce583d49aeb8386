"""`goldspan studio migrate`: take a running project to another scheme, with all that people did in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.errors import pluralize
from ....schema.extras import require_extras
from ...console import error, note, progress_bar, result, result_json, table, when_interrupted
from ...option_effects import Rule, effects, either
from ...options import Json
from ..schema_migrate import migration_named, question_line
from .studio_options import SERVERS, Name, PlanFile, ProjectName, Url, connect, servers

if TYPE_CHECKING:
    from ....workflows.studio.migrate_projects import StudioMigration

_MAX_LISTED = 20
_BACKUPS = Path("migration-backups")


@effects(
    *either("project", "plan"),
    Rule("backup", lambda call: "with --dry-run, which changes nothing" if call["dry_run"] else ""),
    *SERVERS,
)
def migrate(
    old: Annotated[
        str, typer.Argument(help="The scheme that the project was pushed with: a file, or `conflict-news`.")
    ],
    new: Annotated[str, typer.Argument(help="The scheme that follows.")],
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="What becomes of labels, fields, choices and zones.")
    ] = None,
    questions: Annotated[
        str | None,
        typer.Option(
            "--questions", metavar="FILE", help="Questions for people: open ones are written here, answers are read."
        ),
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="Go back, from NEW to OLD.")] = False,
    backup: Annotated[
        Path,
        typer.Option("--backup", metavar="FOLDER", help="Where everything is kept as it was before it is changed."),
    ] = _BACKUPS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; change nothing.")] = False,
    project: ProjectName = None,
    plan: PlanFile = None,
    name: Name = "default",
    url: Url = None,
    json: Json = False,
) -> None:
    """Take a project to another scheme: annotations, drafts, suggestions and the page; nothing in them is lost.

    People may work on meanwhile. Ends with status 1 if something is left for a person; the same command continues.
    """
    from ....workflows.studio.migrate_projects import migrate_planned, migrate_project

    when_interrupted("the same migrate continues it")
    require_extras("studio migrate", "studio")
    migration, map_text = migration_named(old, new, map_file)
    migration = migration.reversed if reverse else migration
    with progress_bar() as progress:
        if plan is not None:
            from ....annotate.label_studio.sync.assignment import read_plan, write_plan

            loaded_plan, path = read_plan(plan), plan
            summary = migrate_planned(
                servers(url, name).per_annotator(loaded_plan.servers),
                loaded_plan,
                migration,
                map_text,
                lambda new_plan: write_plan(path, new_plan),
                backup=backup,
                questions=questions,
                dry_run=dry_run,
                progress=progress,
            )
        else:
            with connect(url, name) as api:
                summary = migrate_project(
                    api,
                    migration,
                    map_text,
                    title=project,
                    backup=backup,
                    questions=questions,
                    dry_run=dry_run,
                    progress=progress,
                )
    if json:
        result_json(summary.to_dict())
    else:
        _show(summary)
    _show_rest(summary, questions, quiet=json)
    if not summary.complete:
        raise typer.Exit(1)


def _show(summary: StudioMigration) -> None:
    migration, would = summary.migration, "would change" if summary.dry_run else "changed"
    for outcome in summary.outcomes:
        parts = [
            pluralize(outcome.annotations, "annotation"),
            pluralize(outcome.drafts, "draft"),
            pluralize(outcome.suggestions, "suggestion"),
        ]
        result(
            f"{outcome.project.title}: {migration.old.ref} -> {migration.new.ref}, {pluralize(outcome.tasks, 'task')}"
        )
        result(f"{would}: {', '.join(parts)}; {outcome.project.url}")
    if summary.counts:
        result()
        table(sorted(summary.counts.items()), ("what changes", "times"))


def _show_rest(summary: StudioMigration, questions: str | None, *, quiet: bool) -> None:
    """Say what is left for a person, and what they should know."""
    for problem in summary.problems:
        error(str(problem))
    asked = summary.questions
    for item in [] if quiet else asked[:_MAX_LISTED]:
        error(f"{item.url}: {item.annotator}: {question_line(item.question, summary.migration.new)}")
    if len(asked) > _MAX_LISTED and not quiet:
        note(f"and {len(asked) - _MAX_LISTED:,} more questions")
    for outcome in summary.outcomes:
        for line in [*outcome.remarks, *outcome.unread]:
            note(f"note: {line}")
        for line in outcome.held:
            note(f"note: {line}: has a draft, which this server would delete; migrated when it is read until then")
        if outcome.left_out:
            note(
                f"note: {pluralize(outcome.left_out, 'suggested span')} left out, because a person would have to decide"
            )
        if outcome.busy:
            note(f"note: {pluralize(outcome.busy, 'task')} kept changing; run the same command again")
    for path in summary.backups:
        note(f"everything as it was -> {path}")
    if summary.asked:
        note(f"{pluralize(summary.asked, 'question')} for people -> {questions}")
        note(
            "next: fill in `answer` in each line, or correct the spans on their pages; then run the same command again"
        )
    elif asked:
        note("next: correct the spans on their pages, or name a file for the answers with --questions")
