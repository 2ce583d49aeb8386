"""`goldspan studio push`: documents to annotators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.extras import missing_extras, require_extras
from ... import completion, hints
from ...console import note, progress_bar, result, result_json, table, when_interrupted
from ...option_effects import Call, Rule, effects, either, needs
from ...options import Json, RecordsFile, SchemeFile, comma_separated
from ...pseudonym_notes import noting_new_key
from .studio_options import (
    PLAN,
    SERVERS,
    Name,
    PlanFile,
    ProjectName,
    Url,
    connect,
    plan_file,
    plan_of,
    server_options,
    servers,
)

if TYPE_CHECKING:
    from ....workflows.studio.team_projects import TeamPush


def _fixed_by_plan(option: str, attribute: str) -> Rule:
    """Declare an option that has an effect only on a new plan: an existing one keeps what it was made with."""

    def idle(call: Call) -> str:
        if (plan := plan_of(call)) is None or call[option] == (planned := getattr(plan, attribute)):
            return ""
        return f"on {plan_file(call)}, which was made {f'with {planned}' if planned else 'without it'}"

    return Rule(option, idle, "choose another --plan")


@effects(
    *(needs(option, "annotators", "plan") for option in ("overlap", "blind", "server_per_annotator")),
    *(_fixed_by_plan(option, option) for option in ("overlap", "blind")),
    _fixed_by_plan("server_per_annotator", "servers"),
    _fixed_by_plan("project", "title"),
    *either("conflicts", "annotators"),
    *either("conflicts", "plan"),
    *either("conflicts", "faint"),
    *either("conflicts", "framed"),
    *either("cut", "conflicts"),
    needs("random_share", "order"),
    needs("names", "conflicts"),
    *SERVERS,
)
def push(
    file: RecordsFile,
    suggestions: Annotated[
        list[str] | None,
        typer.Option("--suggestions", metavar="FILE", help="Records with suggestions for the same texts; repeat."),
    ] = None,
    project: ProjectName = None,
    annotators: Annotated[
        str, typer.Option("--annotators", metavar="A,B,…", help="Plan who annotates what, a project for each.")
    ] = "",
    overlap: Annotated[
        float,
        typer.Option(
            "--overlap", metavar="N", help="Annotators per document, on average: with 1.2, two for a fifth of them."
        ),
    ] = 1.0,
    blind: Annotated[
        float,
        typer.Option("--blind", metavar="FRACTION", help="Share of the documents shown without suggestions."),
    ] = 0.0,
    plan: PlanFile = None,
    server_per_annotator: Annotated[
        bool,
        typer.Option(
            "--server-per-annotator",
            help="Give each annotator a server of their own, named after them, unseen by others.",
        ),
    ] = False,
    conflicts: Annotated[
        str | None,
        typer.Option(
            "--conflicts", metavar="FILE", help="Review the conflicts in this file of adjudicate --conflicts."
        ),
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="With --conflicts: show the annotators' names, instead of pseudonyms.")
    ] = False,
    order: Annotated[
        str,
        typer.Option(
            "--order",
            metavar="BY",
            help="What to annotate first: disagreement, contested, score, novelty or mix.",
            autocompletion=completion.complete_orders,
        ),
    ] = "",
    random_share: Annotated[
        float, typer.Option("--random-share", metavar="FRACTION", help="With --order: share of random documents.")
    ] = 0.2,
    faint: Annotated[
        float | None,
        typer.Option(
            "--faint", metavar="SCORE", help="Show suggestions with a lower score as faint, for a closer look."
        ),
    ] = None,
    framed: Annotated[
        float | None,
        typer.Option(
            "--framed", metavar="SCORE", help="Only frame suggestions with a lower score; a click makes them spans."
        ),
    ] = None,
    cut: Annotated[
        int | None,
        typer.Option(
            "--cut",
            min=1,
            metavar="N",
            help="Cut long documents at paragraphs, into parts of up to N characters.",
        ),
    ] = None,
    guidelines: Annotated[
        Path | None, typer.Option("--guidelines", metavar="FILE", help="Markdown, shown as the project's instructions.")
    ] = None,
    name: Name = "default",
    url: Url = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Push documents with suggestions to a project: each exactly once, however often it is sent and whatever breaks.

    The spans of FILE are suggestions of the annotator that its layers name.
    """
    from ....schema import load_scheme
    from ....workflows.studio.document_suggestions import read_suggestions
    from ....workflows.studio.push_project import push_documents
    from ....workflows.studio.review_project import push_conflicts

    when_interrupted("the same push completes it")
    require_extras("studio push", "studio")
    if message := missing_extras("what documents offer to pick from", "rules"):
        note(f"note: {message}")
    loaded = load_scheme(scheme)
    instructions = None if guidelines is None else _read_markdown(guidelines)
    documents = read_suggestions(
        file,
        suggestions or [],
        loaded,
        review=bool(conflicts),
        order=order,
        random_share=random_share,
        faint=faint,
        framed=framed,
        note=note,
    )
    if annotators or plan is not None:
        from ....workflows.studio.team_projects import push_by_plan

        with progress_bar() as progress:
            pushed = push_by_plan(
                servers(url, name),
                plan or PLAN,
                documents,
                loaded,
                annotators=comma_separated("--annotators", annotators),
                title=project,
                overlap=overlap,
                blind=blind,
                server_per_annotator=server_per_annotator,
                guidelines=instructions,
                cut=cut,
                remark=lambda line: note(f"note: {line}"),
                progress=progress,
            )
        _show_planned(pushed, server_options(None, name, url), json=json, scheme=scheme)
        return
    with connect(url, name) as api, progress_bar() as progress, noting_new_key(conflicts):
        if conflicts:
            title = project or f"{loaded.ref} review"
            summary = push_conflicts(
                api,
                documents,
                conflicts,
                loaded,
                title=title,
                guidelines=instructions,
                names=names,
                progress=progress,
            )
        else:
            summary = push_documents(
                api, documents, loaded, title=project, guidelines=instructions, path=file, cut=cut, progress=progress
            )
    if json:
        result_json(summary.to_dict())
        return
    if summary.interface:
        was = f" (was {summary.was!r})" if summary.was else ""
        note(f"project {summary.project.title!r} {summary.interface}{was}: {summary.project.url}")
    result(summary.summary())
    result(f"annotate: {summary.project.url}")
    title_option = summary.project.title if project or conflicts else None
    hints.after_push(server_options(title_option, name, url), review=bool(conflicts), scheme=scheme)


def _show_planned(pushed: TeamPush, server: list[str], *, json: bool, scheme: Path | None) -> None:
    from ....annotate.label_studio.sync.assignment import documents_per_annotator

    if json:
        result_json(pushed.to_dict())
        return
    plan, summaries = pushed.plan, pushed.pushed
    table(
        [
            (
                who,
                *documents_per_annotator(plan)[who],
                summaries[who].summary() if who in summaries else "-",
                summaries[who].project.url if who in summaries else "-",
            )
            for who in plan.annotators
        ],
        ("annotator", "documents", "shared", "blind", "pushed", "project"),
    )
    if not plan.servers and len(plan.annotators) > 1:
        note("note: on one server everyone can open every project: Label Studio's open edition has no access control")
        note("      inside a server (--server-per-annotator gives each annotator their own)")
    hints.after_plan(pushed.file, server, scheme=scheme)


def _read_markdown(path: Path) -> str:
    from ....schema.errors import DataError, Problem, os_error_hint

    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError(Problem("the guidelines are not UTF-8", "save them as UTF-8", str(path))) from error
    except OSError as error:
        what = f"cannot read the guidelines: {error.strerror}"
        raise DataError(Problem(what, os_error_hint(error), str(path))) from error
