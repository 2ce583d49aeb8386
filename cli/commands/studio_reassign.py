"""`goldspan studio reassign`: an annotator leaves a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from ...schema.errors import pluralize
from ..console import note, result, result_json, table, when_interrupted
from ..effects import effects
from ..options import Json, SchemeFile, comma_separated
from .studio import PLAN, SERVERS, Name, PlanFile, Url, by_annotator

_NAMED = 20


@effects(*SERVERS)
def reassign(
    leaver: Annotated[str, typer.Option("--from", metavar="NAME", help="Who leaves.")],
    to: Annotated[
        str, typer.Option("--to", metavar="A,B,…", help="Who gets the documents; all others if not given.")
    ] = "",
    plan: PlanFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would move, and change nothing.")] = False,
    name: Name = "default",
    url: Url = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Reassign the open documents of an annotator who leaves; what they have begun stays theirs.

    A document that is annotated, skipped or has a draft is begun. Nobody gets a document twice.
    """
    from ...annotate.label_studio.sync.assignment import read_plan, write_plan
    from ...schema import load_scheme
    from ...workflows.reassign_tasks import reassign as run

    when_interrupted("the same reassign completes it")
    loaded = load_scheme(scheme)
    path = plan or PLAN
    found = read_plan(path)
    connect = by_annotator(found.servers, name, url)
    done = run(
        connect,
        found,
        leaver,
        loaded,
        lambda made: write_plan(path, made),
        to=comma_separated("--to", to),
        dry_run=dry_run,
    )
    if json:
        result_json({"plan": str(path), "from": leaver, "dry_run": dry_run, **done.to_dict()})
        return
    table(
        [(who, len(of), sum(of.values()), len(done.plan.of(who))) for who, of in done.moved.items()],
        ("annotator", "would get" if dry_run else "gets", "words", "documents then"),
    )
    keeps = "would keep" if dry_run else "keeps"
    result(f"{leaver} {keeps} what they have begun: {pluralize(done.kept, 'document')}")
    if not dry_run:
        result(f"tasks: {done.copied} made, {done.removed} taken out of {done.plan.project(leaver)!r}")
    for told, names in (
        (f"begun meanwhile, so {leaver} reads them beside those who got them", done.back),
        ("nobody could take them who does not read them already, so a reader less", done.fewer),
    ):
        if names:
            note(f"note: {told}: {pluralize(len(names), 'document')}, {_some(names)}")
    if done.absent:
        note(f"note: {pluralize(done.absent, 'document')} not at the server yet: goldspan studio push brings them")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
