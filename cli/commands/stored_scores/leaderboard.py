"""`goldspan leaderboard`: merge files of scores of one gold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...console import note, one_line, result, result_json, table
from ...option_effects import effects, needs
from ...options import OF_REPORT, Day, Json, Title, drawn_report, report_heading
from ...score_formats import ONE_FORMAT, PUBLISHED, Form, print_published

if TYPE_CHECKING:
    from ....eval import Scores


@effects(*OF_REPORT, needs("description", "html"), *ONE_FORMAT)
def leaderboard(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Scores that `goldspan score --out` wrote; NAME=FILE names its system, NAME=OTHER is another run.",
        ),
    ],
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="DIR",
            callback=drawn_report,
            help="Also write a page for a web server to this folder, with the figures as JSON and CSV.",
        ),
    ] = None,
    title: Title = None,
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help="Text below the title of the page.")
    ] = None,
    day: Day = None,
    tests: Annotated[
        list[str] | None,
        typer.Option(
            "--test", metavar="MEASURE", help="Rank and test systems by this measure, not by strict micro F1; repeat."
        ),
    ] = None,
    output_format: Form = "table",
    json: Json = False,
) -> None:
    """Merge scores of one gold into a table of all systems, the best first, with intervals and tests.

    Gold, labels, measures and settings must be the same in all files.
    """
    from ....workflows.pages.leaderboard_files import (
        check_leaderboard_folder,
        merge_score_files,
        write_leaderboard,
    )

    if html is not None:
        check_leaderboard_folder(html)
    scores = merge_score_files(files, tests=tests or [])
    if html is not None:
        write_leaderboard(html, scores, description=description or "", **report_heading(title, day))
        note(f"leaderboard: {html / 'index.html'}")
    if json or output_format == "json":
        result_json(scores.to_dict())
    elif output_format in PUBLISHED:
        print_published(scores, output_format)
    else:
        _show(scores)


def _show(scores: Scores) -> None:
    from ....eval.publishing.published_tables import published_tables

    result(one_line(str(scores.gold)))
    for item in published_tables(scores):
        result(f"\n{one_line(item.caption)}")
        table(item.rows, item.header)
    for line in scores.notes:
        note(f"note: {line}")
