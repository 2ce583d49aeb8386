"""`goldspan studio push`: documents to people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import completion, hints
from ..console import note, result, result_json, table, when_interrupted
from ..effects import Call, Rule, effects, either, needs
from ..options import Json, RecordsFile, SchemeFile, comma_separated
from .studio import PLAN, SERVERS, Name, PlanFile, ProjectName, Url, by_annotator, connect, plan_file, plan_of, where

if TYPE_CHECKING:
    from ...schema import Scheme
    from ...workflows.suggestion_sheets import DocumentWithSuggestions


def _kept(option: str, attribute: str) -> Rule:
    """An option that only makes a plan: one that is there keeps what it was made with."""

    def idle(call: Call) -> str:
        if (found := plan_of(call)) is None or call[option] == (kept := getattr(found, attribute)):
            return ""
        return f"on {plan_file(call)}, which was made {f'with {kept}' if kept else 'without it'}"

    return Rule(option, idle, "choose another --plan")


@effects(
    *(needs(option, "annotators", "plan") for option in ("overlap", "blind", "own_servers")),
    *(_kept(option, option) for option in ("overlap", "blind")),
    _kept("own_servers", "servers"),
    _kept("project", "title"),
    *either("conflicts", "annotators"),
    *either("conflicts", "plan"),
    needs("random_share", "order"),
    *SERVERS,
)
def push(
    file: RecordsFile,
    suggestions: Annotated[
        list[str] | None,
        typer.Option("--suggestions", metavar="FILE", help="Records with suggestions for the same texts; several."),
    ] = None,
    project: ProjectName = None,
    annotators: Annotated[
        str, typer.Option("--annotators", metavar="A,B,…", help="Plan who reads what, a project for each.")
    ] = "",
    overlap: Annotated[
        float,
        typer.Option(
            "--overlap", metavar="N", help="How many read a document, on the average: 1.2 for a fifth by two."
        ),
    ] = 1.0,
    blind: Annotated[
        float,
        typer.Option("--blind", metavar="FRACTION", help="Share of the documents that is shown without suggestions."),
    ] = 0.0,
    plan: PlanFile = None,
    own_servers: Annotated[
        bool, typer.Option("--own-servers", help="Each annotator works at the server of her name, unseen by others.")
    ] = False,
    conflicts: Annotated[
        str | None,
        typer.Option("--conflicts", metavar="FILE", help="Make a review of what adjudicate --conflicts wrote."),
    ] = None,
    order: Annotated[
        str,
        typer.Option(
            "--order",
            metavar="BY",
            help="What to read next: disagreement, score, novelty or mix.",
            autocompletion=completion.complete_orders,
        ),
    ] = "",
    random_share: Annotated[
        float, typer.Option("--random-share", metavar="FRACTION", help="Of --order: documents drawn at random.")
    ] = 0.2,
    guidelines: Annotated[
        Path | None, typer.Option("--guidelines", metavar="FILE", help="Markdown shown as the project's instructions.")
    ] = None,
    name: Name = "default",
    url: Url = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Bring documents with suggestions to a project: each once, however often it is sent and whatever breaks.

    The spans of FILE are suggestions of the annotator that its layers state.
    """
    from ...schema import load_scheme
    from ...workflows.push_project import push_sheets
    from ...workflows.review_project import push_review
    from ...workflows.suggestion_sheets import in_order, read_sheets

    when_interrupted("the same push completes it")
    loaded = load_scheme(scheme)
    text = None if guidelines is None else _markdown(guidelines)
    sheets = read_sheets(file, suggestions or [], loaded, review=bool(conflicts))
    if order:
        sheets = in_order(sheets, order, random_share=random_share)
    if annotators or plan is not None:
        scope = _Scope(annotators, overlap, blind, own_servers, project or loaded.ref, plan, scheme)
        _push_planned(scope, sheets, loaded, text, name, url, json=json)
        return
    with connect(url, name) as api:
        if conflicts:
            title = project or f"{loaded.ref} review"
            done = push_review(api, sheets, conflicts, loaded, title=title, guidelines=text)
        else:
            done = push_sheets(api, sheets, loaded, title=project, guidelines=text, path=file)
    if json:
        result_json(done.to_dict())
        return
    if done.interface:
        was = f" (it was {done.was!r})" if done.was else ""
        note(f"project {done.project.title!r} {done.interface}{was}: {done.project.url}")
    result(done.told())
    result(f"annotate: {done.project.url}")
    given = done.project.title if project or conflicts else None
    hints.after_push(where(given, name, url), review=bool(conflicts), scheme=scheme)


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the options of a planned push say."""

    annotators: str
    overlap: float
    blind: float
    own_servers: bool
    title: str
    plan: Path | None
    scheme_file: Path | None


def _push_planned(
    scope: _Scope,
    sheets: list[DocumentWithSuggestions],
    scheme: Scheme,
    guidelines: str | None,
    name: str,
    url: str | None,
    *,
    json: bool,
) -> None:
    from ...annotate.label_studio.sync.assignment import documents_per_annotator, make_plan, read_plan, write_plan
    from ...schema import UsageError
    from ...workflows.team_projects import push_planned

    path = scope.plan or PLAN
    before = read_plan(path) if path.exists() else None
    names = comma_separated("--annotators", scope.annotators)
    if before is None and not names:
        raise UsageError(f"--plan {path}: there is none yet. Fix: --annotators A,B,… makes one")
    plan = make_plan(
        [sheet.document for sheet in sheets],
        names or (before.working if before else ()),
        title=before.title if before else scope.title,
        overlap=before.overlap if before else scope.overlap,
        blind=before.blind if before else scope.blind,
        servers=before.servers if before else scope.own_servers,
        before=before,
    )
    if plan.blind and not any(sheet.suggestions for sheet in sheets):
        note("note: no document has suggestions, so the blind share is read like the others")
    write_plan(path, plan)  # before anything is sent, so that a push that breaks off goes on by the same plan
    done = push_planned(by_annotator(plan.servers, name, url), plan, sheets, scheme, guidelines=guidelines)
    if json:
        result_json({"plan": str(path), "annotators": {who: item.to_dict() for who, item in done.items()}})
        return
    table(
        [
            (
                who,
                *documents_per_annotator(plan)[who],
                done[who].told() if who in done else "-",
                done[who].project.url if who in done else "-",
            )
            for who in plan.annotators
        ],
        ("annotator", "documents", "read by others too", "blind", "pushed", "project"),
    )
    if not plan.servers and len(plan.annotators) > 1:
        note("note: on one server all can open all projects: Label Studio's open edition has no walls inside")
        note("      (--own-servers gives each a server of her own)")
    hints.after_plan(path, where(None, name, url), scheme=scope.scheme_file)


def _markdown(path: Path) -> str:
    from ...schema.errors import DataError, Problem, os_error_hint

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        told = (
            (fault.strerror, os_error_hint(fault)) if isinstance(fault, OSError) else ("not UTF-8", "save it as UTF-8")
        )
        raise DataError(Problem(f"the guidelines cannot be read: {told[0]}", told[1], str(path))) from fault
