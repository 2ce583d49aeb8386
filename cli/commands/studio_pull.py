"""`goldspan studio pull`: people's work back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...schema.errors import pluralize
from .. import hints
from ..console import error, note, result, result_json
from ..effects import effects, either, yields
from ..options import Json, SchemeFile
from .studio import SERVERS, Name, PlanFile, ProjectName, Url, by_annotator, connect


@effects(yields("annotator", "plan"), *either("project", "plan"), *SERVERS)
def pull(
    out: Annotated[Path, typer.Option("--out", help="A records file for one annotator; a folder for a file of each.")],
    annotator: Annotated[str, typer.Option("--annotator", metavar="NAME", help="Only this one's work.")] = "",
    plan: PlanFile = None,
    carry: Annotated[
        bool, typer.Option("--carry", help="Give spans without a value that of equal ones in the same document.")
    ] = False,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Also drafts, which nobody submitted: NAME.drafts.jsonl beside NAME.jsonl.")
    ] = False,
    project: ProjectName = None,
    name: Name = "default",
    url: Url = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Bring people's work back as layers, one for each annotator.

    Ends with status 1 where something makes no valid span; it is told with its task and kept with the document.
    """
    from ...schema import load_scheme
    from ...workflows.pull_project import PullSummary, pull_files

    loaded = load_scheme(scheme)
    if plan is not None:
        from ...annotate.label_studio.sync.assignment import read_plan
        from ...workflows.team_projects import pull_planned

        found = read_plan(plan)
        parts = pull_planned(by_annotator(found.servers, name, url), found, out, loaded, carry=carry, drafts=drafts)
        done = PullSummary.together(list(parts.values()))
    else:
        with connect(url, name) as api:
            done = pull_files(api, out, loaded, title=project, annotator=annotator, carry=carry, drafts=drafts)
    for problem in done.problems:
        error(str(problem))
    for remark in done.remarks:
        note(f"note: {remark}")
    if done.kept:
        told = ", ".join(f"{key} {count:,}" for key, count in sorted(done.kept.items()))
        note(f"note: kept with the layers in extra.studio: {told}")
    if done.drafts and not drafts:
        note(f"note: {pluralize(done.drafts, 'document')} with drafts, which nobody submitted: --drafts brings them")
    if json:
        result_json(done.to_dict())
    else:
        for path, (who, count) in done.files.items():
            result(f"{who}: {pluralize(count, 'document')} -> {path}")
        for path, (who, count) in done.draft_files.items():
            result(f"{who}: {pluralize(count, 'draft')} -> {path}")
        read = f"{pluralize(done.read, 'task')} read{' (all)' if done.whole else ''}"
        result(f"{read}, {pluralize(len(done.problems), 'problem')}")
        if not any(count for _, count in done.files.values()):
            note("note: nobody has submitted work here yet")
    if done.problems:
        raise typer.Exit(1)
    if not json:
        hints.after_pull(list(done.files), scheme=scheme)
