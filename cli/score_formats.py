"""Scores in the formats of `--format`, and the option itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..schema.errors import UsageError, did_you_mean
from .console import note, result
from .option_effects import Call, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..eval import Scores

PUBLISHED = ("markdown", "latex", "csv")
"""Formats for papers and other programs, which hold the figures alone."""

_FORMATS = ("table", *PUBLISHED, "json")


def _known(output_format: str) -> str:
    """Return the name of a format.

    Raises:
        UsageError: The format is unknown.
    """
    if output_format not in _FORMATS:
        raise UsageError(f"--format {output_format}: not a format. Fix: {did_you_mean(output_format, _FORMATS)}")
    return output_format


Form = Annotated[
    str,
    typer.Option(
        "--format", metavar="FORMAT", callback=_known, help="Print table, markdown, latex, csv or json (as --json)."
    ),
]


def _set_by_format(call: Call) -> str:
    is_set = call.given("output_format") or (call.configured("output_format") and not call.given("json"))
    return f"with {call.named('output_format')}" if is_set else ""


ONE_FORMAT = (
    Rule("json", _set_by_format),
    Rule(
        "output_format",
        lambda call: "with --json" if call.given("json") and call.configured("output_format") else "",
        default=True,
    ),
)
"""Rules of `--format` beside `--json`."""


def not_in(option: str, *forms: str) -> Rule:
    """Declare an option that has no effect in some formats."""
    return Rule(option, lambda call: f"with --format {call['output_format']}" if call["output_format"] in forms else "")


def print_published(
    scores: Scores,
    output_format: str,
    remarked: Sequence[str] = (),
    *,
    documents: bool = False,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    figures: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Print scores in one of the formats of `PUBLISHED`, and their notes.

    Args:
        scores: The scores.
        output_format: The format.
        remarked: Notes that have been printed.
        documents: Whether CSV has the figures of each document too.
        columns: Further cells of the table of systems, by system and column.
        figures: Further groups of figures for CSV, by system.
    """
    from ..eval.publishing.published_tables import published_tables, score_signatures
    from ..eval.publishing.table_formats import latex_tables, markdown_tables
    from ..eval.publishing.tidy_rows import csv_pieces

    if output_format == "csv":
        for piece in csv_pieces(scores, documents=documents, further=figures):
            result(piece.removesuffix("\n"))
    else:
        write = markdown_tables if output_format == "markdown" else latex_tables
        result(write(published_tables(scores, columns), score_signatures(scores)).removesuffix("\n"))
    for line in scores.notes:
        if line not in remarked:
            note(f"note: {line}")
