"""`goldspan studio report`: the progress of an annotation project, for whoever leads it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ....schema.extras import require_extras
from ...console import check_page, note, progress_bar, result, result_json, table, write_page
from ...option_effects import Call, Rule, effects, either, needs
from ...options import Html, Json, Names, ReportDay, SchemeFile, Title, report_heading
from ...pseudonym_notes import noting_new_key
from .studio_options import SERVERS, Name, PlanFile, ProjectName, Url

_OF_SERVER = tuple(
    Rule(option, lambda call: "with PASS files, which need no server" if call["passes"] else "")
    for option in ("project", "name", "url")
)


def _has_no_passes(call: Call) -> str:
    return "" if call["passes"] else "without PASS files: the server has the suggestions"


@effects(*_OF_SERVER, Rule("suggestions", _has_no_passes), *either("project", "plan"), *SERVERS, needs("title", "html"))
def report(
    passes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PASS...]", help="Pulled passes; by default they are pulled from the server."),
    ] = None,
    plan: PlanFile = None,
    suggestions: Annotated[
        Path | None, typer.Option("--suggestions", metavar="FILE", help="The suggestions that annotators of PASS saw.")
    ] = None,
    project: ProjectName = None,
    name: Name = "default",
    url: Url = None,
    html: Html = None,
    title: Title = None,
    day: ReportDay = None,
    names: Names = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Report on progress: documents, lead times, outcomes of suggestions, agreement, and a forecast of the end.

    Annotators have pseudonyms, which `goldspan corpus names` looks up. With --names the report has working times of
    persons: it is for whoever leads the project, and not for publication.
    """
    from ....corpus import read_records
    from ....corpus.adjudication.passes import read_passes
    from ....eval.annotation_progress.progress_tables import forecast_text, summary_tables, summary_text
    from ....schema import load_scheme
    from ....workflows import studio_report

    check_page(html)
    if not passes:
        require_extras("studio report", "studio")
    loaded = load_scheme(scheme)
    layers = read_passes(passes, loaded, least=1) if passes else None
    with progress_bar() as progress, noting_new_key(*(passes or ()), plan):
        found = studio_report(
            layers,
            scheme=loaded,
            suggestions=None if suggestions is None else list(read_records(suggestions, loaded)),
            plan=plan,
            title=project,
            day=None if day is None else date.fromisoformat(day),
            names=names,
            files=passes or (),
            name=name,
            url=url,
            warn=lambda message: note(f"warning: {message}"),
            progress=progress,
        )
    if html is not None:
        from ....eval.report import progress_page

        write_page(html, progress_page(found, loaded, **report_heading(title, None)))
    if json:
        result_json(found.to_dict())
        return
    result(summary_text(found))
    for _, header, rows in summary_tables(found):
        result("")
        table(rows, header)
    result(f"\n{forecast_text(found)}")
    for line in found.notes:
        note(f"note: {line}")
    if names:
        note("note: working times of persons are for whoever leads the project, and not for publication")
