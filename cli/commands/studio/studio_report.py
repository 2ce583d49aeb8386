"""`goldspan studio report`: the progress of an annotation project, for whoever leads it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.extras import require_extras
from ...console import check_page, note, progress_bar, result, result_json, table, write_page
from ...option_effects import Call, Rule, effects, either, needs
from ...options import Html, Json, ReportDay, SchemeFile, Title, report_heading
from .studio_options import SERVERS, Name, PlanFile, ProjectName, Url, connect, servers

if TYPE_CHECKING:
    from ....eval import ProgressReport
    from ....schema import Scheme

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
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Report on progress: documents, lead times, outcomes of suggestions, agreement, and a forecast of the end.

    The report has working times of persons. It is for whoever leads the project, and not for publication.
    """
    from ....eval.annotation_progress.progress_tables import forecast_text, summary_tables, summary_text
    from ....schema import load_scheme

    check_page(html)
    if not passes:
        require_extras("studio report", "studio")
    loaded = load_scheme(scheme)
    until = None if day is None else date.fromisoformat(day)
    progress = (
        _of_passes(passes, plan, suggestions, loaded, until)
        if passes
        else _of_server(plan, project, name, url, loaded, until)
    )
    if html is not None:
        from ....eval.report import progress_page

        write_page(html, progress_page(progress, loaded, **report_heading(title, None)))
    if json:
        result_json(progress.to_dict())
        return
    result(summary_text(progress))
    for _, header, rows in summary_tables(progress):
        result("")
        table(rows, header)
    result(f"\n{forecast_text(progress)}")
    for line in progress.notes:
        note(f"note: {line}")
    note("note: working times of persons are for whoever leads the project, and not for publication")


def _of_passes(
    passes: list[str], plan: Path | None, suggestions: Path | None, scheme: Scheme, day: date | None
) -> ProgressReport:
    from ....annotate.label_studio.sync.assignment import read_plan
    from ....corpus import read_records
    from ....corpus.adjudication.passes import read_passes
    from ....workflows.studio.progress_reports import report_passes

    return report_passes(
        read_passes(passes, scheme, least=1),
        scheme,
        plan=None if plan is None else read_plan(plan),
        suggestions=None if suggestions is None else read_records(suggestions, scheme),
        day=day,
    )


def _of_server(
    plan: Path | None, project: str | None, name: str, url: str | None, scheme: Scheme, day: date | None
) -> ProgressReport:
    from ....annotate.label_studio.sync.assignment import read_plan
    from ....workflows.studio.progress_reports import report_plan, report_project

    with progress_bar() as progress:
        if plan is not None:
            loaded = read_plan(plan)
            connections = servers(url, name).per_annotator(loaded.servers)
            return report_plan(connections, loaded, scheme, day=day, progress=progress)
        with connect(url, name) as api:
            return report_project(api, scheme, title=project, day=day, progress=progress)
