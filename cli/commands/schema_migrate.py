"""`goldspan schema migrate`: take annotations to another scheme, and back."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import DataError, UsageError, pluralize
from ..console import error, note, one_line, progress_bar, result, result_json, table
from ..option_effects import Rule, effects
from ..options import Json

if TYPE_CHECKING:
    from ...schema import Migration, MigrationQuestion, Scheme
    from ...workflows.migration.migrate_files import MigrationSummary

_MAX_LISTED = 20
_MAX_NAMED = 3

_WHAT = {
    "label": "which label it gets",
    "value": "which value {} gets",
    "overlap": "which of these spans stay, as {} does not allow them together",
    "zone": "which kind of zone it becomes",
}


def scheme_named(name: str) -> Scheme:
    """Return the scheme of a file, or the built-in one by its name."""
    from ...schema import conflict_scheme, load_scheme

    return conflict_scheme() if name == conflict_scheme().name else load_scheme(Path(name))


def migration_named(old: str, new: str, map_file: Path | None) -> tuple[Migration, str]:
    """Return the migration between two schemes by a map, or with nothing renamed, and the text of the map.

    Raises:
        DataError: A scheme or the map is invalid.
        UsageError: There is no map, and something has no place in the new scheme.
    """
    from ...schema import load_migration, parse_migration

    before, after = scheme_named(old), scheme_named(new)
    if map_file:
        return load_migration(map_file, before, after), map_file.read_text("utf-8-sig")
    try:
        return parse_migration({}, before, after), ""
    except DataError as missing_lines:
        what = "; ".join(problem.what.removeprefix("labels: ") for problem in missing_lines.problems[:_MAX_NAMED])
        fix = f"--map FILE; `goldspan schema migrate {shlex.join([old, new])} --draft` prints one to begin with"
        raise UsageError(f"{what}. Fix: {fix}") from missing_lines


@effects(
    *(
        Rule(name, lambda call: "with --draft, which prints a map" if call["draft"] else "")
        for name in ("map_file", "out", "questions", "reverse", "dry_run", "json")
    ),
    Rule(
        "json",
        lambda call: "with --out -, which prints the records" if call["out"] == "-" and not call["dry_run"] else "",
        "name a file for --out",
    ),
)
def migrate(
    old: Annotated[str, typer.Argument(help="The scheme so far: a file, or `conflict-news`.")],
    new: Annotated[str, typer.Argument(help="The scheme that follows.")],
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="IN", help="What was annotated: records, a folder of shards, decisions, or the folder of a gold."
        ),
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="What becomes of labels, fields, choices and zones.")
    ] = None,
    out: Annotated[str | None, typer.Option("--out", metavar="PATH", help="File or folder to write.")] = None,
    questions: Annotated[
        str | None,
        typer.Option(
            "--questions", metavar="FILE", help="Questions for people: open ones are written here, answers are read."
        ),
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="Go back, from NEW to OLD.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Print a map to begin with.")] = False,
    json: Json = False,
) -> None:
    """Take annotations to another scheme, and back; nothing in them is lost.

    Ends with status 1, and writes nothing but --questions, if a person has to decide something.
    """
    from ...schema.migration.map_draft import draft_map
    from ...schema.migration.migration_map import require_change
    from ...workflows.migration.migrate_files import migrate_files

    before, after = scheme_named(old), scheme_named(new)
    if draft:
        if source is not None:
            raise UsageError(f"IN {source} has no effect with --draft, which prints a map. Fix: leave it out")
        require_change(before, after)
        result(draft_map(before, after).rstrip("\n"))
        return
    if source is None or not (out or dry_run):
        missing = "IN" if source is None else "--out"
        fix = f"goldspan schema migrate {shlex.join([old, new])} {source or 'IN'} --map FILE --out FILE"
        raise UsageError(f"{missing} is missing. Fix: {fix}; or --draft for a map, --dry-run to try one")
    migration, _ = migration_named(old, new, map_file)
    _warn_of_patterns(before if reverse else after)
    with progress_bar() as progress:
        summary = migrate_files(
            source,
            out,
            migration.reversed if reverse else migration,
            questions=questions,
            dry_run=dry_run,
            progress=progress,
        )
    if json:
        result_json(summary.to_dict())
    else:
        _show(summary, on_stderr=out == "-" and not dry_run)
    if summary.tally.questions:
        _show_questions(summary, questions, quiet=json)
        raise typer.Exit(1)
    if dry_run and out:
        note(f"nothing was written to {out}, as this is a dry run")
    if summary.written:
        note(f"{_counts(summary)} -> {out}")


def _warn_of_patterns(scheme: Scheme) -> None:
    """Warn of patterns that name what the scheme no longer has, as those do that were copied from an earlier one."""
    from ...annotate.finders.scheme_check import check_patterns

    try:
        check_patterns(scheme)
    except DataError as error:
        for problem in error.problems:
            note(f"warning: {problem}")


def _show(summary: MigrationSummary, *, on_stderr: bool) -> None:
    tally, migration = summary.tally, summary.migration
    line = f"{migration.old.ref} -> {migration.new.ref}: {_counts(summary)}"
    if tally.unchanged:
        line += f", {tally.unchanged} of them already in {migration.new.ref} and left as they are"
    if on_stderr:
        note(line)
        return
    result(line)
    if tally.changes:
        result()
        table(sorted(tally.changes.items()), ("what changes", "times"))
    elif tally.documents + tally.lines > tally.unchanged:
        result("nothing in them changes but the scheme that they state")
    else:
        result("nothing to migrate")
    for file, what in summary.copied.items():
        result(f"{file}: {what}; as it is")


def _counts(summary: MigrationSummary) -> str:
    documents, lines = summary.tally.documents, summary.tally.lines
    counts = [pluralize(documents, "document")] if documents or not lines else []
    return ", ".join([*counts, *([f"{pluralize(lines, 'line')} about conflicts"] if lines else [])])


def _show_questions(summary: MigrationSummary, questions: str | None, *, quiet: bool) -> None:
    asked = list(summary.tally.questions.values())
    if not quiet:
        for question in asked[:_MAX_LISTED]:
            error(question_line(question, summary.migration.new))
        if len(asked) > _MAX_LISTED:
            note(f"and {len(asked) - _MAX_LISTED:,} more")
    if summary.asked:
        note(f"{pluralize(len(asked), 'question')} for people -> {questions}")
        note("next: fill in `answer` in each line, and run the same command again; nothing was migrated yet")
    else:
        note(f"{pluralize(len(asked), 'question')} for people; nothing was migrated")
        note(
            "next: name a file for them with --questions"
            if not questions
            else "next: without --dry-run they are written"
        )


def question_line(question: MigrationQuestion, new: Scheme) -> str:
    """Return a question as a line: where it is, the words, and what there is to choose."""
    from json import dumps

    what = _WHAT[question.kind].format(question.field or new.ref)
    place = f"document {question.document!r}: [{question.start}, {question.end})"
    value = "" if question.value is None else f" {dumps(question.value, ensure_ascii=False)}"
    words = "" if question.context is None else f" in {one_line(question.context)!r}"
    spans = ", ".join(f"{n} {s['label']} [{s['start']}, {s['end']})" for n, s in enumerate(question.spans, 1))
    options = ", ".join(question.options) or spans or "any valid value"
    return f"{place} {question.label}{value}{words}: a person decides {what}. Fix: {options}".replace("  ", " ")
