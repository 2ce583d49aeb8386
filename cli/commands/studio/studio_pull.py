"""`goldspan studio pull`: annotations back from Label Studio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ....schema.errors import pluralize
from ....schema.extras import require_extras
from ... import hints
from ...console import error, note, progress_bar, result, result_json
from ...option_effects import effects, either, yields
from ...options import Json, SchemeFile
from .studio_options import SERVERS, Name, PlanFile, ProjectName, Url, connect, servers


@effects(yields("annotator", "plan"), *either("project", "plan"), *SERVERS)
def pull(
    out: Annotated[
        Path, typer.Option("--out", help="A records file for one annotator, or a folder for a file of each.")
    ],
    annotator: Annotated[str, typer.Option("--annotator", metavar="NAME", help="Only this annotator's work.")] = "",
    plan: PlanFile = None,
    propagate_values: Annotated[
        bool,
        typer.Option("--propagate-values", help="Copy values to spans with equal text in the same document."),
    ] = False,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Also pull unsubmitted drafts, to NAME.drafts.jsonl beside NAME.jsonl.")
    ] = False,
    project: ProjectName = None,
    name: Name = "default",
    url: Url = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Pull annotations as layers, one for each annotator.

    Ends with status 1 if an annotation is not a valid span; it is reported with its task and kept with the document.
    """
    from ....schema import load_scheme
    from ....workflows.studio.pull_project import pull_files
    from ....workflows.studio.pull_summary import PullSummary

    require_extras("studio pull", "studio")
    loaded = load_scheme(scheme)
    with progress_bar() as progress:
        if plan is not None:
            from ....annotate.label_studio.sync.assignment import read_plan
            from ....workflows.studio.team_projects import pull_planned

            loaded_plan = read_plan(plan)
            parts = pull_planned(
                servers(url, name).per_annotator(loaded_plan.servers),
                loaded_plan,
                out,
                loaded,
                propagate_values=propagate_values,
                drafts=drafts,
                progress=progress,
            )
            summary = PullSummary.combine(list(parts.values()))
        else:
            with connect(url, name) as api:
                summary = pull_files(
                    api,
                    out,
                    loaded,
                    title=project,
                    annotator=annotator,
                    propagate_values=propagate_values,
                    drafts=drafts,
                    progress=progress,
                )
    for problem in summary.problems:
        error(str(problem))
    for remark in summary.notes():
        note(f"note: {remark}")
    if summary.kept:
        counts = ", ".join(f"{key} {count:,}" for key, count in sorted(summary.kept.items()))
        note(f"note: kept with the layers in extra.studio: {counts}")
    if summary.drafts and not drafts:
        note(f"note: {pluralize(summary.drafts, 'document')} with unsubmitted drafts: --drafts pulls them")
    if json:
        result_json(summary.to_dict())
    else:
        result(str(summary))
        if not any(count for _, count in summary.files.values()):
            note("note: nobody has submitted an annotation yet")
    if summary.problems:
        raise typer.Exit(1)
    if not json:
        hints.after_pull(list(summary.files), scheme=scheme)
